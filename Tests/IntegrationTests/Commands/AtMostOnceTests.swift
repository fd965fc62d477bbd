import ARMSimulator
import StrictJSON
import Testing

/// What ARM can do wrong while it has a command in its hands. Azure's clients send a command again by themselves on 408, 429 and most 5xx, so a command that ARM may have taken is
/// answered 409 and nothing else.
@Suite struct AtMostOnceTests {
    private static func fault(_ kind: SimulatorFault.Kind, taken: Bool = false, retryAfter: Int? = nil)
        -> SimulatorFault
    {
        SimulatorFault(kind, retryAfter: retryAfter, isTaken: taken)
    }

    /// ARM's answer proves nothing: the command may have run.
    static let unknown: [(String, SimulatorFault)] = [
        ("cut", fault(.cut)), ("cut-taken", fault(.cut, taken: true)), ("cut-after-0", fault(.cutAfterBytes(0))),
        ("cut-after-9", fault(.cutAfterBytes(9))), ("redirect", fault(.redirect)),
        ("redirect-taken", fault(.redirect, taken: true)), ("garbage", fault(.garbage)),
        ("garbage-taken", fault(.garbage, taken: true)), ("oversize", fault(.oversize(9_000_000))),
        ("foreign-link", fault(.foreignLocation)), ("no-links", fault(.noLinks)),
        ("status-408", fault(.status(408), retryAfter: 1)), ("status-500", fault(.status(500), retryAfter: 1)),
        ("status-502", fault(.status(502))), ("status-503", fault(.status(503), taken: true, retryAfter: 1)),
        ("status-504", fault(.status(504), taken: true)),
    ]
    static let late: [(String, SimulatorFault)] = [
        ("hang", fault(.hang)), ("hang-taken", fault(.hang, taken: true)), ("slow", fault(.slow(4_000))),
        ("slow-taken", fault(.slow(4_000), taken: true)),
    ]
    /// ARM's answer proves that nothing ran: it is relayed.
    static let proofs = [400, 403, 404, 405, 409, 412, 413, 415, 429]

    private static func post(
        _ name: String, _ fault: SimulatorFault, _ stack: LocalStack, _ token: String
    ) async throws -> LocalStack.Answer {
        var fault = fault
        fault.pathContains = "/virtualMachines/\(name)/"
        stack.simulator.add(fault)
        return try await stack.call("POST", LocalStack.vm(name), body: LocalStack.helloBody(), token: token)
    }

    private static func expectUnknown(
        _ name: String, _ answer: LocalStack.Answer, _ stack: LocalStack
    ) async throws {
        LocalStack.expectEnvelope(answer, 409, "UpstreamOutcomeUnknown", "\(name)")
        let id = answer.header("x-ms-request-id") ?? "none"
        #expect(answer.json?["error"]?["message"]?.string?.contains(id) == true, "\(name)")
        #expect(await stack.received("/virtualMachines/\(name)/") == 1, "\(name)")
        let rows = try stack.rows(of: answer)
        #expect(rows.map(\.event) == ["decision", "response"], "\(name)")
        #expect(rows.last?.row["upstream"]?["result"]?.string == "outcomeUnknown", "\(name)")
        for part in [answer.text] + answer.headers.map(\.1) { #expect(!part.contains("elsewhere"), "\(name)") }
    }

    @Test func aCommandWithoutAUsableAnswerIsUnknownAndSentOnce() async throws {
        try await LocalStack.withRunning { stack in
            let token = try stack.token()
            for (name, fault) in Self.unknown {
                try await Self.expectUnknown(name, try await Self.post(name, fault, stack, token), stack)
            }
            #expect(
                try await stack.management("/metrics").text.contains("unknown_outcomes_total \(Self.unknown.count)"))
            #expect(await stack.received() == Self.unknown.count)
        }
    }

