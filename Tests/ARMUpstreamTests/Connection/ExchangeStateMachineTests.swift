import NIOCore
import Testing

@testable import ARMUpstream

@Suite("Exchange state machine")
struct ExchangeStateMachineTests {
    enum Event: Sendable {
        case connecting, ready, head(Int, length: Int? = nil, keepAlive: Bool = true, codings: [String] = [])
        case body(Int), end, fail(UpstreamFailure.Reason), deadline
    }

    struct Case: Sendable, CustomTestStringConvertible {
        var name: String
        var events: [Event]
        var last: ExchangeStateMachine.Action
        var progress: ExchangeStateMachine.Progress
        var testDescription: String { name }
    }

    static func unknown(_ reason: UpstreamFailure.Reason, _ phase: UpstreamFailure.Phase) -> ExchangeStateMachine.Action
    {
        .reportOutcomeUnknown(UpstreamFailure(reason, during: phase))
    }

    static func notSent(_ reason: UpstreamFailure.Reason, _ phase: UpstreamFailure.Phase) -> ExchangeStateMachine.Action
    {
        .reportNotSent(UpstreamFailure(reason, during: phase))
    }

    static let cases: [Case] = [
        Case(name: "sent", events: [.ready], last: .write, progress: .somethingSent),
        Case(
            name: "answered", events: [.ready, .head(200, length: 3), .body(3), .end], last: .deliver(reusable: true),
            progress: .answered),
        Case(
            name: "answered and closing", events: [.ready, .head(202, keepAlive: false), .end],
            last: .deliver(reusable: false), progress: .answered),
        Case(name: "all busy", events: [.deadline], last: notSent(.poolExhausted, .waiting), progress: .nothingSent),
        Case(
            name: "slow to connect", events: [.connecting, .deadline], last: notSent(.timedOut, .connecting),
            progress: .nothingSent),
        Case(
            name: "refused", events: [.connecting, .fail(.connectRefused)], last: notSent(.connectRefused, .connecting),
            progress: .nothingSent),
        Case(
            name: "stopping", events: [.fail(.shuttingDown)], last: notSent(.shuttingDown, .waiting),
            progress: .nothingSent),
        Case(
            name: "no answer", events: [.connecting, .ready, .deadline], last: unknown(.timedOut, .awaitingHead),
            progress: .somethingSent),
        Case(
            name: "cut before the head", events: [.ready, .fail(.closed)], last: unknown(.closed, .awaitingHead),
            progress: .somethingSent),
        Case(
            name: "late body", events: [.ready, .head(200), .body(1), .deadline],
            last: unknown(.timedOut, .receivingBody), progress: .somethingSent),
        Case(
            name: "announced too large", events: [.ready, .head(200, length: 101)],
            last: unknown(.tooLarge, .receivingBody), progress: .somethingSent),
        Case(
            name: "grows too large", events: [.ready, .head(200), .body(60), .body(41)],
            last: unknown(.tooLarge, .receivingBody), progress: .somethingSent),
        Case(
            name: "just fits", events: [.ready, .head(200, length: 100), .body(100)], last: .keep,
            progress: .somethingSent),
        Case(
            name: "compressed", events: [.ready, .head(200, codings: ["gzip"])],
            last: unknown(.encoded, .receivingBody),
            progress: .somethingSent),
        Case(
            name: "identity spelt out", events: [.ready, .head(200, codings: ["Identity"])], last: .keep,
            progress: .somethingSent),
        Case(
            name: "switching protocols", events: [.ready, .head(101)], last: unknown(.malformedAnswer, .awaitingHead),
            progress: .somethingSent),
        Case(
            name: "status from outside", events: [.ready, .head(700)], last: unknown(.malformedAnswer, .awaitingHead),
            progress: .somethingSent),
        Case(
            name: "two heads", events: [.ready, .head(200), .head(200)],
            last: unknown(.malformedAnswer, .receivingBody),
            progress: .somethingSent),
        Case(
            name: "body without head", events: [.ready, .body(1)], last: unknown(.malformedAnswer, .awaitingHead),
            progress: .somethingSent),
        Case(
            name: "end without head", events: [.ready, .end], last: unknown(.malformedAnswer, .awaitingHead),
            progress: .somethingSent),
        Case(
            name: "error after the answer", events: [.ready, .head(204), .end, .fail(.closed)], last: .nothing,
            progress: .answered),
        Case(
            name: "deadline after a failure", events: [.ready, .fail(.closed), .deadline], last: .nothing,
            progress: .somethingSent),
        Case(
            name: "answer after the deadline", events: [.ready, .deadline, .head(200), .body(1), .end], last: .nothing,
            progress: .somethingSent),
        Case(
            name: "never sent after it was given up", events: [.deadline, .ready], last: .nothing,
            progress: .nothingSent),
        Case(name: "never sent twice", events: [.ready, .ready], last: .nothing, progress: .somethingSent),
    ]

