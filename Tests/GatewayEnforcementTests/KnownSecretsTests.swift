import ARMModel
import PolicyCore
import Redaction
import StrictJSON
import Testing

@testable import GatewayEnforcement

/// Whose secrets are removed from what, and whose are forgotten when there are too many.
@Suite struct KnownSecretsTests {
    private static func owner(_ id: String) -> OperationOwner {
        OperationOwner(issuer: "i", tenant: "t", kind: "user", id: id)
    }

    private static func secrets(_ text: String, bytes: Int = 100) -> [Secret] {
        [Secret(text + String(repeating: "x", count: max(0, bytes - text.utf8.count)))]
    }

    private static func removes(_ scrubber: Scrubber?, _ secret: Secret) -> Bool {
        secret.withValue { value in (scrubber?.scrubbed("a " + value).removed ?? 0) > 0 }
    }

    @Test func secretsAddUpUntilTheyAreReplaced() {
        let known = KnownSecrets(mostCost: 1 << 20)
        let (first, second) = (Secret("first-secret"), Secret("second-secret"))
        #expect(known.add([first, Secret("short")], to: "/m/a", from: "1", of: Self.owner("p")).isEmpty)
        #expect(known.add([second], to: "/m/a", from: "2", of: Self.owner("p")).isEmpty)
        for _ in 0..<2 {
            let scrubber = known.scrubber(of: "/m/a")
            #expect(Self.removes(scrubber, first) && Self.removes(scrubber, second))
            #expect(scrubber?.scrubbed("short").removed == 0)
        }
        #expect(Self.removes(known.scrubber(under: "/m/"), first))
        #expect(known.scrubber(under: "/n/") == nil && known.scrubber(of: "/m/b") == nil)
        known.settle("2", at: "/m/a", isGiven: true)
        known.replaced(by: "2", at: "/m/a")
        // A read that was on its way may still show the first.
        for scrubber in [known.scrubber(of: "/m/a"), known.scrubber(under: "/m/")] {
            #expect(Self.removes(scrubber, first) && Self.removes(scrubber, second))
        }
        known.settle("1", at: "/m/a", isGiven: false)
        known.settle("2", at: "/m/a", isGiven: false)
        #expect(known.scrubber(of: "/m/a") == nil && known.scrubber(under: "/m/") == nil && known.cost == 0)
    }

    @Test func secretsOfTheRequestAtHandAreRemovedToo() {
        let known = KnownSecrets(mostCost: 1 << 20)
        let (stored, own) = (Secret("stored-secret"), Secret("own-secret"))
        #expect(Self.removes(known.scrubber(of: "/m/a", adding: [own]), own))
        _ = known.add([stored], to: "/m/a", from: "1", of: Self.owner("p"))
        let scrubber = known.scrubber(of: "/m/a", adding: [own])
        #expect(Self.removes(scrubber, own) && Self.removes(scrubber, stored))
        #expect(!Self.removes(known.scrubber(of: "/m/a"), own))
    }

    @Test func whoeverGaveMostLosesTheOldest() {
        let known = KnownSecrets(mostCost: 100_000)
        _ = known.add(Self.secrets("victim"), to: "/v/a", from: "v", of: Self.owner("victim"))
        known.settle("v", at: "/v/a", isGiven: true)
        var lost: [String] = []
        for number in 0..<100 {
            lost += known.add(
                Self.secrets("\(number)-"), to: "/f/\(number)", from: "\(number)", of: Self.owner("flood"))
            known.settle("\(number)", at: "/f/\(number)", isGiven: true)
            #expect(known.cost <= 100_000)
        }
        #expect(lost.first == "/f/0" && !lost.contains("/v/a"))
        #expect(known.scrubber(of: "/v/a") != nil && known.scrubber(of: "/f/99") != nil)
        #expect(known.scrubber(of: "/f/0") == nil)
    }

