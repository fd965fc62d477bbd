import ARMModel
import AuditModel
import PolicyCore
import StrictJSON
import Testing

@testable import GatewayEnforcement

/// What ARM's answers mean does not depend on what callers chose for their secrets.
@Suite struct MeaningTests {
    private static let words = [
        "properties", "provisioningState", "instanceView", "executionState", "Succeeded", "Failed", "status", "output",
        "location", "Report", "nextLink", "westus", "Creating", "message", "runCommands",
    ]
    private static let path = Scene.vm + "/runCommands/Report"
    private static func document(_ more: String = "", state: String = "Creating") -> String {
        #"{"name":"Report","id":"\#(path)","location":"westus","properties":{"source":{"script":"echo hello"},"#
            + #""provisioningState":"\#(state)"\#(more)}}"#
    }

    private func scene() throws -> Scene {
        try Scene.withReads { $0[1].operations = OperationSet([.create, .update]) }
    }

    private func create(_ scene: Scene, secret: String) async -> GatewayAnswer {
        let body =
            #"{"location":"westus","properties":{"source":{"script":"echo hello"},"#
            + #""protectedParameters":[{"name":"token","value":"\#(secret)"}]}}"#
        return await scene.call("PUT", Self.path + "?api-version=2024-11-01", body: body)
    }

