import HTTPFields

/// One request to ARM, as the enforcement point built it from the parsed and judged value.
///
/// The connection adds `host`, `content-length`, `accept-encoding: identity` and the bearer token by itself and
/// refuses a request that brings its own, so that framing and routing have one author.
package struct UpstreamRequest: Sendable {
    /// Such as `POST`; letters only.
    package var method: String
    /// Origin form, `/path?query`, already percent-encoded.
    package var target: String
    /// In the order in which they are sent; names in lower case by custom.
    package var headers: [(String, String)]
    /// What `authorization` will say; nil sends none.
    package var token: BearerToken?
    /// The whole body; nil sends none, and an empty one is sent as `content-length: 0`.
    package var body: [UInt8]?

    package init(
        method: String, target: String, headers: [(String, String)] = [], token: BearerToken? = nil,
        body: [UInt8]? = nil
    ) {
        self.method = method
        self.target = target
        self.headers = headers
        self.token = token
        self.body = body
    }

    /// Whether it can be put on the wire without a byte that means something else there: nothing in it may end a
    /// line, and nothing may set the framing apart from the connection.
    var isWellFormed: Bool {
        guard method.bytesPass(Self.areLetters), target.bytesPass(Self.isOriginForm) else { return false }
        for (name, value) in headers {
            guard FieldText.isName(name), FieldText.isValue(value), Self.ownedByConnection.listed(name) == nil else {
                return false
            }
        }
        return true
    }

    private static func areLetters(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        for byte in bytes where !((byte >= 0x41 && byte <= 0x5a) || (byte >= 0x61 && byte <= 0x7a)) { return false }
        return !bytes.isEmpty
    }

    private static func isOriginForm(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        guard bytes.first == UInt8(ascii: "/") else { return false }
        // Without a way out in the middle, so that several bytes are looked at at once.
        var bad: UInt8 = 0
        for byte in bytes { bad |= byte <= 0x20 || byte >= 0x7f ? 1 : 0 }
        return bad == 0
    }

    private static let ownedByConnection = FieldNames([
        "host", "content-length", "transfer-encoding", "connection", "keep-alive", "te", "trailer", "upgrade", "expect",
        "proxy-connection", "proxy-authorization", "accept-encoding", "content-encoding", "authorization",
    ])
}

extension UpstreamRequest: CustomStringConvertible, CustomReflectable {
    /// Without headers, query and body: each of them may hold a secret.
    package var description: String { "\(method) to ARM" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