    @Test func whatIsOnItsWayIsForgottenLast() {
        let known = KnownSecrets(mostCost: 30_000)
        _ = known.add(Self.secrets("first"), to: "/a", from: "1", of: Self.owner("p"))
        _ = known.add(Self.secrets("second"), to: "/b", from: "2", of: Self.owner("p"))
        known.settle("2", at: "/b", isGiven: true)
        var lost: [String] = []
        for number in 3..<6 {
            lost += known.add(Self.secrets("x\(number)"), to: "/c", from: "\(number)", of: Self.owner("p"))
        }
        #expect(lost.first == "/b")
    }

    @Test func oneCommandKeepsSomeEarlierSecrets() {
        let known = KnownSecrets(mostCost: 64 << 20)
        var lost: [String] = []
        for number in 0..<70 {
            lost += known.add([Secret("secret-\(number)")], to: "/a", from: "\(number)", of: Self.owner("p"))
        }
        #expect(lost == Array(repeating: "/a", count: 5))
        #expect(!Self.removes(known.scrubber(of: "/a"), Secret("secret-4")))
        #expect(Self.removes(known.scrubber(of: "/a"), Secret("secret-50")))
    }

    private static func operation(_ id: String, _ path: String, _ owner: OperationOwner) -> StoredOperation {
        StoredOperation(
            id: id, owner: owner, operation: .create, subscription: "s", location: "l", targetPath: path,
            apiVersion: "v", statusLink: nil, resultLink: nil, decisionIndex: 1, createdMilliseconds: 0)
    }

    @Test func answersOfACommandThatLostSecretsAreNotVouchedFor() {
        let registry = OperationRegistry(mostCost: 100_000)
        let owner = Self.owner("p")
        for number in 0..<20 {
            registry.goesOut(
                to: "/\(number)", requestID: "\(number)", owner: owner, secrets: Self.secrets("\(number)-"))
            registry.began(Self.operation("\(number)", "/\(number)", owner), isWhole: true, isRecorded: true)
        }
        let lost = registry.knowledge(of: Self.operation("0", "/0", owner))
        #expect(!lost.scrubs && !lost.isWhole)
        let kept = registry.knowledge(of: Self.operation("19", "/19", owner))
        #expect(kept.scrubs && kept.isWhole)
    }

    /// As a job that puts a command with a new token each night and follows it to its end.
    @Test func whatWasReplacedIsNoLoss() {
        let registry = OperationRegistry()
        let owner = Self.owner("p")
        for number in 0..<150 {
            let id = "\(number)"
            registry.goesOut(to: "/A", requestID: id, owner: owner, secrets: Self.secrets("secret-\(id)-"))
            registry.began(Self.operation(id, "/a", owner), isWhole: true, isRecorded: true)
            #expect(registry.knowledge(of: Self.operation(id, "/a", owner)).isWhole, "\(number)")
            registry.ended(id, target: "/a", atMilliseconds: 1, showsOnlyThis: true)
        }
        #expect(Self.removes(registry.scrubber(ofTarget: "/a"), Self.secrets("secret-149-")[0]))
        #expect(Self.removes(registry.scrubber(ofTarget: "/a"), Self.secrets("secret-148-")[0]))
    }

    /// Once too many were given without a look at how it went, until a whole one was seen to its end.
    @Test func aLossIsMadeGoodByAWholeOne() {
        let registry = OperationRegistry()
        let owner = Self.owner("p")
        for number in 0..<70 {
            let id = "\(number)"
            registry.goesOut(to: "/A", requestID: id, owner: owner, secrets: Self.secrets("secret-\(id)-"))
            registry.began(Self.operation(id, "/a", owner), isWhole: true, isRecorded: true)
        }
        #expect(!registry.knowledge(of: Self.operation("69", "/a", owner)).isWhole)
        // Not the latest.
        registry.ended("1", target: "/a", atMilliseconds: 1, showsOnlyThis: true)
        #expect(!registry.knowledge(of: Self.operation("69", "/a", owner)).isWhole)
        registry.ended("69", target: "/a", atMilliseconds: 1, showsOnlyThis: true)
        #expect(registry.knowledge(of: Self.operation("69", "/a", owner)).isWhole)
    }

    // MARK: Through the gateway

