import Foundation
import GatewayTestSupport
import NIOHTTP1
import Testing

/// How the gateway's process starts, says how it is, and ends.
@Suite struct ServeTests {
    @Test func healthTellsARunningGatewayFromAStoppedOne() async throws {
        try await ProcessStack.withRunning { stack in
            let gateway = try stack.startGateway()
            try await stack.untilReady(gateway)
            let running = try await stack.sallyport("health", "--config", stack.workspace.configurationPath)
            #expect(running.end == .exited(0), "\(running.errors)")
            #expect(running.output == "ready\n")
            gateway.signal(SIGTERM)
            #expect(await gateway.end() == .exited(0), "\(gateway.errors)")
            let stopped = try await stack.sallyport("health", "--config", stack.workspace.configurationPath)
            #expect(stopped.end == .exited(1))
            #expect(stopped.output.isEmpty)
            #expect(stopped.errors.contains("cannot be asked"))
        }
    }

    @Test func healthNamesWhatIsMissing() async throws {
        try await ProcessStack.withRunning { stack in
            stack.simulator.signal(SIGKILL)
            _ = await stack.simulator.end()
            let gateway = try stack.startGateway()
            // Without the simulator there is no key set, so it answers and is not ready.
            while try await stack.readiness() == nil || !gateway.errors.contains("Listening"), gateway.isRunning {
                try await Task.sleep(for: .milliseconds(10))
            }
            #expect(try await stack.readiness() == 503)
            let health = try await stack.sallyport("health", "--config", stack.workspace.configurationPath)
            #expect(health.end == .exited(1))
            #expect(health.output == "missing: keySets\n")
            gateway.signal(SIGTERM)
            #expect(await gateway.end() == .exited(0), "\(gateway.errors)")
        }
    }

    /// Requests that are on their way are answered and recorded before the record closes.
    @Test(arguments: [SIGTERM, SIGINT]) func signalEndsInGoodOrder(signal: Int32) async throws {
        try await ProcessStack.withRunning { stack in
            let token = try await stack.token()
            let gateway = try stack.startGateway()
            try await stack.untilReady(gateway)
            let slow = try await stack.call(
                .POST, stack.azure + "/simulator/faults",
                body: #"{"kind": "slow", "milliseconds": 1500, "match": {"method": "POST"}}"#)
            #expect(slow.status == 204, "\(slow.text)")
            let id = UUID().uuidString.lowercased()
            async let answer = stack.call(
                .POST, stack.gateway + Self.machine, body: Self.body, token: token, correlationID: id)
            while !(try LoggedRequest.read(stack.workspace.requestLog)).contains(where: { $0.correlationID == id }) {
                try await Task.sleep(for: .milliseconds(10))
            }
            gateway.signal(signal)
            #expect(try await answer.status == 202)
            #expect(await gateway.end() == .exited(0), "\(gateway.errors)")
            let rows = try RecordedRow.read(stack.workspace.database)
            #expect(rows.filter { $0.correlationID == id }.map(\.event) == ["decision", "response"])
            #expect(rows.first?.event == "started")
            #expect(rows.last?.event == "stopped")
            #expect(FreePort.isFree(stack.workspace.port))
        }
    }

    @Test func secondGatewayKeepsOffTheRecord() async throws {
        try await ProcessStack.withRunning { stack in
            let gateway = try stack.startGateway()
            try await stack.untilReady(gateway)
            let second = try await stack.sallyport(
                "serve", "--config", stack.workspace.configurationPath, environment: stack.gatewayEnvironment)
            #expect(second.end == .exited(1))
            #expect(second.errors.contains("audit.sqlite"))
            #expect(try await stack.readiness() == 200)
            #expect(try RecordedRow.read(stack.workspace.database).filter { $0.event == "started" }.count == 1)
        }
    }

    @Test func everyProblemIsListedAndNothingIsBound() async throws {
        try await ProcessStack.withRunning { stack in
            let good = try String(contentsOfFile: stack.workspace.configurationPath, encoding: .utf8)
            let bad =
                good
                .replacing("  publicURL: https:", with: "  publicURL: http:")
                .replacing("  writeSeconds: 30", with: "  writeSeconds: soon")
                .replacing("shutdownSeconds: 20", with: "shutdownSecond: 20")
                .replacing("/etc/policies}", with: "/etc/absent}")
            let file = try stack.workspace.directory.write(bad, as: "etc/bad.yaml")
            let lines = bad.split(separator: "\n", omittingEmptySubsequences: false)
            let wrong = ["publicURL", "writeSeconds", "shutdownSecond", "bundle"]
            let ended = try await stack.sallyport(
                "serve", "--config", file, environment: stack.gatewayEnvironment)
            #expect(ended.end == .exited(1))
            #expect(ended.output.isEmpty)
            let problems = ended.errors.split(separator: "\n")
            #expect(problems.count == wrong.count, "\(ended.errors)")
            for word in wrong {
                let line = try #require(lines.firstIndex { $0.contains(word) }) + 1
                #expect(
                    problems.contains { $0.contains("bad.yaml:\(line):") && $0.contains(word) }, "\(word): \(problems)")
            }
            // Nothing was begun: no record, no keys.
            let state = FileManager.default.enumerator(atPath: stack.workspace.here.state)
            #expect(state?.allObjects as? [String] == ["keys"])
            let check = try await stack.sallyport("check", "--config", file)
            #expect(check.end == .exited(1))
            for problem in problems { #expect(check.output.contains(problem)) }
        }
    }

    /// Where somebody else listens already, a sound configuration fails on the ports and one with a problem does not
    /// get that far.
    @Test func problemsComeBeforePorts() async throws {
        try await ProcessStack.withRunning { stack in
            let held = [try HeldPort(stack.workspace.port), try HeldPort(stack.workspace.managementPort)]
            defer { withExtendedLifetime(held) {} }
            let sound = try stack.startGateway()
            #expect(await sound.end() == .exited(1))
            #expect(sound.errors.lowercased().contains("address already in use"), "\(sound.errors)")
            let good = try String(contentsOfFile: stack.workspace.configurationPath, encoding: .utf8)
            let file = try stack.workspace.directory.write(good + "colour: blue\n", as: "etc/bad.yaml")
            let ended = try await stack.sallyport("serve", "--config", file, environment: stack.gatewayEnvironment)
            #expect(ended.end == .exited(1))
            #expect(ended.errors.split(separator: "\n").count == 1, "\(ended.errors)")
            #expect(ended.errors.contains("colour"))
        }
    }

    private static let machine =
        "/subscriptions/\(Workspace.subscription)/resourceGroups/rg-web/providers/Microsoft.Compute/"
        + "virtualMachines/web-01/runCommand?api-version=2025-04-01"
    private static let body = #"{"commandId": "RunShellScript", "script": ["\#(Workspace.script)"]}"#
}
