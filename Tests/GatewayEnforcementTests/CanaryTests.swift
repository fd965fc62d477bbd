import ARMModel
import AuditModel
import Foundation
import GatewayTestSupport
import PolicyCore
import Redaction
import StrictJSON
import Synchronization
import Testing

@testable import GatewayEnforcement

/// Unique secrets in every place that can carry one, and ARM quoting all of them in every answer: none stands in the
/// record or in an answer.
@Suite struct CanaryTests {
    static let password = "canaryPassw0rd-1"
    static let protected = "canary \"quoted\" protected-2"
    static let query = "sv=1&sig=canarySigna%2Fture-3"
    static let token = "eyJcanary.bearer.token-4"
    static let all = [password, protected, query, token, "canarySigna%2Fture-3", "canarySigna/ture-3"]
    /// ARM quoting everything, in the spellings that come to mind.
    static let quote: String = {
        let plain = all.joined(separator: " ")
        let base64 = all.map { Data($0.utf8).base64EncodedString() }.joined(separator: " ")
        return (plain + " " + base64).replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
    }()

    static func body(_ more: String = "") -> String {
        #"{"properties":{"runAsUser":"svc","runAsPassword":"\#(password)","protectedParameters":[{"name":"token","value":"\#(protected.replacing("\"", with: "\\\""))"}],"outputBlobUri":"https://logs.blob.core.windows.net/run/a?\#(query)","errorBlobUri":"https://logs.blob.core.windows.net/run/b?\#(query)"\#(more)}}"#
    }

