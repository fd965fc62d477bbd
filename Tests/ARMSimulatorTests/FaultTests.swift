import ARMSimulator
import AsyncHTTPClient
import Foundation
import NIOCore
import Synchronization
import Testing

@Suite(.serialized) struct FaultTests {
    private static let body = #"{"commandId":"RunShellScript","script":["echo taken"]}"#

    @Test func faultsOverHTTPAreUsedUp() async throws {
        try await SimulatorFixture.run { fixture in
            let ordered = try await fixture.send(
                "POST", "/simulator/faults",
                body: #"{"match":{"method":"POST","pathContains":"web-1"},"kind":"429","times":2,"retryAfter":7}"#,
                token: "")
            #expect(ordered.status == 204)
            for _ in 0..<2 {
                let reply = try await fixture.send("POST", fixture.machine("web-1") + "/runCommand", body: Self.body)
                #expect(reply.status == 429)
                #expect(reply.header("Retry-After") == "7")
                #expect(reply.json["code"].string == "OperationNotAllowed")
                #expect(JSON(reply.json["details"][0]["message"].string ?? "")["operationGroup"].exists)
            }
            #expect(
                try await fixture.send("POST", fixture.machine("web-2") + "/runCommand", body: Self.body).status == 202)
            #expect(
                try await fixture.send("POST", fixture.machine("web-1") + "/runCommand", body: Self.body).status == 202)
            #expect(
                try await fixture.send("POST", "/simulator/faults", body: #"{"kind":"none"}"#, token: "").status == 400)
        }
    }

    /// Kinds after which no answer arrives; taken or not shows in whether the machine ran something.
    @Test func cutsAndHangs() async throws {
        try await SimulatorFixture.run { fixture in
            let path = fixture.machine("web-1") + "/runCommands/c"
            let put = #"{"location":"eastus","properties":{"source":{"script":"echo taken"}}}"#
            for (fault, isTaken) in [
                (SimulatorFault(.cut), false), (SimulatorFault(.cut, isTaken: true), true),
                (SimulatorFault(.hang), false), (SimulatorFault(.hang, isTaken: true), true),
                (SimulatorFault(.cutAfterBytes(10)), true),
            ] {
                fixture.simulator.add(fault)
                await #expect(throws: (any Error).self) {
                    _ = try await fixture.send("PUT", path, body: put, timeout: .milliseconds(700))
                }
                fixture.simulator.removeFaults()
                #expect(try await fixture.send("GET", path).status == (isTaken ? 200 : 404), "\(fault)")
                _ = try await fixture.send("DELETE", path)
                while try await fixture.send("GET", path).status == 200 { await Task.yield() }
            }
        }
    }

    @Test func answersThatAreWrong() async throws {
        try await SimulatorFixture.run {
            $0.isInstant = true
        } _: { fixture in
            func post(_ fault: SimulatorFault.Kind) async throws -> SimulatorFixture.Reply {
                fixture.simulator.add(SimulatorFault(fault))
                return try await fixture.send("POST", fixture.machine("web-1") + "/runCommand", body: Self.body)
            }
            #expect(try await post(.status(500)).json["error"]["code"].string == "InternalServerError")
            let foreign = try await post(.foreignLocation)
            #expect(foreign.header("Location")?.hasPrefix("https://elsewhere.example/subscriptions/") == true)
            #expect(foreign.header("Azure-AsyncOperation")?.hasPrefix("https://elsewhere.example/") == true)
            let bare = try await post(.noLinks)
            #expect(bare.status == 202 && bare.header("Location") == nil)
            #expect(try await post(.redirect).status == 307)
            #expect(try await post(.garbage).text.hasPrefix("<html>"))
            #expect(try await post(.oversize(100_000)).text.utf8.count == 100_000)
            let clock = ContinuousClock()
            let start = clock.now
            #expect(try await post(.slow(300)).status == 202)
            #expect(clock.now - start >= .milliseconds(290))
            #expect(try await post(.close).header("Connection") == "close")
            // The answer is right; the connection behind it is not for long.
            #expect(try await post(.closeUnannounced).status == 202)
        }
    }

    @Test func aStopLetsGoOfHangingRequests() async throws {
        let waiting = Mutex<Task<SimulatorFixture.Reply, any Error>?>(nil)
        try await SimulatorFixture.run { fixture in
            fixture.simulator.add(SimulatorFault(.hang))
            let path = fixture.machine("web-1") + "/runCommand"
            let task = Task { try await fixture.send("POST", path, body: Self.body) }
            for _ in 0..<2_000 where await fixture.simulator.receivedRequests.isEmpty {
                try await Task.sleep(for: .milliseconds(2))
            }
            #expect(await !fixture.simulator.receivedRequests.isEmpty)
            waiting.withLock { $0 = task }
        }
        let task = try #require(waiting.withLock { $0 })
        await #expect(throws: (any Error).self) { _ = try await task.value }
    }
}
