import ARMModel
import AuditModel
import PolicyCore
import StrictJSON
import Testing

@testable import GatewayEnforcement

@Suite struct UpdateTests {
    static let secretless = #""protectedParameters":[],"runAsPassword":"longpassword","runAsUser":"svc""#

    @Test func whatNothingCouldAllowNeverReachesARM() async throws {
        for body in [
            #"{"properties":{"source":{"script":"rm -rf /"}}}"#, #"{"properties":{"timeoutInSeconds":601}}"#,
            #"{"properties":{"runAsUser":"root"}}"#, #"{"properties":{"source":{}}}"#,
            #"{"properties":{"source":{"scriptUri":"https://x.example/a.sh?sig=secretsignature"}}}"#,
            #"{"properties":{"outputBlobUri":"https://x.example/a?sig=secretsignature"}}"#,
            #"{"properties":{"outputBlobManagedIdentity":{"clientId":"22d35efb-0c99-4041-8c5b-6d24db33a69a"}}}"#,
            #"{"properties":{"parameters":[{"name":"other","value":"1"}]}}"#,
        ] {
            let scene = try Scene(results: [ARM.stored()])
            let answer = await scene.update(body)
            #expect(answer.status == 403, "\(body)")
            #expect(answer.error == "RequestDisallowedByPolicy")
            #expect(scene.upstream.sent.isEmpty)
            #expect(scene.events() == ["decision"])
            #expect(!answer.text.contains("secretsignature"))
        }
    }

