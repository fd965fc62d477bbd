import ARMModel
import AuditModel
import PolicyCore
import StrictJSON
import Synchronization
import Testing

@testable import GatewayEnforcement

@Suite struct DeleteTests {
    static let accepted = ARM.reply(202, location: ARM.result, asyncOperation: ARM.status, retryAfter: "4")

    @Test(arguments: [200, 204])
    func finishedAtOnce(status: Int) async throws {
        let scene = try Scene.withReads(results: [ARM.reply(status)])
        let answer = await scene.call("DELETE", Scene.commandPath + "/?api-version=2024-11-01")
        #expect(answer.status == status)
        #expect(answer.body.isEmpty)
        #expect(scene.upstream.sent.map(\.method) == ["DELETE"])
        #expect(scene.upstream.sent.map(\.target) == [Scene.command])
        #expect(scene.upstream.sent[0].body == nil)
        #expect(scene.upstream.sent[0].permittedBy == "decision")
        #expect(scene.events() == ["decision", "response", "outcome"])
        #expect(try scene.rows().allSatisfy { $0["operation"]?.string == "delete" })
        #expect(try scene.rows().allSatisfy { $0["target"]?["runCommand"]?.string == "Report" })
        #expect(try scene.last("outcome")["outcome"]?["status"]?.string == "succeeded")
        #expect(scene.log.operations.isEmpty)
    }