    @Test(arguments: words)
    func fromCreationToTheEnd(word: String) async throws {
        let scene = try self.scene()
        scene.upstream.add(
            ARM.reply(201, Self.document(), asyncOperation: ARM.status),
            ARM.page(Self.document(), next: ARM.next(Scene.listPath)),
            ARM.reply(200, #"{"status":"InProgress"}"#), ARM.reply(200, #"{"status":"Succeeded","name":"n"}"#),
            ARM.reply(200, Self.document(ARM.view("Failed", #","exitCode":1,"output":"\#(word)""#), state: "Succeeded"))
        )
        let answer = await self.create(scene, secret: word)
        #expect(answer.status == 201, "\(answer.text)")
        let list = await scene.call("GET", Scene.list, as: Scene.colleague)
        #expect(list.status == 200 && list.json?["value"]?.array?.count == 1, "\(list.text)")
        #expect(list.json?["nextLink"]?.string?.hasPrefix("https://run.contoso.example/") == true)
        let link = answer.header("azure-asyncoperation")
        #expect(await scene.follow(link).status == 200)
        #expect(!scene.events().contains("outcome"))
        #expect(await scene.follow(link).status == 200)
        let outcome = try scene.last("outcome")["outcome"]
        #expect(outcome?["status"]?.string == "failed" && outcome?["exitCode"]?.integer == 1)
        // Of the text as it is relayed.
        let output = InstanceView(try JSONReader.read(Array(#"{"output":"[redacted]"}"#.utf8)))
        #expect(outcome?["outputSHA256"]?.string == Outcome(output).outputSHA256)
    }

    @Test(arguments: words)
    func errorsAndReads(word: String) async throws {
        let scene = try self.scene()
        let view = ARM.view("Succeeded", #","exitCode":0"#)
        scene.upstream.add(
            ARM.reply(200, Self.document(state: "Updating")), ARM.reply(200, Self.document(view, state: "Succeeded")),
            ARM.reply(409, #"{"error":{"code":"SomeCode","message":"why"}}"#))
        #expect(await self.create(scene, secret: word).status == 200)
        #expect(await scene.call("GET", Self.path + "?$expand=instanceView&api-version=2024-11-01").status == 200)
        #expect(try scene.last("outcome")["outcome"]?["status"]?.string == "succeeded")
        let refused = await self.create(scene, secret: word + "2")
        #expect(refused.status == 409 && refused.error == "SomeCode")
        #expect(try scene.last("response")["upstream"]?["code"]?.string == "SomeCode")
    }

    /// SDKs compare these words without case: a caller who takes the answer for the end must find it on record.
    @Test(arguments: ["succeeded", "SUCCEEDED", "Succeeded"])
    func statesInAnyCase(word: String) async throws {
        let run = try Scene(results: [
            ARM.accepted, ARM.reply(200, #"{"status":"\#(word)","properties":{"output":{"value":[]}}}"#),
        ])
        #expect(await run.follow(await run.run().header("azure-asyncoperation")).status == 200)
        #expect(try run.last("outcome")["outcome"]?["status"]?.string == "succeeded")
        let waiting = try Scene(results: [ARM.accepted, ARM.reply(200, #"{"status":"\#(word)"}"#)])
        _ = await waiting.follow(await waiting.run().header("azure-asyncoperation"))
        #expect(!waiting.events().contains("outcome"), "only the other link has the result")
        let read = try Scene(results: [
            ARM.stored(), ARM.stored(state: "Updating"), ARM.stored(more: ARM.view(word), state: word),
        ])
        _ = await read.update(#"{"tags":{}}"#)
        _ = await read.call("GET", ReadTests.expanded)
        #expect(try read.last("outcome")["outcome"]?["status"]?.string == "succeeded")
    }

    /// Header fields that held a secret are removals too.
    @Test func droppedHeadersAreCounted() async throws {
        let scene = try self.scene()
        scene.upstream.add(
            ARM.reply(
                201, Self.document(#","runAsPassword":"x""#), asyncOperation: ARM.status,
                headers: [("etag", "topsecret"), ("x-ms-routing-request-id", "a topsecret b"), ("date", "now")]))
        let answer = await self.create(scene, secret: "topsecret")
        #expect(answer.header("etag") == nil && answer.header("date") == "now")
        #expect(try scene.last("response")["upstream"]?["redactions"]?.integer == 3)
    }

    // MARK: Answers that the operation does not define

    private static let others = [
        #"{"name":"Other","properties":{}}"#, #"{"id":"/x/runCommands/Other","properties":{}}"#,
        #"{"name":"Report","properties":{"instanceView":"x","parameters":7}}"#,
        #"{"name":"Report","properties":{"instanceView":{"executionState":7}}}"#,
    ]

    @Test(arguments: others)
    func anotherCommand(body: String) async throws {
        let read = try Scene(results: [ARM.reply(200, body)])
        let answer = await read.call("GET", Scene.command)
        #expect(answer.status == 502 && answer.error == "UpstreamAnswerInvalid")
        #expect(try read.last("response")["upstream"]?["code"]?.string == "UpstreamAnswerInvalid")
        for link in [nil, ARM.status] {
            let update = try Scene(results: [ARM.stored(), ARM.reply(200, body, asyncOperation: link)])
            let answer = await update.update(#"{"tags":{}}"#)
            #expect(answer.status == 409 && answer.error == "UpstreamOutcomeUnknown")
            #expect(try update.last("response")["upstream"]?["result"]?.string == "outcomeUnknown")
        }
        let lookup = try Scene(results: [ARM.reply(200, body), ARM.accepted])
        #expect(await lookup.update(#"{"tags":{}}"#).status == 503)
        #expect(lookup.upstream.sent.count == 1)
        let poll = try Scene(results: [ARM.stored(), ARM.accepted, ARM.reply(200, body)])
        let result = await poll.follow(await poll.update(#"{"tags":{}}"#).header("location"))
        #expect(result.status == 502 && !poll.events().contains("outcome"))
    }

    @Test(arguments: [#"{"value":[1,"x",null]}"#, #"{"value":[["a"]]}"#, #"{"value":[{"message":7}]}"#])
    func elementsThatAreNone(body: String) async throws {
        let atOnce = try Scene(results: [ARM.reply(200, body)])
        #expect(await atOnce.run().error == "UpstreamOutcomeUnknown")
        for monitors in [true, false] {
            let answer = monitors ? body : #"{"status":"Succeeded","properties":{"output":\#(body)}}"#
            let scene = try Scene(results: [ARM.accepted, ARM.reply(200, answer)])
            let link = await scene.run().header(monitors ? "location" : "azure-asyncoperation")
            #expect(await scene.follow(link).error == "UpstreamAnswerInvalid")
            #expect(!scene.events().contains("outcome"))
        }
    }
}
