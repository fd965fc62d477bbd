import ARMModel
import PolicyCore
import StrictJSON
import Testing

@testable import GatewayEnforcement

/// What was promised to callers holds after a restart too: the record's file is all that goes on.
@Suite struct RestartTests {
    private static let client = "c0000000-0000-4000-8000-000000000001"

    private func run(_ scene: Scene, client: String? = client, acknowledging: String? = nil) async -> GatewayAnswer {
        await scene.call("POST", Scene.action, body: Scene.allowedBody) { headers in
            headers.clientRequestID = client
            headers.acknowledgedRequest = acknowledging
        }
    }

    private func restarted(
        _ scene: Scene, results: [UpstreamResult] = [], isAfterCrash: Bool = false
    ) async throws -> Scene {
        let next = try Scene(results: results, log: scene.log, clock: scene.clock, firstRequest: 50)
        _ = try await next.gateway.recover(isAfterCrash: isAfterCrash)
        return next
    }

    @Test func aRepeatGetsTheFirstAnswer() async throws {
        let before = try Scene(results: [ARM.accepted])
        let first = await self.run(before)
        let after = try await self.restarted(before)
        let second = await self.run(after)
        #expect(second.status == 202 && second.header("location") == first.header("location"))
        #expect(second.header("x-sallyport-repeat-of") == Scene.requestID(1) && after.upstream.sent.isEmpty)
    }

    @Test func afterTheWindowItIsANewRequest() async throws {
        let before = try Scene(results: [ARM.accepted])
        _ = await self.run(before)
        before.clock.move(seconds: 600)
        let after = try await self.restarted(before, results: [ARM.accepted])
        #expect(await self.run(after).header("x-sallyport-repeat-of") == nil)
    }

    @Test func aHoldGoesOnAndCanBeLifted() async throws {
        let before = try Scene(results: [.outcomeUnknown("cut")])
        _ = await self.run(before)
        before.clock.move(seconds: 900)
        let after = try await self.restarted(before, results: [ARM.accepted])
        let second = await self.run(after)
        #expect(second.status == 409 && second.error == "UpstreamOutcomeUnknown")
        #expect(second.text.contains("2027-01-15T08:30:00.000Z"))
        #expect(await self.run(after, acknowledging: Scene.requestID(1)).status == 202)
        // And it does not come back.
        let third = try await self.restarted(after, results: [ARM.accepted])
        #expect(await self.run(third).header("x-sallyport-repeat-of") == Scene.requestID(51))
    }

    @Test func aCommandThatTheGatewayDiedOverIsUnknown() async throws {
        let before = try Scene(results: [ARM.accepted])
        _ = await self.run(before)
        let digest = try #require(try before.last("decision")["requestDigest"]?.string)
        let log = MemoryAuditLog()
        log.add(
            UnansweredCommand(
                requestID: Scene.requestID(7), correlationID: Scene.requestID(7), clientRequestID: Self.client,
                owner: OperationOwner(Scene.person), operation: .run,
                target: try ARMRequestHead(method: "POST", target: Scene.action).target, family: .standard,
                apiVersion: "2024-11-01", requestDigest: digest, decisionIndex: 3,
                decidedMilliseconds: before.clock.milliseconds - 1_000))
        let after = try Scene(results: [ARM.accepted], log: log)
        #expect(try await after.gateway.recover(isAfterCrash: true) == 1)
        // The row that was never written, so that the record says what is not known.
        let row = try after.last("response")
        #expect(row["requestID"]?.string == Scene.requestID(7))
        #expect(row["upstream"]?["result"]?.string == "outcomeUnknown")
        #expect(log.operations[Scene.requestID(7)]?.isUnknown == true)
        let second = await self.run(after)
        #expect(second.status == 409 && second.text.contains(Scene.requestID(7)) && after.upstream.sent.isEmpty)
    }

    @Test(arguments: [false, true]) func withoutAClientRequestIDOnlyACrashLeavesDoubt(_ isAfterCrash: Bool) async throws
    {
        let before = try Scene(results: [ARM.accepted])
        _ = await self.run(before, client: nil)
        let after = try await self.restarted(before, results: [ARM.accepted], isAfterCrash: isAfterCrash)
        let second = await self.run(after, client: nil)
        #expect((second.header("x-sallyport-repeat-of") != nil) == isAfterCrash)
    }

    @Test func whatDidNotArriveBeforeIsRemembered() async throws {
        let before = try Scene(results: [ARM.accepted])
        await self.run(before, client: nil).delivered?(false)
        let after = try await self.restarted(before, results: [ARM.accepted])
        #expect(await self.run(after, client: nil).header("x-sallyport-repeat-of") == Scene.requestID(1))
    }

    @Test func doubtOutlivesTheNextRestartToo() async throws {
        let before = try Scene(results: [ARM.accepted])
        _ = await self.run(before, client: nil)
        let crashed = try await self.restarted(before, isAfterCrash: true)
        let after = try await self.restarted(crashed, results: [ARM.accepted])
        #expect(await self.run(after, client: nil).header("x-sallyport-repeat-of") == Scene.requestID(1))
    }

    @Test(arguments: [false, true]) func whatWasServedIsNotServedAgain(_ isAfterCrash: Bool) async throws {
        let before = try Scene(results: [ARM.accepted])
        await self.run(before, client: nil).delivered?(false)
        await self.run(before, client: nil).delivered?(true)
        let after = try await self.restarted(before, results: [ARM.accepted], isAfterCrash: isAfterCrash)
        #expect(await self.run(after, client: nil).header("x-sallyport-repeat-of") == nil)
    }