    /// Both forms of polling, with each end that a deletion has.
    @Test(
        arguments: [
            (false, ARM.reply(200, #"{"status":"Succeeded"}"#), "succeeded"),
            (
                false, ARM.reply(200, #"{"status":"Succeeded","properties":{"output":[{"level":"Error"}]}}"#),
                "succeeded"
            ),
            (false, ARM.reply(200, #"{"status":"Failed","error":{"code":"c","message":"m"}}"#), "failed"),
            (false, ARM.reply(200, #"{"status":"Canceled"}"#), "canceled"), (true, ARM.reply(200), "succeeded"),
            (true, ARM.reply(200, "{}"), "succeeded"), (true, ARM.reply(204), "succeeded"),
        ] as [(Bool, UpstreamResult, String)])
    func acceptedToItsEnd(monitors: Bool, end: UpstreamResult, outcome: String) async throws {
        let scene = try Scene.withReads(results: [Self.accepted])
        let answer = await scene.call("DELETE", Scene.command)
        #expect(answer.status == 202)
        #expect(answer.header("retry-after") == "4")
        let (status, location) = (answer.header("azure-asyncoperation"), answer.header("location"))
        let operation = try #require(scene.log.operations[Scene.requestID(1)])
        #expect(operation.operation == .delete)
        #expect(operation.requestDigest == nil)
        #expect(operation.answer == nil)
        #expect(operation.targetPath == Scene.commandPath)
        #expect(try scene.last("response")["upstream"]?["operationID"]?.string == ARM.operationID)
        #expect(!answer.headers.contains { $0.1.contains(ARM.operationID) })
        scene.upstream.add(monitors ? ARM.reply(202, location: ARM.result) : PollTests.running)
        let wait = await scene.follow(monitors ? location : status)
        #expect(wait.status == (monitors ? 202 : 200))
        #expect(scene.events() == ["decision", "response"])
        scene.upstream.add(end, end)
        for _ in 0..<2 {
            let answer = await scene.follow(monitors ? location : status)
            #expect(answer.status == (end.status ?? 0))
        }
        // No instance view is asked for.
        #expect(scene.upstream.sent.count == 4)
        #expect(scene.events() == ["decision", "response", "outcome"])
        let row = try scene.last("outcome")
        #expect(row["outcome"]?["status"]?.string == outcome)
        #expect(row["operation"]?.string == "delete")
        #expect(row["requestID"]?.string == Scene.requestID(1))
        #expect(row["target"]?["runCommand"]?.string == "Report")
        #expect(await scene.follow(status, as: Scene.colleague).status == 404)
    }

    /// A failed poll says nothing of the deletion, a 404 neither.
    @Test(
        arguments: [
            (ARM.reply(404, ARM.error), 404), (ARM.reply(200, "no"), 502), (ARM.reply(201), 502),
            (.outcomeUnknown("timedOut"), 503),
        ] as [(UpstreamResult, Int)])
    func pollThatFails(result: UpstreamResult, status: Int) async throws {
        let scene = try Scene.withReads(results: [Self.accepted, result])
        let location = await scene.call("DELETE", Scene.command).header("location")
        #expect(await scene.follow(location).status == status)
        #expect(scene.events() == ["decision", "response"])
    }

    @Test(
        arguments: [
            (ARM.reply(400, ARM.error, retryAfter: "7"), 400, nil), (ARM.reply(403, ARM.error), 403, nil),
            (ARM.reply(404, ARM.error, retryAfter: "7"), 404, nil),
            (ARM.reply(409, ARM.error, retryAfter: "7"), 409, nil),
            (ARM.reply(412, ARM.error), 412, nil), (ARM.reply(429, ARM.error, retryAfter: "7"), 429, "7"),
            (ARM.reply(500, ARM.error, retryAfter: "7"), 500, "7"), (ARM.reply(504, ARM.error), 504, nil),
        ] as [(UpstreamResult, Int, String?)])
    func errorsAreRelayed(result: UpstreamResult, status: Int, retryAfter: String?) async throws {
        let scene = try Scene.withReads(results: [result])
        let answer = await scene.call("DELETE", Scene.command)
        #expect(answer.status == status)
        #expect(answer.error == "SomeCode")
        #expect(answer.header("retry-after") == retryAfter)
        #expect(scene.events() == ["decision", "response"])
        let upstream = try scene.last("response")["upstream"]
        #expect(upstream?["status"]?.integer == Int64(status))
        #expect(upstream?["code"]?.string == "SomeCode")
        #expect(scene.log.operations.isEmpty)
        // It may be sent again.
        scene.upstream.add(ARM.reply(204))
        #expect(await scene.call("DELETE", Scene.command).status == 204)
    }

    @Test(
        arguments: [
            .outcomeUnknown("timedOut"), .outcomeUnknown("malformedAnswer"), ARM.reply(202), ARM.reply(201),
            ARM.reply(307, location: ARM.result), ARM.reply(202, location: "https://evil.example/x"),
            ARM.reply(202, location: ARM.result, asyncOperation: UpstreamResultTests.foreign[0]),
            ARM.reply(200, location: "https://evil.example/x"),
            ARM.reply(
                202,
                location: ARM.result.replacing(
                    Scene.subscription, with: "00000000-0000-0000-0000-00000000000b")),
        ] as [UpstreamResult])
    func unusableAnswers(result: UpstreamResult) async throws {
        let scene = try Scene.withReads(results: [result])
        let answer = await scene.call("DELETE", Scene.command)
        #expect(answer.status == 409)
        #expect(answer.error == "UpstreamOutcomeUnknown")
        #expect(answer.header("location") == nil)
        #expect(answer.header("retry-after") == nil)
        #expect(scene.events() == ["decision", "response"])
        #expect(try scene.last("response")["upstream"]?["result"]?.string == "outcomeUnknown")
        #expect(scene.log.operations.isEmpty)
    }

    @Test func nothingSent() async throws {
        let scene = try Scene.withReads(results: [.notSent("connectRefused"), ARM.reply(401, ARM.error)])
        for result in ["notSent", "answered"] {
            let answer = await scene.call("DELETE", Scene.command)
            #expect(answer.status == 503)
            #expect(answer.error == "UpstreamUnavailable")
            #expect(answer.header("retry-after") == "5")
            #expect(try scene.last("response")["upstream"]?["result"]?.string == result)
        }
        let passing = try Scene.withReads(results: [ARM.reply(401, ARM.error)], passesCallerToken: true)
        #expect(await passing.call("DELETE", Scene.command).status == 401)
    }

    @Test func linksOnA200AreFollowed() async throws {
        let scene = try Scene.withReads(results: [ARM.reply(200, asyncOperation: ARM.status)])
        let answer = await scene.call("DELETE", Scene.command)
        #expect(answer.status == 200)
        #expect(scene.events() == ["decision", "response"])
        scene.upstream.add(ARM.reply(200, #"{"status":"Succeeded"}"#))
        #expect(await scene.follow(answer.header("azure-asyncoperation")).status == 200)
        #expect(scene.events() == ["decision", "response", "outcome"])
    }

    @Test func recordThatFailsAfterwardsIsOwed() async throws {
        let scene = try Scene.withReads(results: [Self.accepted, ARM.reply(204)])
        scene.log.fail(on: [.response])
        let location = await scene.call("DELETE", Scene.command).header("location")
        scene.log.fail(on: [])
        #expect(await scene.follow(location).status == 204)
        #expect(scene.events() == ["decision", "outcome"])
        // Paid with the next row.
        #expect(await scene.call("DELETE", Scene.list).status == 405)
        #expect(scene.events() == ["decision", "outcome", "decision", "response"])
    }

    /// A read after a deletion may show another command of the same name.
    @Test(
        arguments: [
            (ARM.reply(204), true), (DeleteTests.accepted, true), (ARM.reply(500), true),
            (.outcomeUnknown("closed"), true), (.notSent("connectRefused"), false), (ARM.reply(409), false),
        ] as [(UpstreamResult, Bool)])
    func readAfterADeletionEndsNothing(result: UpstreamResult, mayBeDeleted: Bool) async throws {
        let scene = try Scene.withReads(results: [ARM.stored(), ARM.accepted, result])
        _ = await scene.update(#"{"tags":{}}"#)
        _ = await scene.call("DELETE", Scene.command)
        scene.upstream.add(ARM.stored(more: ARM.view("Succeeded")))
        _ = await scene.call("GET", ReadTests.expanded)
        let ends = try scene.rows().filter {
            $0["event"]?.string == "outcome" && $0["requestID"]?.string == Scene.requestID(1)
        }
        #expect(ends.isEmpty == mayBeDeleted)
    }

    @Test func waitsForItsTurn() async throws {
        let scene = try Scene.withReads(results: [ARM.stored(), ARM.accepted, ARM.reply(204)], yields: 20)
        let deletion = Mutex<Task<GatewayAnswer, Never>?>(nil)
        // While the update reads what is stored.
        scene.upstream.whileSending {
            let task = Task { await scene.call("DELETE", Scene.command) }
            deletion.withLock { $0 = task }
        }
        #expect(await scene.update(#"{"tags":{}}"#).status == 202)
        let task = try #require(deletion.withLock { $0 })
        #expect(await task.value.status == 204)
        #expect(scene.upstream.sent.map(\.method) == ["GET", "PATCH", "DELETE"])
    }
}

extension UpstreamResult {
    fileprivate var status: Int? { if case .answered(let reply) = self { reply.status } else { nil } }
}
