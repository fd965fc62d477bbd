import AuditModel
import StrictJSON
import Testing

@testable import GatewayEnforcement

/// Bad input of a known caller: its error, nothing forwarded, a row, and nothing of an unreadable body in it.
@Suite struct BodyRefusalTests {
    static let canary = "hunter2canary"

    @Test(arguments: [
        "", "{", "[]", "null", "\u{FEFF}{}", "{}{}", #"{"commandId":"a","commandId":"b"}"#,
        #"{"commandId":"a","CommandID":"b"}"#, #"{"commandID":"a"}"#, #"{"commandId":null}"#, #"{"commandId":1}"#,
        #"{"commandId":"RunShellScript","script":"echo hello"}"#, #"{"commandId":"RunShellScript","x":1}"#,
        #"{"commandId":"RunShellScript","parameters":[{"name":"a"}]}"#, #"{"script":["echo hello"]}"#,
        String(repeating: "[", count: 200) + String(repeating: "]", count: 200),
        #"{"hunter2canary":1}"#, #"{"hunter2canary":1,"hunter2canary":2}"#, #"{"hunter2canary":{"a":tru}}"#,
        #"{"commandId":"RunShellScript","script":["hunter2canary",7]}"#, #"{"a" "hunter2canary"}"#,
        #"{"parameters":[{"hunter2canary":{"a":1,"a":2}}]}"#,
    ])
    func unreadableActionIsRefused(body: String) async throws {
        try await Self.expectRefusal("POST", Scene.action, body, length: body.utf8.count)
    }

    @Test(arguments: [
        "", #"{"properties":{"runAsUser":null}}"#, #"{"properties":null}"#, #"{"location":"westus"}"#,
        #"{"properties":{"source":{"script":"a","commandId":"b"}}}"#,
        #"{"properties":{"runaspassword":"hunter2canary"}}"#,
        #"{"properties":{"runAsPassword":"hunter2canary","RunAsPassword":"x"}}"#, #"{"tags":{"a":1}}"#,
        #"{"properties":{"instanceView":{"output":7}}}"#, #"{"properties":{"timeoutInSeconds":1.5}}"#,
        #"{"properties":{"protectedParameters":[{"name":"token","Value":"hunter2canary"}]}}"#,
        #"{"properties":{"outputBlobUri":"hunter2canary"}}"#, #"{"properties":{"source":{"scriptShell":"Default"}}}"#,
        #"{"properties":{"hunter2canary":{"x":[{"hunter2canary":1,"hunter2canary":2}]}}}"#,
    ])
    func unreadableUpdateIsRefused(body: String) async throws {
        try await Self.expectRefusal("PATCH", Scene.command, body, length: body.utf8.count)
    }