    @Test func anAcknowledgementIsGoodOnceAcrossARestart() async throws {
        let before = try Scene(results: [.outcomeUnknown("cut"), ARM.accepted])
        _ = await self.run(before, client: nil)
        await self.run(before, client: nil, acknowledging: Scene.requestID(1)).delivered?(true)
        let after = try await self.restarted(before, results: [ARM.accepted])
        let again = await self.run(after, client: nil, acknowledging: Scene.requestID(1))
        #expect(again.header("x-sallyport-repeat-of") == Scene.requestID(2) && after.upstream.sent.isEmpty)
    }

    @Test func aClockThatIsBehindAtTheStartEndsNoHoldEarly() async throws {
        let before = try Scene(results: [ARM.accepted])
        _ = await self.run(before)
        let digest = try #require(try before.last("decision")["requestDigest"]?.string)
        let log = MemoryAuditLog()
        let decided = before.clock.milliseconds + 3_600_000
        log.add(
            UnansweredCommand(
                requestID: Scene.requestID(7), correlationID: Scene.requestID(7), clientRequestID: nil,
                owner: OperationOwner(Scene.person), operation: .run,
                target: try ARMRequestHead(method: "POST", target: Scene.action).target, family: .standard,
                apiVersion: "2024-11-01", requestDigest: digest, decisionIndex: 3, decidedMilliseconds: decided))
        let after = try Scene(results: [ARM.accepted], log: log)
        _ = try await after.gateway.recover(isAfterCrash: true)
        #expect(log.operations[Scene.requestID(7)]?.createdMilliseconds == decided)
        after.clock.move(seconds: 1_799)
        #expect(await self.run(after).status == 409)
        after.clock.move(seconds: 1)
        #expect(await self.run(after).status == 202)
    }

    /// What it said is not kept, so nobody can tell whose run it is.
    @Test func noReadEndsAHoldAfterARestart() async throws {
        let patch = HoldTests.patch
        let view = ARM.stored(
            more: #","instanceView":{"executionState":"Succeeded","startTime":"2027-01-15T08:00:00Z"}"#)
        let before = try Scene(results: [ARM.stored(), ARM.stored()])
        _ = await before.update(patch)
        let digest = try #require(try before.last("decision")["requestDigest"]?.string)
        let log = MemoryAuditLog()
        log.add(
            UnansweredCommand(
                requestID: Scene.requestID(7), correlationID: Scene.requestID(7), clientRequestID: nil,
                owner: OperationOwner(Scene.person), operation: .update,
                target: try ARMRequestHead(method: "PATCH", target: Scene.command).target, family: .standard,
                apiVersion: "2024-11-01", requestDigest: digest, decisionIndex: 3,
                decidedMilliseconds: before.clock.milliseconds - 1_000))
        let after = try Scene(results: [ARM.stored()], log: log)
        _ = try await after.gateway.recover(isAfterCrash: true)
        #expect(await after.update(patch).status == 409)
        after.upstream.add(view, ARM.stored(), ARM.stored())
        _ = await after.call("GET", Scene.command + "&$expand=instanceView")
        #expect(!after.events().contains("outcome"))
        #expect(await after.update(patch).status == 409)
    }

    @Test func aRepeatOfWhatHasEndedIsNotSentAfterARestart() async throws {
        let id = "c0000000-0000-4000-8000-000000000001"
        func update(_ scene: Scene) async -> GatewayAnswer {
            await scene.call("PATCH", Scene.command, body: HoldTests.patch) { $0.clientRequestID = id }
        }
        let view = ARM.stored(
            more: #","parameters":[{"name":"path","value":"/var"}],"#
                + #""instanceView":{"executionState":"Succeeded","startTime":"2027-01-15T08:00:01Z"}"#)
        let before = try Scene(results: [ARM.stored(), .outcomeUnknown("cut"), view])
        #expect(await update(before).status == 409)
        _ = await before.call("GET", Scene.command + "&$expand=instanceView")
        #expect(before.events().contains("outcome"))
        let after = try Scene(results: [ARM.stored(), ARM.stored()], log: before.log)
        _ = try await after.gateway.recover(isAfterCrash: false)
        let again = await update(after)
        #expect(again.status == 409 && again.error == "RequestAlreadyAnswered", "\(again.text)")
        #expect(!after.upstream.sent.contains { $0.method == "PATCH" })
    }

    /// The answer's window is over before the hold would have been: its body is erased, and still nothing is sent.
    @Test func anAcknowledgementIsGoodOnceThoughTheAnswerIsErased() async throws {
        let settings = RepeatSettings(windowSeconds: 3, unknownHoldSeconds: 600)
        func run(_ scene: Scene, acknowledging: String?) async -> GatewayAnswer {
            await scene.call("POST", Scene.action, body: Scene.allowedBody) { $0.acknowledgedRequest = acknowledging }
        }
        let before = try Scene(results: [.outcomeUnknown("cut"), ARM.accepted], retry: settings)
        #expect(await run(before, acknowledging: nil).status == 409)
        #expect(await run(before, acknowledging: Scene.requestID(1)).status == 202)
        before.log.eraseAnswer(of: Scene.requestID(2))
        let after = try Scene(results: [ARM.accepted], retry: settings, log: before.log)
        after.clock.move(seconds: 10)
        _ = try await after.gateway.recover(isAfterCrash: false)
        #expect(await run(after, acknowledging: Scene.requestID(1)).status == 409)
        #expect(after.upstream.sent.isEmpty)
    }

    @Test func withoutARecordNothingIsServed() async throws {
        let scene = try Scene()
        scene.log.failReading()
        await #expect(throws: AuditLogError.self) { try await scene.gateway.recover(isAfterCrash: false) }
    }
}
