import ARMModel
import PolicyCore
import StrictJSON
import Testing

@testable import GatewayEnforcement

/// ARM's 409 says that a machine is busy; the gateway adds by whom, for those who may know.
@Suite struct MachineHolderTests {
    private static let busy = ARM.reply(
        409,
        #"{"error":{"code":"Conflict","message":"Run command extension execution is in progress.","details":[{"code":"c","message":"m"}]}}"#
    )

    private static var stranger: Principal {
        var principal = Scene.person
        principal.id = "10000000-0000-0000-0000-000000000002"
        return principal
    }

    private func rules(strangerReads: Bool) throws -> [Rule] {
        var rules = try Scene.rules()
        rules[0].operations = OperationSet([.run])
        rules[0].principals = PrincipalSet([.any])
        if strangerReads {
            var read = rules[0]
            read.id = "read"
            read.operations = OperationSet([.read])
            read.commands = nil
            rules.append(read)
        }
        return rules
    }

    private func detail(_ answer: GatewayAnswer) -> String? {
        answer.json?["error"]?["details"]?.array?.first { $0["code"]?.string == "CommandInProgress" }?["message"]?
            .string
    }

    @Test func ownCommandIsNamed() async throws {
        let scene = try Scene(rules: try self.rules(strangerReads: false), results: [ARM.accepted, Self.busy])
        _ = await scene.run()
        let second = await scene.run(#"{"commandId":"IPConfig"}"#)
        #expect(second.status == 409)
        let text = try #require(self.detail(second))
        #expect(text.contains(Scene.requestID(1)) && text.contains("yours"))
        // ARM's own details stay.
        #expect(second.json?["error"]?["details"]?.array?.count == 2)
    }

    /// ARM's 409 without a word of its own gets the detail all the same.
    @Test(arguments: ["", "<html>", #"{"error":"busy"}"#]) func aConflictWithoutAReasonIsExplained(
        body: String
    ) async throws {
        let scene = try Scene(
            rules: try self.rules(strangerReads: false), results: [ARM.accepted, ARM.reply(409, body)])
        _ = await scene.run()
        let second = await scene.run(#"{"commandId":"IPConfig"}"#)
        #expect(second.status == 409 && second.error == "UpstreamError409")
        #expect(self.detail(second)?.contains(Scene.requestID(1)) == true)
    }

    @Test(arguments: [false, true]) func anothersCommandIsNamedToWhoMayReadIt(_ mayRead: Bool) async throws {
        let scene = try Scene(rules: try self.rules(strangerReads: mayRead), results: [ARM.accepted, Self.busy])
        _ = await scene.run()
        let second = await scene.call("POST", Scene.action, body: Scene.allowedBody, as: Self.stranger)
        #expect(second.status == 409)
        #expect((self.detail(second)?.contains("user:" + Scene.person.id) ?? false) == mayRead)
        if !mayRead { #expect(!second.text.contains(Scene.person.id) && !second.text.contains(Scene.requestID(1))) }
    }

    @Test func aCommandThatHasEndedHoldsNothing() async throws {
        let done = ARM.reply(200, #"{"value":[{"code":"x/StdOut/succeeded","level":"Info","message":"done"}]}"#)
        let scene = try Scene(rules: try self.rules(strangerReads: false), results: [ARM.accepted, done, Self.busy])
        let first = await scene.run()
        _ = await scene.follow(first.header("location"))
        #expect(self.detail(await scene.run(#"{"commandId":"IPConfig"}"#)) == nil)
    }

    @Test func theCommandIsNamed() async throws {
        let scene = try Scene(rules: try self.rules(strangerReads: false), results: [ARM.accepted, Self.busy])
        _ = await scene.run()
        let text = try #require(self.detail(await scene.run(#"{"commandId":"IPConfig"}"#)))
        #expect(text.contains("RunShellScript") && text.contains(String(Scene.script.digest.prefix(12))))
        #expect(!text.contains("echo"))
    }

    @Test func whatNobodyKnowsMayHoldTheMachine() async throws {
        let scene = try Scene(
            rules: try self.rules(strangerReads: false), results: [.outcomeUnknown("cut"), Self.busy])
        _ = await scene.run()
        let text = try #require(self.detail(await scene.run(#"{"commandId":"IPConfig"}"#)))
        #expect(text.contains(Scene.requestID(1)) && text.contains("may have been held"))
    }

    @Test func whatAzureHasNotAnsweredMayHoldTheMachine() async throws {
        let scene = try Scene(rules: try self.rules(strangerReads: false), results: [ARM.accepted, Self.busy])
        scene.upstream.whileSending {
            let text = self.detail(await scene.run(#"{"commandId":"IPConfig"}"#))
            #expect(text?.contains(Scene.requestID(1)) == true && text?.contains("may have been held") == true)
        }
        #expect(await scene.run().status == 202)
        #expect(scene.gateway.holders.count == 1)
    }

    @Test func whatTheGatewayDiedOverMayHoldTheMachine() async throws {
        let log = MemoryAuditLog()
        let scene = try Scene(rules: try self.rules(strangerReads: false), results: [Self.busy], log: log)
        log.add(
            UnansweredCommand(
                requestID: Scene.requestID(7), correlationID: Scene.requestID(7), clientRequestID: nil,
                owner: OperationOwner(Scene.person), operation: .run,
                target: try ARMRequestHead(method: "POST", target: Scene.action).target, family: .standard,
                apiVersion: "2024-11-01", requestDigest: "d", decisionIndex: 3,
                decidedMilliseconds: scene.clock.milliseconds))
        _ = try await scene.gateway.recover(isAfterCrash: true)
        #expect(self.detail(await scene.run())?.contains(Scene.requestID(7)) == true)
    }

    @Test func whatDidNotRunHoldsNothing() async throws {
        let done = ARM.reply(200, #"{"value":[{"code":"x/StdOut/succeeded","level":"Info","message":"done"}]}"#)
        let scene = try Scene(
            rules: try self.rules(strangerReads: false),
            results: [.notSent("refused"), ARM.reply(429, ARM.error), done, Self.busy])
        for _ in 0..<3 { _ = await scene.run() }
        #expect(self.detail(await scene.run(#"{"commandId":"IPConfig"}"#)) == nil)
        #expect(scene.gateway.holders.count == 0)
    }

    @Test func anotherConflictIsRelayedAsItIs() async throws {
        let scene = try Scene(rules: try self.rules(strangerReads: false), results: [Self.busy])
        let answer = await scene.run()
        #expect(answer.status == 409 && self.detail(answer) == nil)
    }
}
