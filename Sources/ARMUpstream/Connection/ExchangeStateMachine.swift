/// The heart of the connection to ARM: follows one exchange and knows at any moment exactly one of *nothing sent*,
/// *something sent*, *answered*.
///
/// Pure: no channel, clock or promise. Its owner tells it what happened and does what it answers. Once an exchange
/// is settled every further event is ignored, so that a late error cannot give a second result.
///
/// *Something sent* begins when the request is handed to an established TLS channel, not when the kernel confirms
/// it: from there on NIO cannot prove that no byte left, and a doubtful case must count as sent.
struct ExchangeStateMachine: Sendable {
    /// The three states that matter outside.
    enum Progress: Sendable, Equatable { case nothingSent, somethingSent, answered }

    /// What the owner must do.
    enum Action: Sendable, Equatable {
        case nothing
        /// Write head, body and end, and flush.
        case write
        /// Keep the part of the answer that was just reported.
        case keep
        /// Hand over the answer. The connection may serve again only if `reusable`.
        case deliver(reusable: Bool)
        /// Report that nothing was sent.
        case reportNotSent(UpstreamFailure)
        /// Report that the outcome is unknown, and abandon the connection.
        case reportOutcomeUnknown(UpstreamFailure)
    }

    private enum State: Sendable {
        case waiting
        case connecting
        case awaitingHead
        case receivingBody(received: Int, keepsAlive: Bool)
        case settled(Progress)
    }

    private var state = State.waiting
    private let maximumBodyBytes: Int

    init(maximumBodyBytes: Int) { self.maximumBodyBytes = maximumBodyBytes }

    var progress: Progress {
        switch state {
        case .waiting, .connecting: .nothingSent
        case .awaitingHead, .receivingBody: .somethingSent
        case .settled(let progress): progress
        }
    }

    var isSettled: Bool {
        if case .settled = state { return true }
        return false
    }

    /// A connection is being made for this exchange, so that a time-out is blamed on it and not on the queue.
    mutating func connectionStarted() {
        if case .waiting = state { state = .connecting }
    }

    /// A usable connection is at hand.
    mutating func connectionReady() -> Action {
        switch state {
        case .waiting, .connecting:
            state = .awaitingHead
            return .write
        case .awaitingHead, .receivingBody, .settled:
            return .nothing
        }
    }

    mutating func received(_ head: AnswerHead) -> Action {
        switch state {
        case .awaitingHead:
            // Of what comes before an answer only 101 gets here, which nobody asked for; other numbers mean nothing.
            guard (200...599).contains(head.status) else { return fail(.malformedAnswer) }
            state = .receivingBody(received: 0, keepsAlive: head.keepsAlive)
            guard head.contentCodings.allSatisfy(Self.isIdentity) else { return fail(.encoded) }
            if let length = head.contentLength, length > maximumBodyBytes { return fail(.tooLarge) }
            return .keep
        case .receivingBody, .waiting, .connecting:
            return fail(.malformedAnswer)
        case .settled:
            return .nothing
        }
    }

    mutating func receivedBody(bytes: Int) -> Action {
        switch state {
        case .receivingBody(let received, let keepsAlive):
            let total = received + bytes
            guard total <= maximumBodyBytes else { return fail(.tooLarge) }
            state = .receivingBody(received: total, keepsAlive: keepsAlive)
            return .keep
        case .waiting, .connecting, .awaitingHead:
            return fail(.malformedAnswer)
        case .settled:
            return .nothing
        }
    }

    mutating func receivedEnd() -> Action {
        switch state {
        case .receivingBody(_, let keepsAlive):
            state = .settled(.answered)
            return .deliver(reusable: keepsAlive)
        case .waiting, .connecting, .awaitingHead:
            return fail(.malformedAnswer)
        case .settled:
            return .nothing
        }
    }

    /// Something went wrong: a deadline, an error, the end of the connection.
    mutating func fail(_ reason: UpstreamFailure.Reason) -> Action {
        switch state {
        case .waiting:
            state = .settled(.nothingSent)
            return .reportNotSent(UpstreamFailure(reason, during: .waiting))
        case .connecting:
            state = .settled(.nothingSent)
            return .reportNotSent(UpstreamFailure(reason, during: .connecting))
        case .awaitingHead:
            state = .settled(.somethingSent)
            return .reportOutcomeUnknown(UpstreamFailure(reason, during: .awaitingHead))
        case .receivingBody:
            state = .settled(.somethingSent)
            return .reportOutcomeUnknown(UpstreamFailure(reason, during: .receivingBody))
        case .settled:
            return .nothing
        }
    }

    /// The deadline of the exchange has passed.
    mutating func deadlinePassed() -> Action {
        if case .waiting = state { return fail(.poolExhausted) }
        return fail(.timedOut)
    }

    private static func isIdentity(_ coding: String) -> Bool {
        let trimmed = coding.drop { $0 == " " || $0 == "\t" }
        return trimmed.isEmpty || trimmed.lowercased() == "identity"
    }
}