    @Test(arguments: [
        (#"{"properties":{"runAsUser":null}}"#, "$.properties.runAsUser", 27),
        (#"{"properties":{"source":{"scriptShell":"Default"}}}"#, "$.properties.source.scriptShell", 25),
        (#"{"properties":{"RunAsUser":"a"}}"#, "$.properties", 15),
        (#"{"properties":{"timeoutInSeconds":"1"}}"#, "$.properties.timeoutInSeconds", 34),
        (#"{"properties":{"a":tru}}"#, "$.properties.(a member)", 19),
    ])
    func pathAndOffsetAreTold(body: String, path: String, offset: Int) async throws {
        let answer = await (try Scene()).update(body)
        let message = try #require(answer.json?["error"]?["message"]?.string)
        #expect(message.hasSuffix(" at byte \(offset)"), "\(message)")
        #expect(answer.json?["error"]?["target"]?.string == path)
    }

    private static func expectRefusal(_ method: String, _ target: String, _ body: String, length: Int) async throws {
        let scene = try Scene(results: [ARM.accepted])
        let answer = await scene.call(method, target, body: body)
        #expect(answer.status == 400, "\(answer.text)")
        #expect(
            ["InvalidRequestContent", "InvalidParameter", "InvalidParameterConflictingProperties"]
                .contains(answer.error ?? ""))
        #expect(answer.header("retry-after") == nil)
        #expect(!answer.text.contains(self.canary), "\(answer.text)")
        #expect(scene.upstream.sent.isEmpty)
        #expect(scene.events() == ["decision"])
        let row = try scene.last("decision")
        #expect(row["content"]?["length"]?.integer == Int64(length))
        #expect(row["content"]?["reason"]?.string != nil)
        // Where it is known where in the body, the answer says so, in one form.
        let message = try #require(answer.json?["error"]?["message"]?.string)
        if let offset = row["content"]?["offset"]?.integer {
            #expect(message.hasSuffix(" at byte \(offset)"), "\(message)")
            #expect(answer.json?["error"]?["target"]?.string?.hasPrefix("$") == true)
        }
        #expect(message.split(separator: " at byte ").count <= 2, "\(message)")
        #expect(row["command"] == nil)
        #expect(!String(decoding: scene.log.entries[0].canonical, as: UTF8.self).contains(self.canary))
        #expect(scene.log.entries[0].bodies.isEmpty)
    }

    @Test(arguments: [
        (["text/plain"], [], 415), (["application/json", "application/json"], [], 415), ([""], [], 415),
        (["application/json; charset=utf-16"], [], 415), (["application/json;charset=latin1;charset=utf-8"], [], 415),
        (["application/jsonp"], [], 415), ([], ["gzip"], 415), ([], ["identity"], 415), ([], [], 202),
        (["text/json"], [], 202), (["Application/JSON ; Charset=\"UTF-8\""], [], 202),
        (["application/json; odata=verbose"], [], 202),
    ])
    func contentHeaders(types: [String], encodings: [String], status: Int) async throws {
        let scene = try Scene(results: [ARM.accepted])
        let answer = await scene.call("POST", Scene.action, body: Scene.allowedBody) {
            $0.contentType = types
            $0.contentEncoding = encodings
        }
        #expect(answer.status == status)
        #expect(scene.upstream.sent.isEmpty == (status == 415))
        if status == 415 {
            #expect(answer.error == "UnsupportedMediaType")
            #expect(scene.events() == ["decision"])
        }
    }

    @Test(arguments: [
        (BodyFailure.tooLarge, 413, "RequestEntityTooLarge"), (.timedOut, 408, "RequestTimeout"),
        (.broken, 400, "InvalidRequestContent"),
    ])
    func bodyThatDoesNotArrive(failure: BodyFailure, status: Int, code: String) async throws {
        for (method, target) in [("POST", Scene.action), ("PATCH", Scene.command)] {
            let scene = try Scene(results: [ARM.accepted])
            let answer = await scene.call(method, target, failure: failure)
            #expect(answer.status == status)
            #expect(answer.error == code)
            #expect(answer.header("retry-after") == nil)
            #expect(scene.upstream.sent.isEmpty)
            #expect(scene.events() == ["decision"])
        }
    }

    @Test(
        arguments: [
            ("GET", Scene.command, "{}", 400, "InvalidRequestContent"),
            ("POST", Scene.command, "{}", 405, "MethodNotAllowed"),
            ("GET", Scene.action, nil, 405, "MethodNotAllowed"),
            ("POST", "/batch?api-version=2020-06-01", "{}", 403, "OperationNotMediated"),
            ("POST", Scene.action + "&api-version=2024-11-01", "{}", 400, "InvalidRequestTarget"),
            ("POST", Scene.group + "/virtualMachines/web-01/runCommand", "{}", 400, "MissingApiVersionParameter"),
            (
                "POST", Scene.group + "/virtualMachines/web-01/runCommand?api-version=2099-01-01", "{}", 400,
                "InvalidApiVersionParameter"
            ),
            (
                "POST", Scene.group + "/virtualMachines/web-01/../runCommand?api-version=2024-11-01", "{}", 400,
                "InvalidRequestTarget"
            ),
            ("POST", "https://other.example/", "{}", 400, "InvalidRequestTarget"),
        ] as [(String, String, String?, Int, String)])
    func targetsThatAreNotUnderstood(method: String, target: String, body: String?, status: Int, code: String)
        async throws
    {
        let scene = try Scene(results: [ARM.accepted])
        let answer = await scene.call(method, target, body: body)
        #expect(answer.status == status)
        #expect(answer.error == code)
        #expect((answer.header("allow") != nil) == (status == 405))
        #expect(scene.upstream.sent.isEmpty)
        #expect(scene.events() == ["decision"])
        #expect(answer.index == 1)
    }
}
