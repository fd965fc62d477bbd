import ARMModel
import AuditModel
import PolicyCore
import StrictJSON
import Synchronization
import Testing

@testable import GatewayEnforcement

/// A command goes out at most once (CONTRACT §3): its repeats are told what the first was told.
@Suite struct RepeatTests {
    private static let client = "c0000000-0000-4000-8000-00000000000"
    private static let otherBody = #"{"commandId":"RunShellScript","script":["echo hello"],"parameters":[]}"#
    private static let garbage = ARM.reply(500, ARM.error)

    private func run(
        _ scene: Scene, _ body: String = Scene.allowedBody, client: Int? = 1, acknowledging: String? = nil,
        target: String = Scene.action
    ) async -> GatewayAnswer {
        await scene.call("POST", target, body: body) { headers in
            headers.clientRequestID = client.map { Self.client + String($0) }
            headers.acknowledgedRequest = acknowledging
        }
    }

    // MARK: With a client request id

    @Test func aRepeatGetsTheFirstAnswer() async throws {
        let scene = try Scene(results: [ARM.accepted])
        let first = await self.run(scene)
        let second = await self.run(scene)
        #expect(first.status == 202 && second.status == 202)
        #expect(scene.upstream.sent.count == 1)
        #expect(second.header("location") == first.header("location"))
        #expect(second.header("azure-asyncoperation") == first.header("azure-asyncoperation"))
        #expect(second.header("x-sallyport-repeat-of") == Scene.requestID(1))
        #expect(second.header("x-ms-request-id") == Scene.requestID(2))
        #expect(first.header("x-sallyport-repeat-of") == nil)
        // Decided and recorded again, and its own row is what the answer names.
        let row = try scene.last("decision")
        #expect(row["repeatOf"]?.string == Scene.requestID(1))
        #expect(row["decision"]?["effect"]?.string == "allow")
        #expect(second.index == scene.log.entries.count)
        #expect(scene.events() == ["decision", "response", "decision"])
    }

    @Test func aResultThatCameAtOnceIsRepeatedWithItsBody() async throws {
        let result = #"{"value":[{"code":"ProvisioningState/succeeded","level":"Info","message":"hello"}]}"#
        let scene = try Scene(results: [ARM.reply(200, result)])
        let first = await self.run(scene)
        let second = await self.run(scene)
        #expect(first.status == 200 && second.status == 200 && scene.upstream.sent.count == 1)
        #expect(second.body == first.body && !second.body.isEmpty)
        #expect(second.header("content-type") == "application/json; charset=utf-8")
    }

