import ARMModel
import GatewayTestSupport
import Redaction
import StrictJSON
import Testing

@Suite struct ManagedUpdateTests {
    static let guid = "22d35efb-0c99-4041-8c5b-6d24db33a69a"
    static let gallery =
        "/subscriptions/\(guid)/resourceGroups/Rg/providers/Microsoft.Compute/galleries/G/scripts/s/versions/1.0.2"

    private func read(_ text: String, _ version: APIVersion = .newest) throws -> ManagedUpdate {
        try ManagedUpdate(json(text), version: version)
    }

    /// Reads `{"properties":{…}}`.
    private func fields(_ properties: String) throws -> [String: String] {
        GatewayTestSupport.fields(of: try self.read(#"{"properties":{\#(properties)}}"#).applied(to: .unread))
            .filter { $0.value != "unknown" }
    }

    private static let digest = ScriptText("id").digest

    @Test(arguments: [
        (#""source":{"script":"id\r\n"}"#, ["source": "is inline - \(digest) id"]),
        (#""source":{}"#, ["source": "none"]),
        (#""source":{"script":""}"#, ["source": "is inline - \(ScriptText("").digest) "]),
        (#""source":{"commandId":"IPConfig"}"#, ["source": "is built-in IPConfig"]),
        (
            #""source":{"galleryScriptReferenceId":"\#(gallery)","scriptShell":"Powershell7"}"#,
            ["source": "is gallery \(gallery)", "scriptShell": "is Powershell7"]
        ),
        (
            #""source":{"scriptUri":"https://h/x?sig=1"}"#,
            ["source": "is address false https://h/x is ?sig=1 none"]
        ),
        (
            #""source":{"scriptUri":"https://h/x","scriptUriManagedIdentity":{"clientId":"\#(guid)"}}"#,
            ["source": "is address false https://h/x none is clientID(\"\(guid)\")"]
        ),
        (
            #""source":{"scriptUri":"https://h/x","scriptUriManagedIdentity":{"objectId":"\#(guid)"}}"#,
            ["source": "is address false https://h/x none is objectID(\"\(guid)\")"]
        ),
        (#""parameters":[{"name":"a","value":"b"}]"#, ["parameters": "is a=b"]),
        (#""parameters":[]"#, ["parameters": "is "]),
        (#""protectedParameters":[{"name":"a","value":"b"}]"#, ["protectedParameters": "is a=b"]),
        (#""protectedParameters":[]"#, ["protectedParameters": "is "]),
        (#""asyncExecution":true"#, ["asyncExecution": "is true"]),
        (#""asyncExecution":false"#, ["asyncExecution": "is false"]), (#""runAsUser":"u""#, ["runAsUser": "is u"]),
        (#""runAsUser":"""#, ["runAsUser": "is "]), (#""runAsPassword":"p""#, ["runAsPassword": "is p"]),
        (#""timeoutInSeconds":60"#, ["timeoutSeconds": "is 60"]),
        (#""timeoutInSeconds":-1"#, ["timeoutSeconds": "is -1"]),
        (#""timeoutInSeconds":2147483647"#, ["timeoutSeconds": "is 2147483647"]),
        (#""outputBlobUri":"https://h/o?a""#, ["outputBlob": "is false https://h/o is ?a"]),
        (#""errorBlobUri":"https://h/e#f""#, ["errorBlob": "is false https://h/e is #f"]),
        (#""outputBlobManagedIdentity":{"clientId":"\#(guid)"}"#, ["outputBlobIdentity": "is clientID(\"\(guid)\")"]),
        (#""errorBlobManagedIdentity":{"objectId":"\#(guid)"}"#, ["errorBlobIdentity": "is objectID(\"\(guid)\")"]),
        (#""treatFailureAsDeploymentFailure":true"#, ["treatFailureAsDeploymentFailure": "is true"]),
        (#""provisioningState":"Succeeded""#, [:]), (#""instanceView":{"output":"x","exitCode":0}"#, [:]), ("", [:]),
    ])
    func readsEachMemberIntoItsField(_ properties: String, _ expected: [String: String]) throws {
        #expect(try self.fields(properties) == expected)
    }

    @Test func whatIsNotSentStaysUnknown() throws {
        for text in ["{}", #"{"properties":{}}"#, #"{"tags":{}}"#] {
            let update = try self.read(text)
            #expect(GatewayTestSupport.fields(of: update.applied(to: .unread)).values.allSatisfy { $0 == "unknown" })
            #expect(update.readOnlyMembers.isEmpty)
        }
    }

    @Test func tags() throws {
        #expect(try self.read("{}").tags == nil)
        #expect(try self.read(#"{"tags":{}}"#).tags?.isEmpty == true)
        let tags = try self.read(#"{"tags":{"b":"1","a":""}}"#).tags ?? []
        #expect(tags.map(\.name) == ["b", "a"])
        #expect(tags.map(\.value) == ["1", ""])
    }

    @Test func readOnlyMembersAreNamed() throws {
        let update = try self.read(
            """
            {"properties":{"instanceView":{"executionState":"Running","executionMessage":"m","exitCode":-1,"output":"o",
            "error":"e","startTime":"s","endTime":"e","statuses":[{"code":"c","level":"Info","displayStatus":"d",
            "message":"m","time":"t"},{}]},"provisioningState":"x"}}
            """)
        #expect(update.readOnlyMembers == ["properties.provisioningState", "properties.instanceView"])
    }

    @Test(arguments: [
        BadBody("[]", "$", at: "[]"), BadBody(#""CANARY""#, "$", at: #""CANARY""#),
        BadBody(#"{"location":"CANARY"}"#, "$", at: #""location""#), BadBody(#"{"id":"CANARY"}"#, "$", at: #""id""#),
        BadBody(#"{"Properties":{"runAsPassword":"CANARY"}}"#, "$", at: #""Properties""#),
        BadBody(#"{"properties":null}"#, "$.properties", at: "null"),
        BadBody(#"{"properties":"CANARY"}"#, "$.properties", at: #""CANARY""#),
        BadBody(#"{"properties.source":{}}"#, "$", at: #""properties.source""#),
        BadBody(#"{"tags":null}"#, "$.tags", at: "null"), BadBody(#"{"tags":["CANARY"]}"#, "$.tags", at: "["),
        BadBody(#"{"tags":{"CANARY":1}}"#, "$.tags", at: "1"),
        BadBody(#"{"tags":{"CANARY":null}}"#, "$.tags", at: "null"),
        BadBody(#"{"tags":{"a":"CANARY","$TYPE":"CANARY"}}"#, "$.tags", .invalidParameter),
        BadBody("{\"tags\":{\"$\u{131}d\":\"CANARY\"}}", "$.tags", .invalidParameter),
        // Members of properties.
        BadBody(#"{"properties":{"CANARY":"CANARY"}}"#, "$.properties", at: #""CANARY""#),
        BadBody(#"{"properties":{"RunAsPassword":"CANARY"}}"#, "$.properties", at: #""RunAsPassword""#),
        BadBody(#"{"properties":{"runaspassword":"CANARY"}}"#, "$.properties", at: #""runaspassword""#),
        BadBody(#"{"properties":{"runAsPassword":7}}"#, "$.properties.runAsPassword", at: "7"),
        BadBody(#"{"properties":{"runAsPassword":["CANARY"]}}"#, "$.properties.runAsPassword", at: "["),
        BadBody(#"{"properties":{"runAsPassword":null}}"#, "$.properties.runAsPassword", at: "null"),
        BadBody(#"{"properties":{"runAsUser":null}}"#, "$.properties.runAsUser", at: "null"),
        BadBody(#"{"properties":{"runAsUser":{"a":"CANARY"}}}"#, "$.properties.runAsUser", at: #"{"a""#),
        BadBody(#"{"properties":{"asyncExecution":"true"}}"#, "$.properties.asyncExecution", at: #""true""#),
        BadBody(#"{"properties":{"asyncExecution":1}}"#, "$.properties.asyncExecution", at: "1"),
        BadBody(#"{"properties":{"asyncExecution":null}}"#, "$.properties.asyncExecution", at: "null"),
        BadBody(
            #"{"properties":{"treatFailureAsDeploymentFailure":"CANARY"}}"#,
            "$.properties.treatFailureAsDeploymentFailure", at: #""CANARY""#),
        BadBody(#"{"properties":{"timeoutInSeconds":"60"}}"#, "$.properties.timeoutInSeconds", at: #""60""#),
        BadBody(#"{"properties":{"timeoutInSeconds":60.0}}"#, "$.properties.timeoutInSeconds", at: "60"),
        BadBody(#"{"properties":{"timeoutInSeconds":6e1}}"#, "$.properties.timeoutInSeconds", at: "6e1"),
        BadBody(#"{"properties":{"timeoutInSeconds":2147483648}}"#, "$.properties.timeoutInSeconds", at: "2147483648"),
        BadBody(
            #"{"properties":{"timeoutInSeconds":-2147483649}}"#, "$.properties.timeoutInSeconds", at: "-2147483649"),
        BadBody(
            #"{"properties":{"timeoutInSeconds":99999999999999999999}}"#, "$.properties.timeoutInSeconds",
            at: "99999999999999999999"),
        BadBody(#"{"properties":{"timeoutInSeconds":null}}"#, "$.properties.timeoutInSeconds", at: "null"),
        BadBody(#"{"properties":{"parameters":null}}"#, "$.properties.parameters", at: "null"),
        BadBody(#"{"properties":{"parameters":{"a":"CANARY"}}}"#, "$.properties.parameters", at: #"{"a""#),
        BadBody(#"{"properties":{"protectedParameters":null}}"#, "$.properties.protectedParameters", at: "null"),
        BadBody(
            #"{"properties":{"protectedParameters":"CANARY"}}"#, "$.properties.protectedParameters", at: #""CANARY""#),
        BadBody(
            #"{"properties":{"protectedParameters":[{"name":"n","val":"CANARY"}]}}"#,
            "$.properties.protectedParameters[0]", at: #"{"name""#),
        BadBody(
            #"{"properties":{"protectedParameters":[{"name":"n","value":["CANARY"]}]}}"#,
            "$.properties.protectedParameters[0].value", at: #"["CANARY""#),
        BadBody(
            #"{"properties":{"protectedParameters":[{"name":"CANARY","value":"CANARY","x":1}]}}"#,
            "$.properties.protectedParameters[0]", at: #"{"name""#),
        // The source.
        BadBody(#"{"properties":{"source":null}}"#, "$.properties.source", at: "null"),
        BadBody(#"{"properties":{"source":"CANARY"}}"#, "$.properties.source", at: #""CANARY""#),
        BadBody(#"{"properties":{"source":[{"script":"CANARY"}]}}"#, "$.properties.source", at: "["),
        BadBody(#"{"properties":{"source":{"script":["CANARY"]}}}"#, "$.properties.source.script", at: "["),
        BadBody(#"{"properties":{"source":{"script":null}}}"#, "$.properties.source.script", at: "null"),
        BadBody(#"{"properties":{"source":{"Script":"CANARY"}}}"#, "$.properties.source", at: #""Script""#),
        BadBody(#"{"properties":{"source":{"artifacts":["CANARY"]}}}"#, "$.properties.source", at: #""artifacts""#),
        BadBody(#"{"properties":{"installAsService":true}}"#, "$.properties", at: #""installAsService""#),
        BadBody(#"{"properties":{"source":{"commandId":7}}}"#, "$.properties.source.commandId", at: "7"),
        BadBody(
            #"{"properties":{"source":{"commandId":"CANARY x"}}}"#, "$.properties.source.commandId", .invalidParameter),
        BadBody(#"{"properties":{"source":{"scriptShell":true}}}"#, "$.properties.source.scriptShell", at: "true"),
        BadBody(
            #"{"properties":{"source":{"galleryScriptReferenceId":{}}}}"#,
            "$.properties.source.galleryScriptReferenceId",
            at: "{}"),
        BadBody(
            #"{"properties":{"source":{"galleryScriptReferenceId":"CANARY"}}}"#,
            "$.properties.source.galleryScriptReferenceId", .invalidParameter),
        BadBody(#"{"properties":{"source":{"scriptUri":7}}}"#, "$.properties.source.scriptUri", at: "7"),
        BadBody(
            #"{"properties":{"source":{"scriptUri":"CANARY"}}}"#, "$.properties.source.scriptUri", .invalidParameter),
        BadBody(#"{"properties":{"source":{"scriptUri":""}}}"#, "$.properties.source.scriptUri", .invalidParameter),
        BadBody(#"{"properties":{"outputBlobUri":"//h/CANARY"}}"#, "$.properties.outputBlobUri", .invalidParameter),
        BadBody(
            #"{"properties":{"errorBlobUri":"https://h/é?CANARY"}}"#, "$.properties.errorBlobUri", .invalidParameter),
        BadBody(#"{"properties":{"errorBlobUri":null}}"#, "$.properties.errorBlobUri", at: "null"),
        // Two sources, in every pair.
        BadBody(
            #"{"properties":{"source":{"script":"CANARY","scriptUri":"https://h/CANARY"}}}"#, "$.properties.source",
            .conflictingProperties),
        BadBody(
            #"{"properties":{"source":{"script":"","commandId":"a"}}}"#, "$.properties.source", .conflictingProperties),
        BadBody(
            #"{"properties":{"source":{"script":"a","galleryScriptReferenceId":"CANARY"}}}"#, "$.properties.source",
            .conflictingProperties),
        BadBody(
            #"{"properties":{"source":{"scriptUri":"https://h/x","commandId":"a"}}}"#, "$.properties.source",
            .conflictingProperties),
        BadBody(
            #"{"properties":{"source":{"commandId":"a","galleryScriptReferenceId":""}}}"#, "$.properties.source",
            .conflictingProperties),
        BadBody(
            #"{"properties":{"source":{"scriptUri":"https://h/x","galleryScriptReferenceId":"a"}}}"#,
            "$.properties.source", .conflictingProperties),
        // Identities.
        BadBody(
            #"{"properties":{"source":{"script":"a","scriptUriManagedIdentity":{}}}}"#,
            "$.properties.source.scriptUriManagedIdentity", .invalidParameter),
        BadBody(
            #"{"properties":{"outputBlobManagedIdentity":null}}"#, "$.properties.outputBlobManagedIdentity", at: "null"),
        BadBody(
            #"{"properties":{"outputBlobManagedIdentity":"CANARY"}}"#, "$.properties.outputBlobManagedIdentity",
            at: #""CANARY""#),
        BadBody(
            #"{"properties":{"outputBlobManagedIdentity":{"clientID":"CANARY"}}}"#,
            "$.properties.outputBlobManagedIdentity", at: #""clientID""#),
        BadBody(
            #"{"properties":{"errorBlobManagedIdentity":{"clientId":null}}}"#,
            "$.properties.errorBlobManagedIdentity.clientId", at: "null"),
        BadBody(
            #"{"properties":{"errorBlobManagedIdentity":{"objectId":7}}}"#,
            "$.properties.errorBlobManagedIdentity.objectId", at: "7"),
        BadBody(
            #"{"properties":{"errorBlobManagedIdentity":{"objectId":"CANARY"}}}"#,
            "$.properties.errorBlobManagedIdentity", .invalidParameter),
        BadBody(
            #"{"properties":{"outputBlobManagedIdentity":{}}}"#, "$.properties.outputBlobManagedIdentity",
            .invalidParameter),
        BadBody(
            #"{"properties":{"errorBlobManagedIdentity":{}}}"#, "$.properties.errorBlobManagedIdentity",
            .invalidParameter),
        BadBody(
            #"{"properties":{"source":{"scriptUri":"https://h/x","scriptUriManagedIdentity":{}}}}"#,
            "$.properties.source.scriptUriManagedIdentity", .invalidParameter),
        BadBody(
            #"{"properties":{"errorBlobManagedIdentity":{"clientId":"\#(guid)","objectId":"\#(guid)"}}}"#,
            "$.properties.errorBlobManagedIdentity", .conflictingProperties),
        // Read-only members are looked at all the same.
        BadBody(#"{"properties":{"provisioningState":7}}"#, "$.properties.provisioningState", at: "7"),
        BadBody(#"{"properties":{"provisioningState":null}}"#, "$.properties.provisioningState", at: "null"),
        BadBody(#"{"properties":{"instanceView":"CANARY"}}"#, "$.properties.instanceView", at: #""CANARY""#),
        BadBody(#"{"properties":{"instanceView":{"CANARY":1}}}"#, "$.properties.instanceView", at: #"{"CANARY""#),
        BadBody(
            #"{"properties":{"instanceView":{"Output":"CANARY"}}}"#, "$.properties.instanceView", at: #"{"Output""#),
        BadBody(#"{"properties":{"instanceView":{"exitCode":"0"}}}"#, "$.properties.instanceView", at: #"{"exitCode""#),
        BadBody(#"{"properties":{"instanceView":{"output":null}}}"#, "$.properties.instanceView", at: #"{"output""#),
        BadBody(#"{"properties":{"instanceView":{"statuses":{}}}}"#, "$.properties.instanceView", at: #"{"statuses""#),
        BadBody(
            #"{"properties":{"instanceView":{"statuses":[{"CANARY":"x"}]}}}"#, "$.properties.instanceView",
            at: #"{"statuses""#),
    ])
    func refuses(_ body: BadBody) { body.check(refusal { _ = try self.read(body.text) }) }

    @Test(arguments: [
        (#"{"properties":{}}"#, "2020-06-01", "$.properties"), (#"{"tags":{}}"#, "2020-06-01", "$.tags"),
        (
            #"{"properties":{"treatFailureAsDeploymentFailure":false}}"#, "2023-03-01",
            "$.properties.treatFailureAsDeploymentFailure"
        ),
        (
            #"{"properties":{"outputBlobManagedIdentity":{"clientId":"\#(guid)"}}}"#, "2023-03-01",
            "$.properties.outputBlobManagedIdentity"
        ),
        (
            #"{"properties":{"errorBlobManagedIdentity":{"objectId":"\#(guid)"}}}"#, "2023-03-01",
            "$.properties.errorBlobManagedIdentity"
        ),
        (
            #"{"properties":{"source":{"scriptUri":"https://h/x","scriptUriManagedIdentity":{"clientId":"\#(guid)"}}}}"#,
            "2023-03-01", "$.properties.source.scriptUriManagedIdentity"
        ),
        (#"{"properties":{"source":{"scriptShell":"Default"}}}"#, "2025-04-01", "$.properties.source.scriptShell"),
        (
            #"{"properties":{"source":{"galleryScriptReferenceId":"\#(gallery)"}}}"#, "2025-04-01",
            "$.properties.source.galleryScriptReferenceId"
        ),
    ])
    func aMemberIsTakenFromItsVersionOn(_ text: String, _ since: String, _ target: String) throws {
        for version in APIVersion.every {
            let error = refusal { _ = try self.read(text, version) }
            if version.text >= since {
                #expect(error == nil)
            } else if version.text >= "2020-06-01" {
                #expect(error?.code == .invalidRequestContent)
                #expect(error?.target == target)
                #expect(error?.message.contains(since) == true)
                #expect(error?.offset != nil)
            } else {
                #expect(error?.code == .invalidRequestContent)
            }
        }
    }

    @Test(arguments: [
        #"{"properties":{"source":{"script":"a"},"Source":{"script":"b"}}}"#,
        #"{"properties":{"source":{"script":"a","script":"b"}}}"#, #"{"properties":{},"Properties":{}}"#,
        #"{"properties":{"runAsUser":"a","runasuser":"b"}}"#, #"{"tags":{"a":"1","A":"2"}}"#,
        "{\"properties\":{\"runAsUser\":\"a\",\"runA\u{17F}User\":\"b\"}}",
        "{\"properties\":{\"source\":{\"script\":\"a\",\"\\u0053cript\":\"b\"}}}",
        "{\"tags\":{\"key\":\"1\",\"\u{212A}ey\":\"2\"}}", "{\"tags\":{\"site\":\"1\",\"\u{17F}\u{131}te\":\"2\"}}",
        "{\"tags\":{\"i\":\"1\",\"\u{130}\":\"2\"}}",
        #"{"properties":{"parameters":[{"name":"a","value":"b","VALUE":"c"}]}}"#,
    ])
    func repetitionsDoNotReachTheModel(_ text: String) {
        #expect { try self.read(text) } throws: { ($0 as? JSONError)?.reason == .repeatedName }
    }

    @Test func nothingOfAnUpdateShowsItsSecrets() throws {
        let update = try self.read(
            """
            {"properties":{"runAsPassword":"CANARY1","protectedParameters":[{"name":"n","value":"CANARY2"}],
            "outputBlobUri":"https://CANARY3@h/o?CANARY4","errorBlobUri":"https://h/e#CANARY5",
            "source":{"scriptUri":"https://h/s?CANARY6"}}}
            """)
        var dumped = ""
        dump(update, to: &dumped)
        dump(update.applied(to: .unread), to: &dumped)
        let told = dumped + "\(update)" + String(reflecting: update) + "\(update.applied(to: .unread))"
        #expect(!told.contains("CANARY"))
    }
}
