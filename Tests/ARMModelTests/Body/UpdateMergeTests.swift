import ARMModel
import GatewayTestSupport
import Redaction
import Testing

@Suite struct UpdateMergeTests {
    /// A stored command as a GET shows it, every visible field set.
    static let storedAnswer = """
        {"properties":{"source":{"script":"stored","scriptShell":"Powershell7"},
        "parameters":[{"name":"a","value":"1"},{"name":"b","value":"2"}],"runAsUser":"svc","timeoutInSeconds":600,
        "asyncExecution":true,"treatFailureAsDeploymentFailure":true,
        "outputBlobUri":"https://h/o","errorBlobUri":"https://h/e"}}
        """

    private func merged(_ properties: String) throws -> [String: String] {
        let stored = try #require(StoredCommand(json(Self.storedAnswer)))
        let update = try ManagedUpdate(json(#"{"properties":{\#(properties)}}"#), version: .newest)
        return fields(of: update.applied(to: stored.command))
    }

    private func stored() throws -> [String: String] {
        fields(of: try #require(StoredCommand(json(Self.storedAnswer))).command)
    }

    /// What changes, and nothing else does.
    @Test(arguments: [
        ("", [:]),
        (
            #""source":{"script":"new"}"#,
            ["source": "is inline - \(ScriptText("new").digest) new"]
        ),
        (#""source":{"commandId":"a"}"#, ["source": "is built-in a"]), (#""source":{}"#, ["source": "none"]),
        (
            #""source":{"script":"new","scriptShell":"Default"}"#,
            ["source": "is inline - \(ScriptText("new").digest) new", "scriptShell": "is Default"]
        ),
        (#""source":{"scriptShell":"Default"}"#, ["source": "none", "scriptShell": "is Default"]),
        (#""parameters":[{"name":"b","value":"3"}]"#, ["parameters": "is b=3"]),
        (#""parameters":[]"#, ["parameters": "is "]),
        (#""protectedParameters":[{"name":"b","value":"3"}]"#, ["protectedParameters": "is b=3"]),
        (#""runAsUser":"other""#, ["runAsUser": "is other"]), (#""runAsPassword":"p""#, ["runAsPassword": "is p"]),
        (#""timeoutInSeconds":1"#, ["timeoutSeconds": "is 1"]),
        (#""asyncExecution":false"#, ["asyncExecution": "is false"]),
        (#""treatFailureAsDeploymentFailure":false"#, ["treatFailureAsDeploymentFailure": "is false"]),
        (#""outputBlobUri":"https://h/n?q""#, ["outputBlob": "is false https://h/n is ?q"]),
        (#""errorBlobUri":"https://h/n""#, ["errorBlob": "is false https://h/n none"]),
        (
            #""outputBlobManagedIdentity":{"clientId":"\#(ManagedUpdateTests.guid)"}"#,
            ["outputBlobIdentity": "is clientID(\"\(ManagedUpdateTests.guid)\")"]
        ),
        (
            #""errorBlobManagedIdentity":{"objectId":"\#(ManagedUpdateTests.guid)"}"#,
            ["errorBlobIdentity": "is objectID(\"\(ManagedUpdateTests.guid)\")"]
        ),
    ])
    func changesWhatIsNamed(_ properties: String, _ changes: [String: String]) throws {
        let expected = try self.stored().merging(changes) { $1 }
        #expect(try self.merged(properties) == expected)
    }

    @Test func whatAGETHidesStaysUnknown() throws {
        let merged = try self.merged("")
        for field in ["protectedParameters", "runAsPassword", "outputBlobIdentity", "errorBlobIdentity"] {
            #expect(merged[field] == "unknown")
        }
        #expect(merged["outputBlob"] == "is false https://h/o unknown")
        #expect(merged["errorBlob"] == "is false https://h/e unknown")
    }
}
