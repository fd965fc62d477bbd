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
        guard !method.isEmpty, method.utf8.allSatisfy(Self.isLetter) else { return false }
        guard target.utf8.first == UInt8(ascii: "/"), Self.all(target, { $0 > 0x20 && $0 < 0x7f }) else {
            return false
        }
        return headers.allSatisfy { name, value in
            !name.isEmpty && Self.all(name, Self.isTokenByte)
                && Self.all(value) { $0 == 0x09 || ($0 >= 0x20 && $0 != 0x7f) }
                && !Self.ownedByConnection.contains(name.lowercased())
        }
    }

    /// In one piece where the text is stored so, as it is but for texts bridged from elsewhere.
    @inline(__always)
    private static func all(_ text: String, _ isGood: (UInt8) -> Bool) -> Bool {
        text.utf8.withContiguousStorageIfAvailable { $0.allSatisfy(isGood) } ?? text.utf8.allSatisfy(isGood)
    }

    private static let ownedByConnection: Set<String> = [
        "host", "content-length", "transfer-encoding", "connection", "keep-alive", "te", "trailer", "upgrade", "expect",
        "proxy-connection", "proxy-authorization", "accept-encoding", "content-encoding", "authorization",
    ]

    private static func isLetter(_ byte: UInt8) -> Bool {
        (0x41...0x5a).contains(byte) || (0x61...0x7a).contains(byte)
    }

    private static func isTokenByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5a, 0x61...0x7a: true
        case 0x21, 0x23, 0x24, 0x25, 0x26, 0x27, 0x2a, 0x2b, 0x2d, 0x2e, 0x5e, 0x5f, 0x60, 0x7c, 0x7e: true
        default: false
        }
    }
}

extension UpstreamRequest: CustomStringConvertible, CustomReflectable {
    /// Without headers, query and body: each of them may hold a secret.
    package var description: String { "\(method) to ARM" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
