/// A request on its way from an event loop to the task that serves it.
struct Arrival: Sendable {
    var request: InboundRequest
    /// HTTP/2 serves the requests of a connection side by side, HTTP/1.1 one after the other.
    var sideBySide: Bool
}