    @Test func floorNeverReachesARM() async throws {
        let scene = try Scene(results: [ARM.stored()])
        let answer = await scene.update(
            #"{"tags":{"a":"b"},"properties":{"runAsUser":"a;id","provisioningState":"Succeeded"}}"#)
        #expect(answer.status == 400)
        #expect(answer.error == "InvalidParameter")
        #expect(answer.json?["error"]?["target"]?.string == "$.properties.runAsUser")
        #expect(scene.upstream.sent.isEmpty)
        let command = try scene.last("decision")["command"]
        #expect(command?["tags"]?.array?.count == 1)
        #expect(command?["readOnlyMembers"]?.array?.count == 1)
    }

    @Test func storedCommandIsReadOnRecordThenJudgedThenNamedOutright() async throws {
        let scene = try Scene(results: [
            ARM.stored(
                more: #","parameters":[{"name":"path","value":"/var"}],"runAsUser":"svc","timeoutInSeconds":0,"#
                    + #""asyncExecution":true,"treatFailureAsDeploymentFailure":true"#),
            ARM.reply(202, asyncOperation: ARM.status),
        ])
        let answer = await scene.update(#"{"tags":{"team":"blue"}}"#)
        #expect(answer.status == 202)
        #expect(answer.header("location") == nil)
        #expect(answer.header("azure-asyncoperation") != nil)
        #expect(scene.events() == ["lookup", "decision", "response"])
        #expect(answer.index == 2)
        let sent = scene.upstream.sent
        #expect(sent.map(\.method) == ["GET", "PATCH"])
        #expect(sent.map(\.permittedBy) == ["lookup", "decision"])
        #expect(sent.map(\.index) == [1, 2])
        #expect(sent[0].target == Scene.commandPath + "?api-version=" + APIVersion.newest.text)
        #expect(sent[1].target == Scene.command)
        #expect(
            sent[1].body
                == #"{"properties":{"source":{"script":"echo hello"},"parameters":[{"name":"path","value":"/var"}],"#
                + #""asyncExecution":true,"runAsUser":"svc","timeoutInSeconds":600,"treatFailureAsDeploymentFailure":true},"#
                + #""tags":{"team":"blue"}}"#)
        let decision = try scene.last("decision")
        #expect(decision["decision"]?["obligations"]?["timeoutInSeconds"]?.integer == 600)
        #expect(decision["command"]?["scriptSHA256"]?.string == Scene.script.digest)
        #expect(decision["command"]?["protectedParameters"]?["unknown"]?.bool == true)
        #expect(try scene.last("lookup")["command"]?["source"]?["unknown"]?.bool == true)
        #expect(try scene.last("response")["target"]?["runCommand"]?.string == "Report")
    }

    /// Danger cases of an update: what stays stored is judged too (facts §4.3).
    @Test(arguments: [
        (#"{"script":"rm -rf /"}"#, "", #"{"properties":{"parameters":[]}}"#),
        (#"{"scriptUri":"https://x.example/a.sh"}"#, "", #"{"tags":{}}"#),
        (#"{"scriptUri":"https://x.example/a.sh"}"#, "", #"{"properties":{"parameters":[]}}"#),
        (#"{"galleryScriptReferenceId":"/g"}"#, "", #"{"tags":{}}"#), ("null", "", #"{"tags":{}}"#),
        ("{}", "", #"{"tags":{}}"#),
        (#"{"script":"echo hello"}"#, #","runAsUser":"root""#, #"{"tags":{}}"#),
        (#"{"script":"echo hello"}"#, #","timeoutInSeconds":601"#, #"{"tags":{}}"#),
        (#"{"script":"echo hello"}"#, #","parameters":[{"name":"LD_PRELOAD","value":"x"}]"#, #"{"tags":{}}"#),
        (#"{"script":"echo hello"}"#, #","outputBlobUri":"https://x.example/run/a""#, #"{"tags":{}}"#),
        (#"{"script":"echo hello","scriptShell":"Powershell7"}"#, "", #"{"tags":{}}"#),
        (
            #"{"script":"echo hello","scriptShell":"Powershell7"}"#, "",
            #"{"properties":{"source":{"script":"echo hello"}}}"#
        ),
        (#"{"commandId":"IPConfig"}"#, #","parameters":[{"name":"path","value":"x"}]"#, #"{"tags":{}}"#),
    ])
    func storedValuesAreJudged(source: String, more: String, body: String) async throws {
        let scene = try Scene(results: [ARM.stored(source: source, more: more), ARM.accepted])
        let answer = await scene.update(body)
        #expect(answer.status == 403, "\(answer.text)")
        #expect(scene.upstream.sent.map(\.method) == ["GET"])
        #expect(scene.events() == ["lookup", "decision"])
        #expect(answer.index == 2)
    }

    @Test func storedSecretsNeedARule() async throws {
        let rules = try Scene.rules { $0.storedSecrets = false }
        for (body, isAllowed) in [
            (#"{"properties":{"parameters":[]}}"#, false), (#"{"properties":{"protectedParameters":[]}}"#, false),
            (#"{"properties":{"# + Self.secretless + "}}", true),
        ] {
            let scene = try Scene(rules: rules, results: [ARM.stored(), ARM.accepted])
            let answer = await scene.update(body)
            #expect(answer.status == (isAllowed ? 202 : 403), "\(answer.text)")
        }
        // The query of a stored address is one more.
        let blob = #","outputBlobUri":"https://logs.blob.core.windows.net/run/a""#
        let scene = try Scene(rules: rules, results: [ARM.stored(more: blob), ARM.accepted])
        #expect(await scene.update(#"{"properties":{"# + Self.secretless + "}}").status == 403)
    }

    @Test func missingCommandIsRelayed() async throws {
        let scene = try Scene(results: [
            ARM.reply(404, #"{"error":{"code":"ResourceNotFound","message":"no"}}"#, retryAfter: "3")
        ])
        let answer = await scene.update(#"{"tags":{}}"#)
        #expect(answer.status == 404)
        #expect(answer.error == "ResourceNotFound")
        #expect(answer.header("retry-after") == nil)
        #expect(answer.index == 1)
        #expect(scene.events() == ["lookup", "response"])
        #expect(scene.upstream.sent.count == 1)
    }

    @Test(
        arguments: [
            (ARM.reply(429, ARM.error, retryAfter: "17"), "17"), (ARM.reply(503, "", retryAfter: "20"), "20"),
            (ARM.reply(401, ARM.error, retryAfter: "20"), "5"), (ARM.reply(403, ARM.error), "5"), (ARM.reply(500), "5"),
            (ARM.reply(302), "5"), (ARM.reply(200), "5"), (ARM.reply(200, "no"), "5"), (ARM.reply(200, "{}"), "5"),
            (ARM.reply(200, #"{"properties":{"source":{"script":1}}}"#), "5"),
            (ARM.stored(source: #"{"script":"a","commandId":"b"}"#), "5"),
            (ARM.stored(more: #","parameters":[{"name":"a"}]"#), "5"),
            (ARM.stored(more: #","runAsUser":"svc","RunAsUser":"root""#), "5"),
            (ARM.reply(200, UpstreamResultTests.deep), "5"), (.notSent("connectRefused"), "5"),
            (.outcomeUnknown("closed"), "5"),
        ] as [(UpstreamResult, String)])
    func storedCommandThatCannotBeRead(reply: UpstreamResult, retryAfter: String) async throws {
        let scene = try Scene(results: [reply, ARM.accepted])
        let answer = await scene.update(#"{"tags":{}}"#)
        #expect(answer.status == 503)
        #expect(answer.error == "UpstreamUnavailable")
        #expect(answer.header("retry-after") == retryAfter)
        #expect(scene.upstream.sent.count == 1)
        #expect(scene.events() == ["lookup", "response"])
    }

    @Test func withoutItsRowNeitherReadNorSent() async throws {
        for (events, sent) in [(Set([AuditEvent.lookup]), 0), ([.decision], 1)] {
            let scene = try Scene(results: [ARM.stored(), ARM.accepted])
            scene.log.fail(on: events)
            let answer = await scene.update(#"{"tags":{}}"#)
            #expect(answer.status == 503)
            #expect(answer.error == "AuditUnavailable")
            #expect(scene.upstream.sent.count == sent)
        }
    }

    @Test func versionThatCannotNameWhatIsStored() async throws {
        let scene = try Scene(results: [ARM.stored(more: #","treatFailureAsDeploymentFailure":true"#), ARM.accepted])
        let answer = await scene.call("PATCH", Scene.commandPath + "?api-version=2022-03-01", body: #"{"tags":{}}"#)
        #expect(answer.status == 400)
        #expect(answer.error == "InvalidParameter")
        #expect(scene.upstream.sent.count == 1)
        #expect(try scene.last("decision")["command"]?["tags"]?.array?.isEmpty == true)
    }

    /// Whether ARM replaces the stored source or merges with it is not known, so what one would keep is never left out.
    @Test(arguments: [
        (#"{"commandId":"IPConfig"}"#, #"{"source":{"script":"echo hello"}}"#, "$.properties.source"),
        (#"{"script":"echo hello"}"#, #"{"source":{"commandId":"IPConfig"}}"#, "$.properties.source"),
        (#"{"scriptUri":"https://x.example/a.sh"}"#, #"{"source":{"script":"echo hello"}}"#, "$.properties.source"),
        (
            #"{"script":"echo hello"}"#, #"{"outputBlobManagedIdentity":{}}"#,
            "$.properties.outputBlobManagedIdentity"
        ),
    ])
    func whatMightStayIsNotLeftToARM(source: String, change: String, target: String) async throws {
        let scene = try Scene(results: [ARM.stored(source: source), ARM.accepted])
        let answer = await scene.update(#"{"properties":\#(change)}"#)
        #expect(answer.status == 400, "\(answer.text)")
        #expect(answer.error == "InvalidParameter")
        #expect(answer.json?["error"]?["target"]?.string == target)
        #expect(!scene.upstream.sent.contains { $0.method == "PATCH" })
        #expect(scene.events().last == "decision")
        #expect(try scene.last("decision")["decision"]?["effect"]?.string == "deny")
    }

    @Test func aShellThatStaysIsNamed() async throws {
        let rules = try Scene.rules { $0.scriptShells = ["Powershell7"] }
        for (version, status) in [("2025-04-01", 202), ("2024-11-01", 400)] {
            let scene = try Scene(
                rules: rules,
                results: [ARM.stored(source: #"{"script":"old","scriptShell":"Powershell7"}"#), ARM.accepted])
            let answer = await scene.call(
                "PATCH", Scene.commandPath + "?api-version=" + version,
                body: #"{"properties":{"source":{"script":"echo hello"}}}"#)
            #expect(answer.status == status, "\(answer.text)")
            let sent = scene.upstream.sent.filter { $0.method == "PATCH" }.compactMap(\.body)
            #expect(
                status == 400
                    ? sent.isEmpty
                    : sent.first?.contains(#""source":{"script":"echo hello","scriptShell":"Powershell7"}"#) == true)
        }
    }

    /// Were they side by side, both would read before either is sent, and one would be judged on what the other
    /// replaced.
    @Test func updatesOfOneCommandRunOneAtATime() async throws {
        let count = 4
        let scene = try Scene(yields: 200)
        scene.upstream.afterwards { $0.method == "GET" ? ARM.stored() : ARM.accepted }
        await withTaskGroup { group in
            for number in 0..<count {
                let target =
                    number.isMultiple(of: 2) ? Scene.command : Scene.command.replacing("Report", with: "rePORT")
                group.addTask { _ = await scene.call("PATCH", target, body: #"{"tags":{}}"#) }
            }
        }
        #expect(scene.upstream.sent.map(\.method) == Array(repeating: ["GET", "PATCH"], count: count).flatMap(\.self))
    }

    @Test func updatesOfTwoCommandsRunBesideEachOther() async throws {
        let scene = try Scene()
        scene.upstream.afterwards { ARM.stored(name: $0.target.contains("/other") ? "other" : "Report") }
        scene.upstream.whileSending {
            _ = await scene.call("PATCH", Scene.command.replacing("Report", with: "other"), body: #"{"tags":{}}"#)
        }
        #expect(await scene.update(#"{"tags":{}}"#).status == 200)
        #expect(scene.upstream.sent.map(\.method) == ["GET", "GET", "PATCH", "PATCH"])
    }

    @Test func queueLetsEverybodyThrough() async {
        let queue = ResourceQueue()
        let order = await withTaskGroup(of: Int.self) { group in
            for number in 0..<50 { group.addTask { await queue.withTurn("a") { number } } }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(order.count == 50)
        #expect(await queue.withTurn("a") { await queue.withTurn("b") { true } })
    }
}