    static let replies: [UpstreamResult] = [
        ARM.reply(
            202, #"{"name":"\#(quote)"}"#, location: ARM.result, asyncOperation: ARM.status,
            headers: [("etag", password)]),
        ARM.reply(200, #"{"properties":{"provisioningState":"\#(quote)"}}"#, asyncOperation: ARM.status),
        ARM.reply(200, #"{"properties":{"runAsPassword":"\#(password)","\#(quote)":1}}"#),
        ARM.reply(400, #"{"error":{"code":"\#(quote)","message":"\#(quote)","details":[{"message":"\#(quote)"}]}}"#),
        ARM.reply(409, #"{"code":"Conflict","message":"\#(quote)"}"#), ARM.reply(403, quote), ARM.reply(500, quote),
        ARM.reply(401, #"{"error":{"code":"x","message":"\#(quote)"}}"#),
        ARM.reply(202, location: "https://arm.example/\(password)"),
    ]

    @Test(arguments: replies.indices, [true, false])
    func update(index: Int, passesToken: Bool) async throws {
        let scene = try Scene(results: [ARM.stored(), Self.replies[index]], passesCallerToken: passesToken)
        let token = Secret(Self.token)
        let answer = await scene.call("PATCH", Scene.command, body: Self.body(), token: token)
        #expect(scene.upstream.sent.count == 2)
        // The secrets did go to ARM, or this test would show nothing.
        #expect(scene.upstream.sent[1].body?.contains(Self.password) == true)
        #expect(scene.upstream.sent[1].body?.contains(Self.query) == true)
        try Self.expectClean(scene, [answer], token: passesToken && answer.status >= 400 ? .everywhere : .record)
    }

    @Test func throughPollsToTheEndAndBeyond() async throws {
        let view = ARM.view(
            "Failed",
            #","exitCode":1,"output":"\#(Self.quote)","error":"\#(Self.quote)","executionMessage":"\#(Self.quote)""#)
        let scene = try Scene(results: [
            ARM.stored(), ARM.accepted, ARM.reply(200, #"{"status":"Succeeded","error":{"message":"\#(Self.quote)"}}"#),
            ARM.stored(more: view), ARM.stored(more: view), ARM.stored(more: view),
        ])
        var answers = [await scene.update(Self.body())]
        answers.append(await scene.follow(answers[0].header("azure-asyncoperation")))
        #expect(try scene.last("outcome")["outcome"]?["executionMessage"] != nil)
        #expect(try scene.last("outcome")["outcome"]?["scrubbed"]?.bool == true)
        // After its end too: the result, and what a read shows.
        answers.append(await scene.follow(answers[0].header("location")))
        answers.append(await scene.call("GET", ReadTests.expanded))
        #expect(answers.map(\.status) == [202, 200, 200, 200])
        try Self.expectClean(scene, answers, token: .nowhere)
        // A later update that keeps what is stored shows it as well.
        scene.upstream.add(
            ARM.stored(), ARM.reply(200, #"{"properties":{"x":"\#(Self.quote)"}}"#, asyncOperation: ARM.status),
            ARM.reply(200, #"{"status":"Succeeded"}"#), ARM.stored(more: view), ARM.stored(more: view))
        answers.append(await scene.update(#"{"tags":{}}"#))
        answers.append(await scene.follow(answers[4].header("azure-asyncoperation")))
        answers.append(await scene.call("GET", ReadTests.expanded))
        #expect(answers.suffix(3).map(\.status) == [200, 200, 200])
        try Self.expectClean(scene, answers, token: .nowhere)
    }

    /// The update may have run although no usable answer came.
    @Test func readAfterNobodyKnows() async throws {
        let view = ARM.stored(more: ARM.view("Succeeded", #","output":"\#(Self.quote)""#))
        let scene = try Scene(results: [ARM.stored(), ARM.accepted, ARM.stored(), .outcomeUnknown("closed"), view])
        let first = await scene.update(#"{"tags":{}}"#).header("azure-asyncoperation")
        let answer = await scene.update(Self.body())
        #expect(answer.error == "UpstreamOutcomeUnknown")
        let read = await scene.call("GET", ReadTests.expanded)
        #expect(read.status == 200)
        try Self.expectClean(scene, [answer, read], token: .nowhere)
        // What the command shows is not for certain the end of the first update.
        #expect(!scene.events().contains("outcome"))
        scene.upstream.add(ARM.reply(200, #"{"status":"Succeeded"}"#), view)
        _ = await scene.follow(first)
        #expect(try scene.last("outcome")["outcome"]?["status"]?.string == "unknown")
    }

    @Test func readWhileAnUpdateIsOnItsWay() async throws {
        let view = ARM.stored(more: ARM.view("Succeeded", #","output":"\#(Self.quote)""#))
        let scene = try Scene(results: [ARM.stored(), ARM.reply(400, ARM.error), view])
        let seen = Mutex<GatewayAnswer?>(nil)
        // First the gateway's own read of the stored command, then the update.
        scene.upstream.whileSending {
            scene.upstream.whileSending {
                let answer = await scene.call("GET", ReadTests.expanded)
                seen.withLock { $0 = answer }
            }
        }
        #expect(await scene.update(Self.body()).status == 400)
        let found = seen.withLock { $0 }
        let read = try #require(found)
        #expect(read.status == 200)
        try Self.expectClean(scene, [read], token: .nowhere)
    }

    /// A stored secret that the gateway never saw cannot be removed from the service's message: it is not kept.
    @Test func messageOfUnknownSecretsIsNotKept() async throws {
        let scene = try Scene(results: [
            ARM.stored(more: #","runAsUser":"svc""#), ARM.accepted, ARM.reply(200, #"{"status":"Succeeded"}"#),
            ARM.stored(more: ARM.view("Failed", #","executionMessage":"echo \#(Self.password) | sudo""#)),
        ])
        _ = await scene.follow(await scene.update(#"{"tags":{}}"#).header("azure-asyncoperation"))
        #expect(try scene.last("outcome")["outcome"]?["executionMessage"] == nil)
        try Self.expectClean(scene, [], token: .nowhere)
    }

    @Test(arguments: [
        CanaryTests.body(#","source":{"script":"other"}"#), CanaryTests.body(#","timeoutInSeconds":9999"#),
        CanaryTests.body(#","runaspassword":"x""#), CanaryTests.body(#","x":1"#), CanaryTests.body() + "x",
        CanaryTests.body(#","source":{"scriptUri":"https://x.example/a?\#(CanaryTests.query)"}"#),
        CanaryTests.body(#","parameters":[{"name":"LD_PRELOAD","value":"x"}]"#),
        CanaryTests.body(#","timeoutInSeconds":null"#),
        #"{"properties":{"\#(CanaryTests.password)":1,"\#(CanaryTests.password)":1}}"#,
        #"{"properties":{"runAsPassword":["\#(CanaryTests.password)"]}}"#,
        #"{"properties":{"runAsPassword":"\#(CanaryTests.password);"}}"#,
        #"{"properties":{"outputBlobUri":"ftp:/\#(CanaryTests.password)"}}"#,
    ])
    func refused(body: String) async throws {
        let scene = try Scene(results: [ARM.stored()])
        let answer = await scene.call("PATCH", Scene.command, body: body, token: Secret(Self.token))
        #expect([400, 403].contains(answer.status))
        #expect(scene.upstream.sent.isEmpty)
        #expect(scene.events() == ["decision"])
        try Self.expectClean(scene, [answer], token: .everywhere)
    }

    /// Where to look for the token: ARM cannot quote one that it never got.
    private enum TokenPlaces { case everywhere, record, nowhere }

    private static func expectClean(_ scene: Scene, _ answers: [GatewayAnswer], token: TokenPlaces) throws {
        var texts = answers.map { $0.text + $0.headers.map { "\($0.0): \($0.1)" }.joined(separator: "\n") }
        let ofAnswers = texts.count
        for entry in scene.log.entries {
            texts.append(String(decoding: entry.canonical, as: UTF8.self))
            texts.append("\(entry.columns)")
            texts.append(contentsOf: entry.bodies.compactMap { $0.text.map { String(decoding: $0, as: UTF8.self) } })
        }
        for (place, text) in texts.enumerated() {
            let looksForToken = token == .everywhere || (token == .record && place >= ofAnswers)
            for secret in self.all where secret != self.token || looksForToken {
                for form in SecretForms.all(of: secret) where form.count >= 8 {
                    #expect(!Data(text.utf8).contains(form), "\(secret) in \(text)")
                }
            }
        }
    }
}

extension Data {
    fileprivate func contains(_ bytes: [UInt8]) -> Bool { self.range(of: Data(bytes)) != nil }
}