    private static func protected(_ values: [String]) -> String {
        let parameters = values.map { #"{"name":"token","value":"\#($0)"}"# }
        return #"{"properties":{"protectedParameters":[\#(parameters.joined(separator: ","))]}}"#
    }

    /// The review's case: answers with 404 must not push out what another caller's command needs.
    @Test func aRefusedRequestLeavesNoSecrets() async throws {
        for reply in [ARM.reply(404, ARM.error), ARM.reply(400, ARM.error), .notSent("connectRefused")] {
            let scene = try Scene(results: [ARM.stored(), reply])
            _ = await scene.update(Self.protected(["hunter22"]))
            #expect(scene.gateway.registry.scrubber(ofTarget: Scene.commandPath) == nil)
            #expect(scene.gateway.registry.count == 0)
        }
        for reply in [ARM.accepted, .outcomeUnknown("closed"), ARM.reply(500)] {
            let scene = try Scene(results: [ARM.stored(), reply])
            _ = await scene.update(Self.protected(["hunter22"]))
            #expect(scene.gateway.registry.scrubber(ofTarget: Scene.commandPath) != nil)
        }
    }

    /// What an earlier request gave stays, though a later one with the same value is refused.
    @Test func aRefusalTakesBackOnlyItsOwn() async throws {
        let view = ARM.stored(more: ARM.view("Succeeded", #","output":"hunter22""#))
        let scene = try Scene(results: [ARM.stored(), ARM.accepted, ARM.stored(), ARM.reply(400, ARM.error), view])
        #expect(await scene.update(Self.protected(["hunter22"])).status == 202)
        #expect(await scene.update(Self.protected(["hunter22"])).status == 400)
        #expect(await !scene.call("GET", ReadTests.expanded).text.contains("hunter22"))
    }

    @Test func tooMuchIsRefused() async throws {
        let address = "https://logs.blob.core.windows.net/run/a?sig="
        let scene = try Scene(results: [ARM.stored(), ARM.accepted])
        let long = String(repeating: "a", count: 32_700)
        let answer = await scene.update(#"{"properties":{"outputBlobUri":"\#(address)\#(long)"}}"#)
        #expect(answer.status == 400 && answer.error == "InvalidParameter", "\(answer.text)")
        #expect(scene.upstream.sent.isEmpty && scene.events() == ["decision"])
        let short = String(repeating: "a", count: 4_000)
        #expect(await scene.update(#"{"properties":{"outputBlobUri":"\#(address)\#(short)"}}"#).status == 202)
    }

    // MARK: What is kept for repeats

    private static let client = "c0000000-0000-4000-8000-000000000001"

    private func update(_ scene: Scene, _ body: String) async -> GatewayAnswer {
        await scene.call("PATCH", Scene.command, body: body) { $0.clientRequestID = Self.client }
    }

    /// A stored secret that the gateway never saw may stand in the output of a run: no output is stored.
    @Test func outputIsNotKeptForRepeats() async throws {
        let shown = ARM.view("Succeeded", #","output":"storedsecret""#)
        for link in [nil, ARM.status] {
            let reply = ARM.reply(200, #"{"properties":{"x":1\#(shown)}}"#, asyncOperation: link)
            let scene = try Scene(results: [ARM.stored(), reply])
            let first = await self.update(scene, #"{"tags":{}}"#)
            #expect(first.status == 200 && first.text.contains("storedsecret"), "its owner may see it")
            let kept = try #require(scene.log.operations[Scene.requestID(1)]?.answer)
            #expect(kept.body.isEmpty && !kept.bodyIsKept)
            scene.upstream.add(ARM.stored())
            let second = await self.update(scene, #"{"tags":{}}"#)
            #expect(second.status == 409 && second.error == "RequestAlreadyAnswered")
            #expect(second.header("x-sallyport-repeat-of") == Scene.requestID(1))
        }
    }

    @Test func anAnswerWithoutARunIsKept() async throws {
        for reply in [ARM.stored(state: "Updating"), ARM.accepted] {
            let scene = try Scene(results: [ARM.stored(), reply, ARM.stored()])
            let first = await self.update(scene, #"{"tags":{}}"#)
            let second = await self.update(scene, #"{"tags":{}}"#)
            #expect(second.status == first.status && second.text == first.text)
            #expect(second.header("x-sallyport-repeat-of") == Scene.requestID(1))
        }
    }
}
