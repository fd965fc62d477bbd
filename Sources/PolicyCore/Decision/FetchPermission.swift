/// Whether the gateway may fetch the script behind an address that a request names.
package enum FetchPermission: Sendable, Hashable {
    /// Some rule may allow the command if the script turns out to be one that it lists.
    /// - Parameter maximumBytes: the most that any such rule takes.
    case granted(maximumBytes: Int)
    /// No script could make the request allowed.
    case refused(Decision)
}
