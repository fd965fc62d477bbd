import ARMModel
import ARMSimulator
import StrictJSON
import Testing

/// Whether a PATCH replaces an object inside `properties` or is merged with the stored one (RFC 7396) is not known of
/// Azure. Under both readings the machine must run what was judged.
@Suite struct UpdateReadingTests {
    struct Update: Sendable {
        var name: String
        /// `properties` as they are stored.
        var stored: String
        /// `properties` of the update.
        var change: String
        var version = "2025-04-01"
        /// A scale set whose rule lists the shell Powershell7, or one whose rule lists none.
        var listsShell = false
        /// Of the gateway's answer: where objects are replaced, and where they are merged.
        var statuses: (replacing: Int, merging: Int) = (200, 200)
        /// Where it is refused.
        var code = "InvalidParameter"

        func refused(_ status: Int, _ code: String) -> Update {
            var update = self
            update.statuses = (status, status)
            update.code = code
            return update
        }
    }

    private static let clientID = "22d35efb-0c99-4041-8c5b-6d24db33a69a"
    private static let hello = LocalStack.quoted(LocalStack.helloScript)
    private static let shelled = #""source":{"script":\#(hello),"scriptShell":"Powershell7"}"#
    private static let plain = #""source":{"script":\#(hello)}"#
    private static let blob = #""outputBlobUri":"https://logs.blob.core.windows.net/run/out""#

    private static let updates = [
        Update(name: "shell stored, none named", stored: shelled, change: plain)
            .refused(403, "RequestDisallowedByPolicy"),
        Update(name: "shell stored and listed, none named", stored: shelled, change: plain, listsShell: true),
        Update(
            name: "shell stored, in a version that cannot name it", stored: shelled, change: plain,
            version: "2023-09-01", listsShell: true
        ).refused(400, "InvalidParameter"),
        Update(name: "shell named", stored: plain, change: shelled, listsShell: true),
        Update(
            name: "another shell named", stored: #""source":{"script":"old","scriptShell":"Default"}"#, change: shelled,
            listsShell: true),
        Update(name: "no source named, shell stored", stored: shelled, change: #""runAsUser":"svc""#, listsShell: true),
        Update(name: "text over text", stored: #""source":{"script":"echo old"}"#, change: plain),
        Update(
            name: "built-in over built-in", stored: #""source":{"commandId":"IPConfig"}"#,
            change: #""source":{"commandId":"ifconfig"},"parameters":[]"#),
        Update(name: "text over built-in", stored: #""source":{"commandId":"ifconfig"}"#, change: plain)
            .refused(400, "InvalidParameter"),
        Update(
            name: "built-in over text", stored: plain, change: #""source":{"commandId":"ifconfig"},"parameters":[]"#
        ).refused(400, "InvalidParameter"),
        Update(
            name: "text over address",
            stored: #""source":{"scriptUri":"https://h.example/s","scriptUriManagedIdentity":{}}"#, change: plain
        ).refused(400, "InvalidParameter"),
        Update(
            name: "nothing for an identity",
            stored: plain + "," + blob
                + #","outputBlobManagedIdentity":{"clientId":"4231e4d2-33e4-4e23-96b2-17888afa6072"}"#,
            change: #""outputBlobManagedIdentity":{}"#
        ).refused(400, "InvalidParameter"),
        Update(
            name: "one identity for another",
            stored: plain + "," + blob
                + #","outputBlobManagedIdentity":{"clientId":"4231e4d2-33e4-4e23-96b2-17888afa6072"}"#,
            change: #""outputBlobManagedIdentity":{"clientId":"\#(clientID)"}"#),
        // Both together are refused by the service.
        Update(
            name: "client id over object id",
            stored: plain + "," + blob
                + #","outputBlobManagedIdentity":{"objectId":"4231e4d2-33e4-4e23-96b2-17888afa6072"}"#,
            change: #""outputBlobManagedIdentity":{"clientId":"\#(clientID)"}"#, statuses: (200, 400)),
        Update(
            name: "lists and scalars",
            stored: plain
                + #","parameters":[{"name":"word","value":"1"}],"runAsUser":"svc","timeoutInSeconds":60,"asyncExecution":true"#,
            change: #""parameters":[]"#),
    ]

    private static func rule(_ scaleSet: String, _ more: String = "") -> String {
        """
          - id: \(scaleSet)
            effect: allow
            principals: [user:\(LocalStack.operatorID)]
            operations: [update]
            targets:
              - {subscription: \(LocalStack.subscription), resourceGroup: "rg-*", scaleSet: \(scaleSet), instance: "*"}
            commands: [{script: hello}, {builtIn: ifconfig}]
            storedSecrets: true
            runAs: [default, svc]
            managedIdentities: [system, \(clientID)]
            outputBlobs: ["https://logs.blob.core.windows.net/run/*"]
        \(more)
        """
    }

    @Test(arguments: [false, true])
    func whatRunsIsWhatWasJudged(isMerging: Bool) async throws {
        var options = LocalStack.Options()
        options.rules =
            "rules:\n" + Self.rule("web") + "\n" + Self.rule("shelled", "    scriptShells: [Powershell7]")
        options.simulator = {
            $0.isInstant = true
            $0.mergesRecursively = isMerging
        }
        try await LocalStack.withRunning(options) { stack in
            let token = try stack.token()
            for (index, update) in Self.updates.enumerated() {
                func target(_ version: String) -> String {
                    let target = LocalStack.instance("command-\(index)", version: version)
                    return update.listsShell ? target.replacing("/web/", with: "/shelled/") : target
                }
                let put = try await stack.atSimulator(
                    "PUT", target("2025-04-01"), body: #"{"location":"eastus","properties":{\#(update.stored)}}"#)
                #expect(put.status == 201, "\(update.name): \(put.text)")
                let answer = try await stack.call(
                    "PATCH", target(update.version), body: #"{"properties":{\#(update.change)}}"#, token: token)
                let expected = isMerging ? update.statuses.merging : update.statuses.replacing
                #expect(answer.status == expected, "\(update.name): \(answer.text)")
                let after = try await stack.atSimulator("GET", target("2025-04-01"))
                guard answer.status == 200 else {
                    #expect(answer.code == update.code, "\(update.name)")
                    continue
                }
                let stored = try #require(after.json?["properties"])
                let decision = try #require(try stack.rows(of: answer).last { $0.event == "decision" })
                let judged = try #require(decision.row["command"])
                let source = stored["source"]
                #expect(
                    source?["script"]?.string.map { ScriptText($0).digest } == judged["scriptSHA256"]?.string,
                    "\(update.name)")
                #expect(source?["commandId"]?.string == judged["commandId"]?.string, "\(update.name)")
                #expect(source?["scriptShell"]?.string == judged["scriptShell"]?.string, "\(update.name)")
                #expect(source?["scriptUri"] == nil, "\(update.name)")
                #expect(stored["runAsUser"]?.string == judged["runAsUser"]?.string, "\(update.name)")
                #expect(
                    (stored["parameters"]?.array ?? []).count == (judged["parameters"]?.array ?? []).count,
                    "\(update.name)")
                if let identity = stored["outputBlobManagedIdentity"] {
                    #expect(identity["clientId"]?.string == Self.clientID, "\(update.name)")
                    #expect(identity["objectId"] == nil, "\(update.name)")
                }
            }
            // What was refused by the gateway never reached ARM.
            let sent = Self.updates.count { $0.statuses.replacing == 200 }
            #expect(await stack.received("/runCommands/", method: "PATCH") == sent)
        }
    }
}
