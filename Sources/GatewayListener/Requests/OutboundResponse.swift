/// An answer, whole: the listener adds `content-length`, and `connection` where it closes.
package struct OutboundResponse: Sendable {
    package var status: Int
    /// Names and values, without framing.
    package var headers: [(String, String)]
    package var body: [UInt8]
    /// Whether the connection ends after this answer. HTTP/2 connections stay.
    package var closeConnection: Bool
    /// Told once, on the connection's event loop: whether the whole answer went out while the client was still there.
    package var delivered: (@Sendable (Bool) -> Void)?

    package init(
        status: Int, headers: [(String, String)] = [], body: [UInt8] = [],
        closeConnection: Bool = false, delivered: (@Sendable (Bool) -> Void)? = nil
    ) {
        self.status = status
        self.headers = headers
        self.body = body
        self.closeConnection = closeConnection
        self.delivered = delivered
    }

    /// Whether an answer of this status has a body and says how long it is.
    var mayHaveBody: Bool { status >= 200 && status != 204 && status != 304 }
}
