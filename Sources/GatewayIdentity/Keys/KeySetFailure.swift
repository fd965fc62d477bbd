/// Why a key set could not be loaded: a bounded set, fit for logs and metric labels.
package enum KeySetFailure: String, Error, Sendable, Hashable, CaseIterable {
    /// The file cannot be read.
    case unreadableFile
    /// The trust roots cannot be read.
    case trustRoots
    /// No connection, a failed handshake, a cut answer.
    case unreachable
    case timedOut
    /// The answer's status is not 200 (a redirect is not followed).
    case status
    case tooLarge
    /// Not strict JSON with a list `keys`.
    case malformed
    /// Every key in it is of a kind that cannot serve.
    case noUsableKey
}
