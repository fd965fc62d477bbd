import Foundation
import NIOHTTP1
import Testing

/// Whatever moment the gateway is killed at: nothing reached ARM that is not on record, the record stays sound, and the
/// next process serves.
@Suite struct KillTests {
    private static let connections = 32

    /// `SALLYPORT_KILLS=100` for the long form.
    @Test(.timeLimit(.minutes(15))) func everythingThatReachedARMIsOnRecord() async throws {
        let kills = ProcessInfo.processInfo.environment["SALLYPORT_KILLS"].flatMap(Int.init) ?? 8
        try await ProcessStack.withRunning { stack in
            let token = try await stack.token()
            try await Self.createStoredCommands(stack, token)
            let own = try LoggedRequest.read(stack.workspace.requestLog).count
            var traces: [LoadRound.Trace] = []
            for kill in 1...kills {
                let gateway = try stack.startGateway()
                try await stack.untilReady(gateway)
                async let verification = stack.sallyport("audit", "verify", "--database", stack.workspace.database)
                let round = LoadRound(stack, token: token, goal: Int.random(in: 52...90))
                let trace = await round.run(connections: Self.connections) { gateway.signal(SIGKILL) }
                traces.append(trace)
                #expect(trace.surprises.isEmpty, "kill \(kill): \(trace.surprises)")
                #expect(await gateway.end() == .killed(SIGKILL))
                let verified = try await verification
                #expect(verified.end == .exited(0), "after restart \(kill - 1): \(verified.output)\(verified.errors)")
                guard trace.surprises.isEmpty, verified.end == .exited(0) else { return }
            }
            try await Self.serveAndStop(stack, token)
            stack.simulator.signal(SIGTERM)
            #expect(await stack.simulator.end() == .exited(0))

            let rows = try RecordedRow.read(stack.workspace.database)
            let received = Array(try LoggedRequest.read(stack.workspace.requestLog).dropFirst(own))
            let join = RecordJoin(rows)
            let findings = join.findings(received)
            #expect(findings.isEmpty, "\(findings.prefix(20))")
            // The same check on the same record, with a request that no gateway sent and a row gone.
            let stranger = LoggedRequest(
                method: "POST", path: "/runCommand", correlationID: UUID().uuidString.lowercased())
            #expect(join.findings(received + [stranger]).count == findings.count + 1)
            let command = try #require(received.last { $0.kind == .command })
            let lessOne = rows.filter { $0.correlationID != command.correlationID || $0.event != "decision" }
            #expect(RecordJoin(lessOne).findings(received).count == findings.count + 1)

            // What was held back is what a kill left open, and it was told of by nothing else.
            let interrupted = Set(rows.filter(\.isInterrupted).compactMap(\.requestID))
            let holds = traces.reduce(into: Set<String>()) { $0.formUnion($1.holds) }
            #expect(holds.isSubset(of: interrupted), "\(holds.subtracting(interrupted).prefix(20))")
            #expect(!interrupted.isEmpty)
            #expect(rows.filter { $0.event == "started" }.count == kills + 1)
            #expect(rows.last?.event == "stopped")
            try Self.report(traces, received, rows)
        }
    }

    private static func createStoredCommands(_ stack: ProcessStack, _ token: String) async throws {
        for number in 0..<LoadRequest.storedCommands {
            let answer = try await stack.call(
                .PUT, stack.azure + LoadRequest.stored(number),
                body: #"{"location": "westus", "properties": {"source": {"script": "\#(Workspace.script)"}}}"#,
                token: token)
            #expect(answer.status == 201, "\(answer.text)")
        }
    }

    /// A last process, which is not killed.
    private static func serveAndStop(_ stack: ProcessStack, _ token: String) async throws {
        let gateway = try stack.startGateway()
        try await stack.untilReady(gateway)
        let trace = await LoadRound(stack, token: token, goal: 20).run(connections: 2) {}
        #expect(trace.surprises.isEmpty && trace.answered == trace.sent, "\(trace.surprises)")
        gateway.signal(SIGTERM)
        #expect(await gateway.end() == .exited(0), "\(gateway.errors)")
        let verified = try await stack.sallyport("audit", "verify", "--database", stack.workspace.database)
        #expect(verified.end == .exited(0), "\(verified.output)\(verified.errors)")
    }

    private static func report(
        _ traces: [LoadRound.Trace], _ received: [LoggedRequest], _ rows: [RecordedRow]
    ) throws {
        let byCorrelation = Dictionary(grouping: rows) { $0.correlationID ?? "" }
        let ids = Set(received.compactMap(\.correlationID))
        let steps = traces.map { KillSteps($0, received: ids, rows: byCorrelation) }
        let inBetween = steps.count { $0.inBetween > 0 }
        let sent = traces.reduce(0) { $0 + $1.sent.count }
        let commands = received.count { $0.kind == .command }
        print(
            "kills \(traces.count), with requests between decision and response \(inBetween); requests \(sent), "
                + "held back \(traces.reduce(0) { $0 + $1.holds.count }), commands at the simulator \(commands) of \(received.count) requests there, rows \(rows.count)"
        )
        func spread(_ step: (KillSteps) -> Int) -> String {
            "\(steps.count { step($0) > 0 }) (\(steps.reduce(0) { $0 + step($1) }) requests)"
        }
        print(
            "kills that found requests undecided \(spread(\.undecided)), decided and not sent \(spread(\.decided)), "
                + "at ARM \(spread(\.forwarded)), answered by ARM and not to the caller \(spread(\.responded))")
        #expect(inBetween * 10 >= traces.count * 9 - 9, "of \(traces.count) kills")
        #expect(sent >= traces.count * 50)
        #expect(commands >= traces.count * 15)
        // The kills did hit different steps.
        #expect(steps.contains { $0.decided > 0 } || steps.contains { $0.undecided > 0 })
        #expect(steps.contains { $0.forwarded > 0 })
    }
}
