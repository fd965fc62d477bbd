import ARMSimulator
import StrictJSON
import Testing

/// Azure's examples from the request to the end of the operation, with the simulator as ARM: it reads what was
/// forwarded as Json.NET would, against shapes of its own, and refuses what its version does not have.
@Suite struct ExampleOperationTests {
    @Test func everyExampleToTheEnd() async throws {
        var options = LocalStack.Options()
        options.rules = ExampleStack.rules
        options.simulator = { $0.isInstant = true }
        let requests = try ExampleRequest.all().filter {
            PublishedSurface.verdict($0, in: $0.example.version) == .accepted
        }
        let ended = try await LocalStack.withRunning(options) { stack in
            let token = try stack.token()
            var ended = 0
            for request in requests {
                let (example, version) = (request.example, request.example.version)
                let target = request.path(in: version) + "?api-version=" + version
                if [.update, .delete, .read].contains(example.kind) {
                    let source = example.isDiagnostic ? #"{"commandId":"IPConfig"}"# : #"{"script":"stored"}"#
                    let put = try await stack.atSimulator(
                        "PUT", target, body: #"{"location":"westus","properties":{"source":\#(source)}}"#)
                    guard put.status < 300 else { throw Unexpected("\(request): \(put.text)") }
                }
                let answer = try await stack.call(
                    example.method, target, body: request.body.map { JSONDifference.text($0) }, token: token)
                // The simulator's catalogue has today's commands, not that of 2017.
                let isGone = target.contains("/runCommands/PowerShellScript?")
                #expect(isGone ? answer.status == 404 : answer.status < 300, "\(request): \(answer.text)")
                if let link = answer.header("azure-asyncoperation") {
                    let end = try await stack.follow(link, token: token)
                    #expect(end.json?["status"]?.string == "Succeeded", "\(request): \(end.text)")
                    ended += 1
                }
                if [.update, .create].contains(example.kind) {
                    let read = try await stack.call("GET", target, token: token)
                    #expect(read.json?["properties"]?["provisioningState"]?.string == "Succeeded", "\(request)")
                    let sent = request.body?["properties"]?["source"]?["script"]?.string?.trimmingSuffix()
                    let found = read.json?["properties"]?["source"]?["script"]?.string
                    if let sent { #expect(found == sent, "\(request)") }
                }
            }
            return ended
        }
        #expect(ended == requests.count(where: { $0.example.method != "GET" }))
        print(
            "note: \(requests.count) allowable examples through gateway and simulator, \(ended) operations to the end")
    }

    /// Every member of a managed command, in every version that has commands: no example holds them all.
    @Test func everyMemberInEveryVersion() async throws {
        let later: [(name: String, since: String, text: String)] = [
            ("asyncExecution", "2020-06-01", #""asyncExecution":false"#),
            ("treatFailureAsDeploymentFailure", "2023-03-01", #""treatFailureAsDeploymentFailure":true"#),
            (
                "outputBlobManagedIdentity", "2023-03-01",
                #""outputBlobUri":"https://mystorageaccount.blob.core.windows.net/myscriptoutputcontainer/o?sig=s","#
                    + #""outputBlobManagedIdentity":{}"#
            ),
            (
                "errorBlobManagedIdentity", "2023-03-01",
                #""errorBlobUri":"https://mystorageaccount.blob.core.windows.net/mycontainer/e?sig=s","#
                    + #""errorBlobManagedIdentity":{"objectId":"4231e4d2-33e4-4e23-96b2-17888afa6072"}"#
            ),
            (
                "protectedParameters", "2020-06-01",
                #""protectedParameters":[{"name":"token","value":"0123456789abcdef"}]"#
            ),
            ("source.scriptShell", "2025-04-01", #""source":{"script":"Get-Date","scriptShell":"Default"}"#),
            (
                "source.galleryScriptReferenceId", "2025-04-01",
                #""source":{"galleryScriptReferenceId":"\#(Self.gallery)"}"#
            ),
            ("provisioningState", "2020-06-01", #""provisioningState":"Succeeded""#),
        ]
        var options = LocalStack.Options()
        options.simulator = { $0.isInstant = true }
        options.rules = ExampleStack.rules.replacing(
            "storedSecrets: true\n    runAs:",
            with: "storedSecrets: true\n    scriptShells: [Default]\n    galleryScripts: [\"\(Self.gallery)\"]\n"
                + "    runAs:")
        #expect(options.rules.contains("scriptShells"))
        try await LocalStack.withRunning(options) { stack in
            let token = try stack.token()
            for (index, member) in later.enumerated() {
                for version in PublishedSurface.versions {
                    for method in ["PUT", "PATCH"] {
                        let target = LocalStack.instance("member-\(index)", version: version)
                        let source = member.text.contains("source") ? "" : #""source":{"script":"Get-Date"},"#
                        // An update takes no empty identity, which may keep the stored one.
                        let named = #"{"objectId":"4231e4d2-33e4-4e23-96b2-17888afa6072"}"#
                        let text = method == "PUT" ? member.text : member.text.replacing("{}", with: named)
                        let body =
                            (method == "PUT" ? #"{"location":"westus","# : "{")
                            + #""properties":{\#(source)\#(text)}}"#
                        let answer = try await stack.call(method, target, body: body, token: token)
                        let what: Comment = "\(member.name), \(method) in \(version): \(answer.text)"
                        if version < "2020-06-01" {
                            #expect(answer.status == 400 && answer.code == "InvalidApiVersionParameter", what)
                        } else if version < member.since {
                            #expect(answer.status == 400 && answer.code == "InvalidRequestContent", what)
                            #expect(answer.json?["error"]?["target"]?.string == "$.properties.\(member.name)", what)
                        } else {
                            #expect(answer.status < 300, what)
                        }
                    }
                }
            }
        }
    }

    private static let gallery =
        "/subscriptions/\(LocalStack.subscription)/resourceGroups/shared/providers/Microsoft.Compute/galleries/scripts/"
        + "scripts/tidy/versions/1.0.2"
}

extension String {
    /// Without the line feeds at its end.
    fileprivate func trimmingSuffix() -> String {
        var text = self[...]
        while text.last?.isNewline == true { text = text.dropLast() }
        return String(text)
    }
}
