import ARMModel
import AuditModel
import PolicyCore
import StrictJSON
import Synchronization
import Testing

@testable import GatewayEnforcement

/// While nobody knows whether a command ran, the same command does not go out, however it comes by.
@Suite struct HoldTests {
    static let patch = #"{"properties":{"parameters":[{"name":"path","value":"/var"}]}}"#
    private static let lost = UpstreamResult.outcomeUnknown("cut")

    private func run(
        _ scene: Scene, client: Int? = 1, acknowledging: Int? = nil, body: String = Scene.allowedBody
    ) async -> GatewayAnswer {
        await scene.call("POST", Scene.action, body: body) { Self.head(&$0, client, acknowledging) }
    }

    private func update(_ scene: Scene, client: Int? = 1, acknowledging: Int? = nil) async -> GatewayAnswer {
        await scene.call("PATCH", Scene.command, body: Self.patch) { Self.head(&$0, client, acknowledging) }
    }

    private static func head(_ headers: inout CallHeaders, _ client: Int?, _ acknowledging: Int?) {
        headers.clientRequestID = client.map { "c0000000-0000-4000-8000-00000000000\($0)" }
        headers.acknowledgedRequest = acknowledging.map(Scene.requestID)
    }

    private func isFulfilled(_ condition: () -> Bool) async {
        for _ in 0..<100_000 where !condition() { await Task.yield() }
        #expect(condition())
    }

    // MARK: What began meanwhile

    @Test func whatWaitedForItsTurnIsHeldBackToo() async throws {
        let scene = try Scene(results: [ARM.stored(), Self.lost])
        scene.upstream.afterwards { _ in ARM.stored() }
        let second = Mutex<Task<GatewayAnswer, Never>?>(nil)
        scene.upstream.whileSending {
            scene.upstream.whileSending {
                second.withLock { $0 = Task { await self.update(scene, client: 2) } }
                await self.isFulfilled { scene.gateway.repeats.count == 2 }
            }
        }
        let first = await self.update(scene)
        let waited = try #require(await second.withLock { $0 }?.value)
        #expect(first.status == 409 && waited.status == 409 && waited.error == "UpstreamOutcomeUnknown")
        #expect(waited.header("x-sallyport-repeat-of") == Scene.requestID(1))
        #expect(scene.upstream.sent.filter { $0.method == "PATCH" }.count == 1)
    }

    @Test func whatIsBeingRecordedIsHeldBackToo() async throws {
        let scene = try Scene(results: [Self.lost, ARM.accepted])
        let second = Mutex<Task<GatewayAnswer, Never>?>(nil)
        let isKnown = Mutex(false)
        scene.upstream.whileSending {
            let isWriting = Atomic(false)
            scene.log.whileAppending(.decision) {
                isWriting.store(true, ordering: .relaxed)
                await self.isFulfilled { isKnown.withLock { $0 } }
            }
            second.withLock { $0 = Task { await self.run(scene, client: 2) } }
            await self.isFulfilled { isWriting.load(ordering: .relaxed) }
        }
        #expect(await self.run(scene).status == 409)
        isKnown.withLock { $0 = true }
        let waited = try #require(await second.withLock { $0 }?.value)
        #expect(waited.status == 409 && waited.error == "UpstreamOutcomeUnknown")
        #expect(scene.upstream.sent.count == 1)
        // Its permission was on record already; so is that nothing was sent.
        let rows = try scene.rows().filter { $0["requestID"]?.string == Scene.requestID(2) }
        #expect(rows.map { $0["event"]?.string } == ["decision", "response", "decision"])
        #expect(rows[1]["upstream"]?["code"]?.string == "heldBack")
    }

    // MARK: Whoever knows

