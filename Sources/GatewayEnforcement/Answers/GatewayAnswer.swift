/// What the caller gets.
package struct GatewayAnswer: Sendable {
    package var status: Int
    package var headers: [(String, String)]
    package var body: [UInt8]
    /// For metrics: `error.code` of an answer of ours.
    package var code: String?
    /// Told once whether the answer was fully written to the caller.
    package var delivered: (@Sendable (Bool) -> Void)?

    package init(status: Int, headers: [(String, String)] = [], body: [UInt8] = [], code: String? = nil) {
        self.status = status
        self.headers = headers
        self.body = body
        self.code = code
    }
}