    @Test func anAnswerTooLongToBeKeptIsStillNotSentAgain() async throws {
        let long = String(repeating: "x", count: KeptAnswer.mostBodyBytes)
        let scene = try Scene(results: [ARM.reply(200, #"{"value":[{"code":"c","message":"\#(long)"}]}"#)])
        #expect(await self.run(scene).status == 200)
        let second = await self.run(scene)
        #expect(second.status == 409 && second.error == "RequestAlreadyAnswered")
        #expect(second.text.contains(Scene.requestID(1)))
        #expect(scene.upstream.sent.count == 1)
    }

    @Test(arguments: [2, nil]) func anotherClientRequestIDIsAnotherRequest(_ client: Int?) async throws {
        let scene = try Scene(results: [ARM.accepted, ARM.accepted])
        _ = await self.run(scene)
        let second = await self.run(scene, client: client)
        #expect(second.status == 202 && second.header("x-sallyport-repeat-of") == nil)
        #expect(scene.upstream.sent.count == 2)
    }

    @Test func anotherBodyIsAnotherRequest() async throws {
        let scene = try Scene(results: [ARM.accepted, ARM.accepted])
        _ = await self.run(scene)
        _ = await self.run(
            scene,
            #"{"commandId":"RunShellScript","script":["echo hello"],"parameters":[{"name":"path","value":"/x"}]}"#)
        #expect(scene.upstream.sent.count == 2)
    }

    @Test func spellingAndOrderOfTheSameRequestMakeNoOther() async throws {
        let scene = try Scene(results: [ARM.accepted])
        _ = await self.run(scene)
        let second = await self.run(
            scene, #"{ "script" : ["echo hello"], "commandId":"RunShellScript", "parameters":[] }"#,
            target: Scene.action.replacingASCII("web-01", with: "WEB-01"))
        #expect(second.header("x-sallyport-repeat-of") == Scene.requestID(1))
        #expect(scene.upstream.sent.count == 1)
    }

    @Test func anotherCallerIsAnotherRequest() async throws {
        var other = Scene.person
        other.id = "10000000-0000-0000-0000-000000000002"
        let rules = try Scene.rules()
        let scene = try Scene(
            rules: rules.map { rule in
                var rule = rule
                rule.principals = PrincipalSet([.any])
                return rule
            }, results: [ARM.accepted, ARM.accepted])
        _ = await self.run(scene)
        let second = await scene.call("POST", Scene.action, body: Scene.allowedBody, as: other) {
            $0.clientRequestID = Self.client + "1"
        }
        #expect(second.status == 202 && scene.upstream.sent.count == 2)
    }

    @Test func afterTheWindowItIsANewRequest() async throws {
        let scene = try Scene(results: [ARM.accepted, ARM.accepted])
        _ = await self.run(scene)
        scene.clock.move(seconds: 599)
        #expect(await self.run(scene).header("x-sallyport-repeat-of") != nil)
        scene.clock.move(seconds: 1)
        #expect(await self.run(scene).header("x-sallyport-repeat-of") == nil)
        #expect(scene.upstream.sent.count == 2)
    }

    // MARK: While the first is on its way

    @Test func aRepeatWaitsForTheFirst() async throws {
        let scene = try Scene(results: [ARM.accepted])
        let second = Mutex<Task<GatewayAnswer, Never>?>(nil)
        scene.upstream.whileSending {
            second.withLock { $0 = Task { await self.run(scene) } }
            // The repeat has been recorded, so it waits or will in a moment.
            while scene.log.entries.count < 2 { await Task.yield() }
        }
        let first = await self.run(scene)
        let waited = await second.withLock { $0 }?.value
        #expect(first.status == 202 && waited?.status == 202)
        #expect(waited?.header("location") == first.header("location"))
        #expect(scene.upstream.sent.count == 1)
    }

    @Test func aRepeatThatWaitsTooLongIsToldSo() async throws {
        let scene = try Scene(results: [ARM.accepted])
        scene.clock.endWaits()
        scene.upstream.whileSending {
            let second = await self.run(scene)
            #expect(second.status == 409 && second.error == "RequestAlreadyInProgress")
            #expect(second.header("retry-after") == nil)
            #expect(second.header("x-sallyport-repeat-of") == Scene.requestID(1))
        }
        #expect(await self.run(scene).status == 202)
        #expect(scene.upstream.sent.count == 1)
    }

    @Test func whatProvesThatNothingRanIsNotKept() async throws {
        for status in [400, 403, 404, 405, 409, 412, 413, 415, 429] {
            let scene = try Scene(results: [ARM.reply(status, ARM.error, retryAfter: "1"), ARM.accepted])
            #expect(await self.run(scene).status == status)
            let second = await self.run(scene)
            #expect(second.status == 202 && second.header("x-sallyport-repeat-of") == nil, "after \(status)")
            #expect(scene.upstream.sent.count == 2)
        }
    }

    @Test func nothingSentIsNotKept() async throws {
        let scene = try Scene(results: [.notSent("connectRefused"), ARM.accepted])
        #expect(await self.run(scene).status == 503)
        #expect(await self.run(scene).status == 202)
    }

    @Test func aWaitingRepeatGoesForwardIfNothingRan() async throws {
        let scene = try Scene(results: [ARM.reply(429, ARM.error), ARM.accepted])
        let second = Mutex<Task<GatewayAnswer, Never>?>(nil)
        scene.upstream.whileSending {
            second.withLock { $0 = Task { await self.run(scene) } }
            while scene.log.entries.count < 2 { await Task.yield() }
        }
        #expect(await self.run(scene).status == 429)
        let waited = await second.withLock { $0 }?.value
        #expect(waited?.status == 202 && waited?.header("x-sallyport-repeat-of") == nil)
        #expect(scene.upstream.sent.count == 2)
        // It was recorded as a repeat and then, since it was none, as a request of its own.
        let rows = try scene.rows().filter { $0["requestID"]?.string == Scene.requestID(2) }
        #expect(rows.map { $0["event"]?.string } == ["decision", "decision", "response"])
        #expect(rows[0]["repeatOf"] != nil && rows[1]["repeatOf"] == nil)
    }

    // MARK: Without a client request id

    @Test func whoGotTheAnswerMaySendTheSameAgain() async throws {
        let scene = try Scene(results: [ARM.accepted, ARM.accepted])
        let first = await self.run(scene, client: nil)
        first.delivered?(true)
        let second = await self.run(scene, client: nil)
        #expect(second.header("x-sallyport-repeat-of") == nil && scene.upstream.sent.count == 2)
    }

    @Test func whoDidNotGetTheAnswerGetsItOnce() async throws {
        let scene = try Scene(results: [ARM.accepted, ARM.accepted])
        let first = await self.run(scene, client: nil)
        first.delivered?(false)
        #expect(scene.log.operations[Scene.requestID(1)]?.wasUndelivered == true)
        let second = await self.run(scene, client: nil)
        second.delivered?(true)
        #expect(second.header("x-sallyport-repeat-of") == Scene.requestID(1))
        let third = await self.run(scene, client: nil)
        #expect(third.header("x-sallyport-repeat-of") == nil && scene.upstream.sent.count == 2)
    }

    @Test func aRepeatThatDidNotArriveEitherIsFollowedByAnother() async throws {
        let scene = try Scene(results: [ARM.accepted])
        await self.run(scene, client: nil).delivered?(false)
        await self.run(scene, client: nil).delivered?(false)
        let third = await self.run(scene, client: nil)
        #expect(third.header("x-sallyport-repeat-of") == Scene.requestID(1) && scene.upstream.sent.count == 1)
    }

    @Test func aCallerWhoLeavesInTheMiddleIsRepeated() async throws {
        let scene = try Scene(results: [ARM.accepted])
        let left = Mutex<(@Sendable () -> Void)?>(nil)
        let second = Mutex<Task<GatewayAnswer, Never>?>(nil)
        scene.upstream.whileSending {
            left.withLock { $0 }?()
            second.withLock { $0 = Task { await self.run(scene, client: nil) } }
            while scene.log.entries.count < 2 { await Task.yield() }
        }
        let first = await scene.call(
            "POST", Scene.action, body: Scene.allowedBody, whenAbandoned: { body in left.withLock { $0 = body } })
        first.delivered?(false)
        let waited = await second.withLock { $0 }?.value
        #expect(waited?.status == 202 && waited?.header("x-sallyport-repeat-of") == Scene.requestID(1))
        #expect(scene.upstream.sent.count == 1)
    }

    // MARK: Unknown outcome

    @Test(arguments: [1, 2, nil]) func theSameCommandIsHeldBackWhileNobodyKnows(_ client: Int?) async throws {
        let scene = try Scene(results: [Self.garbage])
        let first = await self.run(scene)
        #expect(first.status == 409 && first.error == "UpstreamOutcomeUnknown")
        let second = await self.run(scene, client: client)
        #expect(second.status == 409 && second.error == "UpstreamOutcomeUnknown")
        #expect(second.text.contains(Scene.requestID(1)))
        #expect(second.text.contains("2027-01-15T08:30:00.000Z"), "when the hold ends: \(second.text)")
        #expect(second.header("retry-after") == nil)
        #expect(scene.upstream.sent.count == 1)
        let row = try scene.last("decision")
        #expect(row["repeatOf"]?.string == Scene.requestID(1) && row["decision"]?["effect"]?.string == "deny")
    }

    @Test func theHoldEndsByTime() async throws {
        let scene = try Scene(results: [Self.garbage, ARM.accepted])
        _ = await self.run(scene)
        scene.clock.move(seconds: 1_799)
        #expect(await self.run(scene).status == 409)
        scene.clock.move(seconds: 1)
        #expect(await self.run(scene).status == 202)
    }

    @Test func theHoldEndsForWhoKnows() async throws {
        let scene = try Scene(results: [Self.garbage, Self.garbage, ARM.accepted])
        _ = await self.run(scene)
        #expect(await self.run(scene, acknowledging: Scene.requestID(9)).status == 409)
        #expect(scene.upstream.sent.count == 1)
        let again = await self.run(scene, acknowledging: Scene.requestID(1))
        #expect(again.status == 409 && again.text.contains(Scene.requestID(3)))
        #expect(scene.upstream.sent.count == 2)
        let row = try scene.last("decision")
        #expect(row["acknowledgedRequest"]?.string == Scene.requestID(1))
        #expect(scene.log.operations[Scene.requestID(1)]?.endedMilliseconds != nil)
        // Good once.
        #expect(await self.run(scene, acknowledging: Scene.requestID(1)).status == 409)
        #expect(scene.upstream.sent.count == 2)
        #expect(await self.run(scene, acknowledging: Scene.requestID(3)).status == 202)
    }

    @Test func nobodyElseCanLiftAHold() async throws {
        var other = Scene.person
        other.id = "10000000-0000-0000-0000-000000000002"
        let scene = try Scene(results: [Self.garbage])
        _ = await self.run(scene)
        let second = await scene.call("POST", Scene.action, body: Scene.allowedBody, as: other) {
            $0.acknowledgedRequest = Scene.requestID(1)
        }
        #expect(second.status == 403)
        #expect(await self.run(scene).status == 409)
        #expect(scene.upstream.sent.count == 1)
    }

    @Test func aDenialIsADenialAlsoForARepeat() async throws {
        let scene = try Scene()
        let body = #"{"commandId":"RunShellScript","script":["rm -rf /"]}"#
        #expect(await self.run(scene, body).status == 403)
        #expect(await self.run(scene, body).status == 403)
        #expect(scene.gateway.repeats.count == 0)
    }

    // MARK: Managed commands

    @Test func aRepeatedUpdateIsJudgedAgainAndNotSent() async throws {
        let patch = #"{"properties":{"parameters":[{"name":"path","value":"/var"}]}}"#
        let scene = try Scene(results: [ARM.stored(), ARM.stored(), ARM.stored()])
        func update() async -> GatewayAnswer {
            await scene.call("PATCH", Scene.command, body: patch) { $0.clientRequestID = Self.client + "1" }
        }
        let first = await update()
        #expect(first.status == 200)
        let second = await update()
        #expect(second.status == 200 && second.header("x-sallyport-repeat-of") == Scene.requestID(1))
        #expect(second.body == first.body)
        #expect(scene.upstream.sent.map(\.method) == ["GET", "PATCH", "GET"])
    }

    // MARK: When the record fails

    @Test func aRepeatIsAnsweredEvenIfTheFirstRowIsOwed() async throws {
        let scene = try Scene(results: [ARM.accepted])
        scene.log.fail(on: [.response])
        let first = await self.run(scene)
        scene.log.fail(on: [])
        let second = await self.run(scene)
        #expect(first.status == 202 && second.header("location") == first.header("location"))
        #expect(scene.upstream.sent.count == 1)
    }

    @Test func aRepeatThatCannotBeRecordedIsRefused() async throws {
        let scene = try Scene(results: [ARM.accepted])
        _ = await self.run(scene)
        scene.log.fail(on: [.decision])
        let second = await self.run(scene)
        #expect(second.status == 503 && second.error == "AuditUnavailable" && scene.upstream.sent.count == 1)
    }

    @Test func aCommandThatCouldNotBeRecordedIsForgotten() async throws {
        let scene = try Scene(results: [ARM.accepted])
        scene.log.fail(on: [.decision])
        #expect(await self.run(scene).status == 503)
        scene.log.fail(on: [])
        let second = await self.run(scene)
        #expect(second.status == 202 && second.header("x-sallyport-repeat-of") == nil)
    }
}

extension String {
    fileprivate func replacingASCII(_ part: String, with other: String) -> String {
        self.split(separator: part, omittingEmptySubsequences: false).joined(separator: other)
    }
}