    @Test(arguments: ["denied", "unrecorded", "lookup"]) func aRefusedAcknowledgementLiftsNothing(_ how: String)
        async throws
    {
        let scene = try Scene(results: [ARM.stored(), Self.lost])
        #expect(await self.update(scene).status == 409)
        switch how {
        case "denied": scene.upstream.add(ARM.stored(source: #"{"script":"rm -rf /"}"#))
        case "unrecorded":
            scene.upstream.add(ARM.stored())
            scene.log.fail(on: [.decision])
        default: scene.upstream.add(.notSent("connectRefused"))
        }
        let refused = await self.update(scene, client: 2, acknowledging: 1)
        #expect(refused.status == (how == "denied" ? 403 : 503))
        scene.log.fail(on: [])
        scene.upstream.afterwards { _ in ARM.stored() }
        #expect(await self.update(scene, client: 3).status == 409, "after \(how)")
        #expect(await self.update(scene, client: 4, acknowledging: 1).status == 200)
        #expect(scene.upstream.sent.filter { $0.method == "PATCH" }.count == 2)
    }

    @Test func anAcknowledgementIsGoodOnceAlsoForManyAtOnce() async throws {
        let scene = try Scene(results: [Self.lost], yields: 20)
        _ = await self.run(scene)
        scene.upstream.afterwards { _ in ARM.accepted }
        let answers = await withTaskGroup(of: GatewayAnswer.self) { group in
            for client in [nil, 2, 3, 4, nil] {
                group.addTask { await self.run(scene, client: client, acknowledging: 1) }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(scene.upstream.sent.count == 2)
        #expect(answers.allSatisfy { $0.status == 202 })
        #expect(Set(answers.compactMap { $0.header("location") }).count == 1)
        // For the rest of the hold.
        scene.clock.move(seconds: 1_700)
        let late = await self.run(scene, client: 5, acknowledging: 1)
        #expect(late.header("x-sallyport-repeat-of") != nil && scene.upstream.sent.count == 2)
    }

    @Test func whatWentOutInItsPlaceHoldsBackInItsPlace() async throws {
        let scene = try Scene(results: [Self.lost, Self.lost])
        _ = await self.run(scene)
        #expect(await self.run(scene, client: 2, acknowledging: 1).status == 409)
        for client in [1, 2, 3] {
            let again = await self.run(scene, client: client, acknowledging: 1)
            #expect(again.status == 409 && again.header("x-sallyport-repeat-of") == Scene.requestID(2))
        }
        #expect(scene.upstream.sent.count == 2)
    }

    @Test func theFirstOnesRepeatsAreToldOfTheOneInItsPlace() async throws {
        let scene = try Scene(results: [Self.lost, ARM.accepted])
        _ = await self.run(scene, client: 1)
        #expect(await self.run(scene, client: 2, acknowledging: 1).status == 202)
        let again = await self.run(scene, client: 1)
        #expect(again.status == 202 && again.header("x-sallyport-repeat-of") == Scene.requestID(2))
        #expect(scene.upstream.sent.count == 2)
    }

    @Test func anAcknowledgedCommandThatArmRefusedMayBeSentAgain() async throws {
        let scene = try Scene(results: [Self.lost, ARM.reply(429, ARM.error), ARM.accepted])
        _ = await self.run(scene)
        #expect(await self.run(scene, client: 2, acknowledging: 1).status == 429)
        #expect(await self.run(scene, client: 2, acknowledging: 1).status == 202)
    }

    @Test func twoUnknownOnesAreAcknowledgedOneByOne() async throws {
        let scene = try Scene(results: [Self.lost, Self.lost, ARM.accepted])
        scene.upstream.whileSending { _ = await self.run(scene, client: 2) }
        _ = await self.run(scene, client: 1)
        #expect(scene.upstream.sent.count == 2)
        let other = await self.run(scene, client: 3, acknowledging: 1)
        #expect(other.status == 409 && other.header("x-sallyport-repeat-of") == Scene.requestID(2))
        #expect(await self.run(scene, client: 3, acknowledging: 2).status == 202)
    }

    // MARK: Time

    @Test func everyRefusalNamesTheEndOfTheHold() async throws {
        let end = "2027-01-15T08:30:00.000Z"
        let scene = try Scene(results: [Self.lost])
        let second = Mutex<Task<GatewayAnswer, Never>?>(nil)
        scene.upstream.whileSending {
            second.withLock { $0 = Task { await self.run(scene) } }
            while scene.log.entries.count < 2 { await Task.yield() }
        }
        let first = await self.run(scene)
        let waited = try #require(await second.withLock { $0 }?.value)
        #expect(first.text.contains(end) && waited.text.contains(end))
        #expect(waited.status == 409)
    }

    @Test(arguments: [3_600, -3_600]) func noStepOfTheWallClockMovesAHold(_ step: Int) async throws {
        let scene = try Scene(results: [Self.lost, ARM.accepted])
        _ = await self.run(scene)
        scene.clock.step(seconds: step)
        scene.clock.move(seconds: 1_799)
        #expect(await self.run(scene).status == 409)
        scene.clock.move(seconds: 1)
        #expect(await self.run(scene).status == 202)
    }

    // MARK: What a read shows

    private func view(_ start: String, state: String = "Succeeded") -> UpstreamResult {
        ARM.stored(
            more: Self.shown + #","instanceView":{"executionState":"\#(state)","exitCode":0,"startTime":"\#(start)"}"#)
    }

    /// What the update of these tests makes of the stored command.
    private static let shown = #","parameters":[{"name":"path","value":"/var"}]"#

    @Test(arguments: [
        ("2027-01-15T08:00:00.0000000Z", "Succeeded", true), ("2027-01-15T09:00:01+01:00", "Failed", true),
        ("2027-01-15T07:59:59.999Z", "Succeeded", false), ("2027-01-15T08:00:01Z", "Running", false),
        ("yesterday", "Succeeded", false),
    ]) func aRunThatBeganAfterTheDecisionEndsTheHold(_ start: String, _ state: String, _ ends: Bool) async throws {
        let scene = try Scene(results: [ARM.stored(), Self.lost, self.view(start, state: state)])
        _ = await self.update(scene)
        #expect(await scene.call("GET", Scene.command + "&$expand=instanceView").status == 200)
        #expect((scene.log.operations[Scene.requestID(1)]?.endedMilliseconds != nil) == ends)
        #expect(scene.events().contains("outcome") == ends)
        if ends { #expect(try scene.last("outcome")["requestID"]?.string == Scene.requestID(1)) }
        scene.upstream.afterwards { _ in ARM.stored() }
        #expect(await self.update(scene, client: 2).status == (ends ? 200 : 409))
    }

    @Test func aRepeatOfWhatHasEndedIsStillNotSent() async throws {
        let scene = try Scene(results: [ARM.stored(), Self.lost, self.view("2027-01-15T08:00:01Z"), ARM.stored()])
        _ = await self.update(scene)
        _ = await scene.call("GET", Scene.command + "&$expand=instanceView")
        let again = await self.update(scene)
        #expect(again.status == 409 && again.error == "RequestAlreadyAnswered")
        #expect(scene.upstream.sent.filter { $0.method == "PATCH" }.count == 1)
    }

    /// The run of another change that began late, or of one past the gateway: it says something else.
    @Test func aRunOfSomethingElseIsNotTakenForIt() async throws {
        let view = ARM.stored(
            more: #","parameters":[],"instanceView":{"executionState":"Succeeded","startTime":"2027-01-15T08:00:01Z"}"#)
        let scene = try Scene(results: [ARM.stored(), Self.lost, view])
        _ = await self.update(scene)
        #expect(await scene.call("GET", Scene.command + "&$expand=instanceView").status == 200)
        #expect(!scene.events().contains("outcome"))
        scene.upstream.afterwards { _ in ARM.stored() }
        #expect(await self.update(scene, client: 2).status == 409)
    }

    /// Azure may begin the run of an earlier change, of the same text, after this one was decided.
    @Test func aRunOfAnEarlierChangeWithoutAnEndIsNotTakenForIt() async throws {
        let scene = try Scene(
            results: [ARM.stored(), ARM.accepted, ARM.stored(), Self.lost, self.view("2027-01-15T08:00:01Z")])
        #expect(await self.update(scene, client: 3).status == 202)
        #expect(await self.update(scene).status == 409)
        _ = await scene.call("GET", Scene.command + "&$expand=instanceView")
        #expect(!scene.events().contains("outcome"))
        scene.upstream.afterwards { _ in ARM.stored() }
        #expect(await self.update(scene, client: 2).status == 409)
    }

    @Test func aLaterChangesRunIsNotTakenForIt() async throws {
        let scene = try Scene(
            results: [ARM.stored(), Self.lost, ARM.stored(), ARM.stored(), self.view("2027-01-15T08:00:01Z")])
        _ = await self.update(scene)
        let other = await scene.call("PATCH", Scene.command, body: #"{"properties":{"parameters":[]}}"#)
        #expect(other.status == 200)
        _ = await scene.call("GET", Scene.command + "&$expand=instanceView")
        #expect(scene.log.operations[Scene.requestID(1)]?.endedMilliseconds == nil)
        scene.upstream.afterwards { _ in ARM.stored() }
        #expect(await self.update(scene, client: 2).status == 409)
    }
}
