import ARMModel
import AuditModel
import PolicyCore
import StrictJSON
import Testing

@testable import GatewayEnforcement

@Suite struct PollTests {
    static let running = ARM.reply(200, #"{"startTime":"2026-11-20T10:00:00Z","status":"InProgress","name":"n"}"#)
    static let succeeded = ARM.reply(
        200,
        #"{"status":"Succeeded","endTime":"2026-11-20T10:01:00Z","properties":{"output":{"value":"#
            + #"[{"code":"ProvisioningState/succeeded","level":"Info","message":"out"}]}}}"#)
    static let result = ARM.reply(200, #"{"value":[{"code":"x","level":"Info","message":"out"}]}"#)

    @Test func actionToItsEnd() async throws {
        let scene = try Scene(results: [
            ARM.accepted, Self.running, ARM.reply(202, location: ARM.result, retryAfter: "4"), Self.succeeded,
            Self.succeeded, Self.result,
        ])
        let answer = await scene.run()
        let (status, location) = (answer.header("azure-asyncoperation"), answer.header("location"))
        #expect(await scene.follow(status).json?["status"]?.string == "InProgress")
        let wait = await scene.follow(location)
        #expect(wait.status == 202)
        #expect(wait.header("location") == location)
        #expect(wait.header("azure-asyncoperation") == status)
        #expect(wait.header("retry-after") == "4")
        #expect(wait.index == 1)
        #expect(scene.events() == ["decision", "response"])
        let end = await scene.follow(status)
        #expect(end.status == 200)
        #expect(end.json?["properties"]?["output"]?["value"]?.array?.count == 1)
        _ = await scene.follow(status)
        #expect(await scene.follow(location).text == #"{"value":[{"code":"x","level":"Info","message":"out"}]}"#)
        #expect(scene.events() == ["decision", "response", "outcome"])
        let outcome = try scene.last("outcome")
        #expect(outcome["requestID"]?.string == Scene.requestID(1))
        #expect(outcome["outcome"]?["status"]?.string == "succeeded")
        #expect(outcome["outcome"]?["outputLength"]?.integer == 3)
        #expect(outcome["outcome"]?["exitCode"] == nil)
        #expect(outcome["target"]?["virtualMachine"]?.string == "web-01")
        let prefix = "https://arm.example".count
        #expect(
            scene.upstream.sent.map(\.target) == [Scene.action]
                + [ARM.status, ARM.result, ARM.status, ARM.status, ARM.result].map { String($0.dropFirst(prefix)) })
        #expect(scene.upstream.sent.allSatisfy { $0.index == 1 && $0.permittedBy == "decision" })
    }

    @Test(
        arguments: [
            (#"{"status":"Failed","error":{"code":"c","message":"m"}}"#, false, "failed"),
            (#"{"status":"Canceled"}"#, false, "canceled"),
            (#"{"status":"Succeeded","properties":{"output":{"value":[{"level":"Error"}]}}}"#, false, "failed"),
            (#"{"status":"Succeeded","properties":{"output":[{"level":"Error"}]}}"#, false, "failed"),
            (#"{"status":"Succeeded","properties":{"output":[{"level":"Error"}]}}"#, true, "failed"),
            (#"{"value":[{"level":"Error"}]}"#, true, "failed"), (#"{"status":"Updating"}"#, false, nil),
            // Only the result can tell, and it is still to be had.
            (#"{"status":"Succeeded"}"#, false, nil),
        ] as [(String, Bool, String?)])
    func endsOfAnAction(body: String, monitors: Bool, outcome: String?) async throws {
        let scene = try Scene(results: [ARM.accepted, ARM.reply(200, body)])
        let answer = await scene.run()
        #expect(await scene.follow(answer.header(monitors ? "location" : "azure-asyncoperation")).status == 200)
        #expect(try scene.rows().last?["outcome"]?["status"]?.string == outcome)
    }

    @Test(
        arguments: [
            (ARM.reply(200, "no"), false, 502), (ARM.reply(200, "{}"), false, 502), (ARM.reply(200), true, 502),
            (ARM.reply(200, #"{"status":"Running"}"#), true, 502), (ARM.reply(202), false, 502),
            (ARM.reply(204), true, 502),
            (ARM.reply(302, location: UpstreamResultTests.foreign[0]), true, 502),
            (ARM.reply(401, ARM.error), false, 503),
            (ARM.reply(404, ARM.error, retryAfter: "7"), false, 404),
            (ARM.reply(429, ARM.error, retryAfter: "7"), true, 429),
            (ARM.reply(500, ARM.error, retryAfter: "7"), false, 500), (.notSent("connectRefused"), false, 503),
            (.outcomeUnknown("timedOut"), true, 503), (.outcomeUnknown("malformedAnswer"), true, 502),
            (ARM.reply(200, UpstreamResultTests.deep), false, 502),
        ] as [(UpstreamResult, Bool, Int)])
    func readingFails(reply: UpstreamResult, monitors: Bool, status: Int) async throws {
        let scene = try Scene(results: [ARM.accepted, reply])
        let answer = await scene.run()
        let poll = await scene.follow(answer.header(monitors ? "location" : "azure-asyncoperation"))
        #expect(poll.status == status)
        #expect(poll.header("location") == nil)
        #expect(poll.header("retry-after") == (status == 503 ? "5" : [429, 500].contains(status) ? "7" : nil))
        // That reading failed says nothing of the command.
        #expect(scene.events() == ["decision", "response"])
    }

    @Test func onlyItsOwnerMayPoll() async throws {
        var others: [Principal] = []
        for change: (inout Principal) -> Void in [
            { $0.id = "10000000-0000-0000-0000-000000000002" }, { $0.kind = .application }, { $0.kind = .object },
            { $0.issuer = "https://login.microsoftonline.com/x/v2.0" }, { $0.issuer = nil }, { $0.tenant = nil },
            { $0.tenant = "40000000-0000-0000-0000-000000000002" },
        ] {
            var principal = Scene.person
            change(&principal)
            others.append(principal)
        }
        let scene = try Scene(results: [ARM.accepted])
        let answer = await scene.run()
        for principal in others {
            for name in ["location", "azure-asyncoperation"] {
                let poll = await scene.follow(answer.header(name), as: principal)
                #expect(poll.status == 404)
                #expect(poll.error == "OperationNotFound")
                #expect(poll.header("retry-after") == nil)
            }
        }
        #expect(scene.upstream.sent.count == 1)
        #expect(scene.events().count(where: { $0 == "decision" }) == 1 + 2 * others.count)
        #expect(try scene.last("decision")["decision"]?["effect"]?.string == "deny")
        // Groups, name and token may differ: it is the same caller.
        var same = Scene.person
        same.tokenID = "another"
        scene.upstream.add(Self.running)
        #expect(await scene.follow(answer.header("azure-asyncoperation"), as: same).status == 200)
    }

    @Test func linkMustBeTheOneGiven() async throws {
        let scene = try Scene(results: [ARM.reply(202, asyncOperation: ARM.status)])
        let link = try #require(await scene.run().header("azure-asyncoperation"))
        for other in [
            link.replacing("westus", with: "eastus"), link.replacing(Scene.requestID(1), with: Scene.requestID(7)),
            link.replacing(Scene.subscription, with: "00000000-0000-0000-0000-00000000000b"),
            // ARM gave no link of this form, and its own id opens nothing here.
            link.replacing("?api", with: "?monitor=true&api"),
            link.replacing(Scene.requestID(1), with: ARM.operationID),
        ] {
            #expect(await scene.follow(other).error == "OperationNotFound")
        }
        #expect(scene.upstream.sent.count == 1)
        scene.upstream.add(Self.running)
        #expect(await scene.follow(link.replacing("westus", with: "WestUS").uppercasedID).status == 200)
    }

    /// A managed command: how the script ended stands in its instance view.
    @Test(
        arguments: [
            (ARM.view("Succeeded", #","exitCode":0,"output":"abc","error":"""#), "succeeded", 0),
            (ARM.view("Succeeded", #","exitCode":3"#), "failed", 3),
            (ARM.view("Failed", #","exitCode":1"#), "failed", 1),
            (ARM.view("TimedOut"), "timedOut", nil), (ARM.view("Canceled"), "canceled", nil), ("", "unknown", nil),
        ] as [(String, String, Int64?)])
    func managedCommandToItsEnd(view: String, outcome: String, exitCode: Int64?) async throws {
        for monitors in [false, true] {
            let scene = try Scene(results: [ARM.stored(), ARM.accepted])
            let answer = await scene.update(#"{"properties":{"protectedParameters":[]}}"#)
            scene.upstream.add(
                monitors ? ARM.stored() : ARM.reply(200, #"{"status":"Succeeded"}"#), ARM.stored(more: view),
                monitors ? ARM.stored() : ARM.reply(200, #"{"status":"Succeeded"}"#))
            let link = answer.header(monitors ? "location" : "azure-asyncoperation")
            for _ in 0..<2 { #expect(await scene.follow(link).status == 200) }
            #expect(scene.events() == ["lookup", "decision", "response", "lookup", "outcome"])
            let row = try scene.last("outcome")
            #expect(row["outcome"]?["status"]?.string == outcome)
            #expect(row["outcome"]?["exitCode"]?.integer == exitCode)
            #expect(row["outcome"]?["scrubbed"]?.bool == true)
            #expect(row["requestID"]?.string == Scene.requestID(1))
            #expect(row["target"]?["runCommand"]?.string == "Report")
            let lookup = try #require(scene.upstream.sent.first { $0.target.contains("$expand") })
            #expect(lookup.permittedBy == "lookup")
            #expect(lookup.target == Scene.commandPath + "?$expand=instanceView&api-version=" + APIVersion.newest.text)
        }
    }

    @Test func viewThatCannotBeReadIsAskedForAgain() async throws {
        let ended = ARM.reply(200, #"{"status":"Succeeded"}"#)
        for (reply, outcome) in [
            (UpstreamResult.notSent("connectRefused"), nil), (ARM.reply(500), nil), (ARM.reply(200, "no"), nil),
            (ARM.stored(more: ARM.view("Running")), nil), (ARM.reply(404, ARM.error), "unknown"),
        ] as [(UpstreamResult, String?)] {
            let scene = try Scene(results: [ARM.stored(), ARM.accepted, ended, reply])
            let link = await scene.update(#"{"tags":{}}"#).header("azure-asyncoperation")
            #expect(await scene.follow(link).status == 200)
            #expect(try scene.rows().last?["outcome"]?["status"]?.string == outcome)
            scene.upstream.add(ended, ARM.stored(more: ARM.view("Succeeded")))
            _ = await scene.follow(link)
            #expect(scene.events().count(where: { $0 == "outcome" }) == 1)
        }
    }

    /// An operation that failed before the script started leaves the view of the run before.
    @Test func failedOperationIsNotASuccess() async throws {
        for (view, status, exitCode) in [
            (ARM.view("Succeeded", #","exitCode":0"#), "failed", nil),
            (ARM.view("Failed", #","exitCode":9"#), "failed", 9),
            (ARM.view("Running"), "failed", nil), ("", "failed", nil),
        ] as [(String, String, Int64?)] {
            let scene = try Scene(results: [
                ARM.stored(), ARM.accepted, ARM.reply(200, #"{"status":"Failed"}"#), ARM.stored(more: view),
            ])
            _ = await scene.follow(await scene.update(#"{"tags":{}}"#).header("azure-asyncoperation"))
            let outcome = try scene.last("outcome")["outcome"]
            #expect(outcome?["status"]?.string == status)
            #expect(outcome?["exitCode"]?.integer == exitCode)
        }
    }

    @Test func laterUpdateTakesTheViewAway() async throws {
        let scene = try Scene(results: [ARM.stored(), ARM.accepted, ARM.stored(), ARM.accepted])
        let first = await scene.update(#"{"tags":{}}"#).header("azure-asyncoperation")
        let second = await scene.update(#"{"tags":{}}"#).header("azure-asyncoperation")
        for (link, outcome) in [(first, "unknown"), (second, "failed")] {
            scene.upstream.add(
                ARM.reply(200, #"{"status":"Succeeded"}"#), ARM.stored(more: ARM.view("Failed", #","exitCode":1"#)))
            _ = await scene.follow(link)
            #expect(try scene.last("outcome")["outcome"]?["status"]?.string == outcome)
        }
    }

    @Test func pollsAtOnceRecordOneEnd() async throws {
        let scene = try Scene(results: [ARM.stored(), ARM.accepted], yields: 50)
        let link = await scene.update(#"{"tags":{}}"#).header("azure-asyncoperation")
        scene.upstream.afterwards { sent in
            sent.target.contains("$expand")
                ? ARM.stored(more: ARM.view("Succeeded")) : ARM.reply(200, #"{"status":"Succeeded"}"#)
        }
        await withTaskGroup { group in
            for _ in 0..<8 { group.addTask { _ = await scene.follow(link) } }
        }
        #expect(scene.events().count(where: { $0 == "outcome" }) == 1)
    }

    @Test func recordThatCannotBeReadIsUnavailable() async throws {
        let scene = try Scene(results: [ARM.accepted])
        let link = await scene.run().header("location")
        scene.log.failReading()
        let poll = await scene.follow(link)
        #expect(poll.status == 503)
        #expect(poll.error == "AuditUnavailable")
        #expect(scene.upstream.sent.count == 1)
    }
}

extension String {
    /// The operation's id in upper case.
    fileprivate var uppercasedID: String {
        self.replacing(Scene.requestID(1), with: Scene.requestID(1).uppercased())
    }
}
