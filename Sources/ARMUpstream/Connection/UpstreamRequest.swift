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
}

extension UpstreamRequest: CustomStringConvertible, CustomReflectable {
    /// Without headers, query and body: each of them may hold a secret.
    package var description: String { "\(method) to ARM" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