    @Test func anUpdateWithoutAUsableAnswerIsUnknownAndSentOnce() async throws {
        try await LocalStack.withRunning { stack in
            let token = try stack.token()
            let script = LocalStack.quoted(LocalStack.helloScript)
            for (name, fault) in Self.unknown where name != "no-links" {
                let target = LocalStack.instance(name)
                let put = try await stack.atSimulator(
                    "PUT", target, body: #"{"location":"eastus","properties":{"source":{"script":\#(script)}}}"#)
                #expect(put.status == 201)
                var fault = fault
                (fault.method, fault.pathContains) = ("PATCH", "/\(name)?")
                stack.simulator.add(fault)
                let answer = try await stack.call("PATCH", target, body: #"{"tags":{"a":"b"}}"#, token: token)
                LocalStack.expectEnvelope(answer, 409, "UpstreamOutcomeUnknown", "\(name)")
                #expect(await stack.received("/\(name)?", method: "PATCH") == 1, "\(name)")
                #expect(try stack.rows(of: answer).map(\.event) == ["lookup", "decision", "response"], "\(name)")
            }
        }
    }

    @Test func aCommandAnsweredTooLateIsUnknownAndSentOnce() async throws {
        var options = LocalStack.Options()
        options.deadlineSeconds = 2
        try await LocalStack.withRunning(options) { stack in
            let token = try stack.token()
            // The gateway's own token is fetched before the clock matters.
            var number = 0
            let isWarm = try await LocalStack.eventually {
                number += 1
                let answer = try await stack.call(
                    "POST", LocalStack.vm("first-\(number)"), body: LocalStack.helloBody(), token: token)
                return answer.status == 202
            }
            #expect(isWarm)
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                for (name, fault) in Self.late {
                    tasks.addTask {
                        try await Self.expectUnknown(name, try await Self.post(name, fault, stack, token), stack)
                    }
                }
                try await tasks.waitForAll()
            }
        }
    }

    @Test func answersThatProveThatNothingRanAreRelayed() async throws {
        try await LocalStack.withRunning { stack in
            let token = try stack.token()
            for status in Self.proofs {
                let name = "status-\(status)"
                let answer = try await Self.post(name, Self.fault(.status(status), retryAfter: 7), stack, token)
                #expect(answer.status == status)
                #expect(answer.code?.isEmpty == false, "\(status): \(answer.text)")
                #expect(answer.json?["error"]?["message"]?.string?.isEmpty == false)
                #expect(answer.header("retry-after") == (status == 429 ? "7" : nil), "\(status)")
                LocalStack.expectIdentifiers(answer, "\(status)")
                #expect(await stack.received("/virtualMachines/\(name)/") == 1)
                let rows = try stack.rows(of: answer)
                #expect(rows.map(\.event) == ["decision", "response"])
                #expect(rows.last?.row["upstream"]?["status"]?.integer == Int64(status))
            }
        }
    }

    /// Our own credential refused: asked anew once, then it is our trouble and not the caller's.
    @Test func aRefusedCredentialIsReplacedOnce() async throws {
        try await LocalStack.withRunning { stack in
            let token = try stack.token()
            let second = try await Self.post("once", Self.fault(.status(401)), stack, token)
            #expect(second.status == 202, "\(second.text)")
            #expect(await stack.received("/virtualMachines/once/") == 2)
            let senders = await stack.simulator.receivedRequests.compactMap(\.authorizationSHA256)
            #expect(Set(senders).count == 2)
        }
        try await LocalStack.withRunning { stack in
            let token = try stack.token()
            var refused = Self.fault(.status(401), retryAfter: 7)
            refused.times = 2
            let answer = try await Self.post("status-401", refused, stack, token)
            LocalStack.expectEnvelope(answer, 503, "UpstreamUnavailable", "401")
            #expect(await stack.received("/virtualMachines/status-401/") == 2)
            #expect(try stack.rows(of: answer).last?.row["upstream"]?["status"]?.integer == 401)
        }
    }

    @Test func connectionsThatCloseAfterTheAnswerAreNoTrouble() async throws {
        try await LocalStack.withRunning { stack in
            let token = try stack.token()
            for (name, fault) in [("close", Self.fault(.close)), ("closed", Self.fault(.closeUnannounced))] {
                let answer = try await Self.post(name, fault, stack, token)
                #expect(answer.status == 202, "\(name): \(answer.text)")
                #expect(await stack.received("/virtualMachines/\(name)/") == 1)
                let next = try await stack.call(
                    "POST", LocalStack.vm(name + "-next"), body: LocalStack.helloBody(), token: token)
                #expect(next.status == 202, "\(name): \(next.text)")
                #expect(await stack.received("/virtualMachines/\(name)-next/") == 1)
            }
        }
    }
}
