/// The life of one connection, pure: when it may take an exchange, when bytes are unasked for, when it goes.
///
/// An answered connection is not free at once: it waits for the end of the read in which the answer's last byte
/// came, so that a close notice or stray bytes behind the answer are seen before the next request is risked on it.
struct ConnectionLife: Sendable {
    /// What the owner must do.
    enum Action: Sendable, Equatable {
        case nothing
        /// Tell the pool that a new connection is ready.
        case announce
        /// Tell the pool that the connection was never usable.
        case reportConnectFailure
        /// Give the connection back to the pool.
        case release
        /// Close in good order and tell the pool.
        case close
        /// Drop the connection at once and tell the pool.
        case abort
    }

    private enum State: Sendable { case handshaking, idle, busy, answered(reusable: Bool), gone }
    private var state = State.handshaking

    var isGone: Bool {
        if case .gone = state { return true }
        return false
    }

    var isHandshaking: Bool {
        if case .handshaking = state { return true }
        return false
    }

    mutating func handshakeCompleted() -> Action {
        guard case .handshaking = state else { return .nothing }
        state = .idle
        return .announce
    }

    /// Takes the connection for an exchange; false if it cannot serve.
    mutating func claim() -> Bool {
        guard case .idle = state else { return false }
        state = .busy
        return true
    }

    mutating func answered(reusable: Bool) {
        if case .busy = state { state = .answered(reusable: reusable) }
    }

    /// Bytes came while none were expected.
    mutating func receivedUnsolicitedBytes() -> Action {
        switch state {
        case .idle, .answered:
            state = .gone
            return .abort
        case .handshaking, .busy, .gone:
            return .nothing
        }
    }

    /// The bytes read together were all handled.
    mutating func readCompleted() -> Action {
        guard case .answered(let reusable) = state else { return .nothing }
        state = reusable ? .idle : .gone
        return reusable ? .release : .close
    }

    /// The exchange ended without a usable answer, so the stream is in an unknown place.
    mutating func exchangeAbandoned() -> Action {
        guard case .busy = state else { return .nothing }
        state = .gone
        return .abort
    }

    /// The pool has no more use for it (idle for too long, too old, stopping).
    mutating func retire() -> Action {
        guard case .idle = state else { return .nothing }
        state = .gone
        return .close
    }

    /// The channel failed or ended by itself.
    mutating func ended() -> Action {
        switch state {
        case .handshaking:
            state = .gone
            return .reportConnectFailure
        case .idle, .busy, .answered:
            state = .gone
            return .abort
        case .gone:
            return .nothing
        }
    }
}