    @Test("each run of events", arguments: cases)
    func table(_ test: Case) {
        var machine = ExchangeStateMachine(maximumBodyBytes: 100)
        var last = ExchangeStateMachine.Action.nothing
        for event in test.events { last = Self.apply(event, to: &machine) }
        #expect(last == test.last)
        #expect(machine.progress == test.progress)
    }

    /// Whatever happens in whatever order: at most one result, at most one request, and no way back from "sent".
    @Test("one result at most, in any order of events")
    func exhaustive() {
        let alphabet: [Event] = [
            .connecting, .ready, .head(200, length: 3), .head(200, codings: ["gzip"]), .body(60), .end, .fail(.closed),
            .deadline,
        ]
        var sequences: [[Event]] = [[]]
        for _ in 0..<4 { sequences = sequences.flatMap { head in alphabet.map { head + [$0] } } }
        for events in sequences {
            var machine = ExchangeStateMachine(maximumBodyBytes: 100)
            var results = 0
            var writes = 0
            for event in events {
                switch Self.apply(event, to: &machine) {
                case .write: writes += 1
                case .deliver:
                    results += 1
                    #expect(writes == 1 && machine.progress == .answered)
                case .reportNotSent:
                    results += 1
                    #expect(writes == 0 && machine.progress == .nothingSent)
                case .reportOutcomeUnknown:
                    results += 1
                    #expect(machine.progress == (writes == 1 ? .somethingSent : machine.progress))
                case .nothing, .keep: break
                }
                #expect((machine.progress == .nothingSent) == (writes == 0))
                #expect(machine.isSettled == (results == 1))
            }
            #expect(results <= 1 && writes <= 1)
        }
    }

    private static func head(_ status: Int, length: Int?, keepsAlive: Bool, codings: [String]) -> AnswerHead {
        var text = "HTTP/1.1 \(status)\r\n"
        if let length { text += "content-length: \(length)\r\n" }
        // Without a length it would last until the end of the connection.
        if length == nil, keepsAlive { text += "transfer-encoding: chunked\r\n" }
        if !keepsAlive { text += "connection: close\r\n" }
        for coding in codings { text += "content-encoding: \(coding)\r\n" }
        var answer = AnswerReader(isForHEAD: false)
        var bytes = ByteBuffer(string: text + "\r\n")
        guard case .head(let head)? = try? answer.next(&bytes) else { preconditionFailure("no head: \(text)") }
        return head
    }

    static func apply(_ event: Event, to machine: inout ExchangeStateMachine) -> ExchangeStateMachine.Action {
        switch event {
        case .connecting:
            machine.connectionStarted()
            return .nothing
        case .ready: return machine.connectionReady()
        case .head(let status, let length, let keepAlive, let codings):
            return machine.received(head(status, length: length, keepsAlive: keepAlive, codings: codings))
        case .body(let count): return machine.receivedBody(bytes: count)
        case .end: return machine.receivedEnd()
        case .fail(let reason): return machine.fail(reason)
        case .deadline: return machine.deadlinePassed()
        }
    }
}

@Suite("Connection life")
struct ConnectionLifeTests {
    private func idle() -> ConnectionLife {
        var life = ConnectionLife()
        #expect(life.handshakeCompleted() == .announce)
        return life
    }

    @Test func isNotUsableBeforeTheHandshake() {
        var life = ConnectionLife()
        #expect(life.claim() == false)
        #expect(life.ended() == .reportConnectFailure)
        #expect(life.ended() == .nothing)
        #expect(life.handshakeCompleted() == .nothing)
    }

    @Test func servesOneExchangeAtATime() {
        var life = idle()
        #expect(life.claim() == true)
        #expect(life.claim() == false)
        life.answered(reusable: true)
        #expect(life.claim() == false, "not before the end of the read")
        #expect(life.readCompleted() == .release)
        #expect(life.claim() == true)
    }

    @Test func closesWhatMayNotBeReused() {
        var life = idle()
        #expect(life.claim() == true)
        life.answered(reusable: false)
        #expect(life.readCompleted() == .close)
        #expect(life.claim() == false)
    }

    @Test func dropsAConnectionWithUnsolicitedBytes() {
        var unused = idle()
        #expect(unused.receivedUnsolicitedBytes() == .abort)
        #expect(unused.claim() == false)
        var answered = idle()
        #expect(answered.claim() == true)
        answered.answered(reusable: true)
        #expect(answered.receivedUnsolicitedBytes() == .abort)
        #expect(answered.readCompleted() == .nothing)
    }

    @Test func retiresOnlyWhatIsUnused() {
        var life = idle()
        #expect(life.claim() == true)
        #expect(life.retire() == .nothing)
        #expect(life.exchangeAbandoned() == .abort)
        #expect(life.isGone)
        var unused = idle()
        #expect(unused.retire() == .close)
        #expect(unused.ended() == .nothing)
    }
}
