/// What the handlers of one connection know besides its bytes.
struct ConnectionSurroundings: Sendable {
    var limits: ListenerLimits
    var peer: ConnectionPeer
    /// Where requests go to be served.
    var arrivals: Arrivals
    /// How a refusal of the listener's own is told.
    var refusal: @Sendable (TransportRefusal) -> OutboundResponse
    /// Called for each such refusal, to count it.
    var refused: @Sendable (TransportRefusal) -> Void
}
