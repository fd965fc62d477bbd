/// What stands behind the listener.
package protocol RequestHandling: Sendable {
    /// Answers one request. The task is not cancelled when the client leaves, so that what was begun is recorded; it is
    /// cancelled when the shutdown time is over.
    func handle(_ request: InboundRequest) async -> OutboundResponse

    /// Puts a refusal of the listener's own into the form in which all errors are told. Called on an event loop.
    func refusal(_ reason: TransportRefusal) -> OutboundResponse
}
