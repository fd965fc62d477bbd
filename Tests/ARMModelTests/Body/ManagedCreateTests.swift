import ARMModel
import GatewayTestSupport
import Redaction
import StrictJSON
import Testing

@Suite struct ManagedCreateTests {
    private func read(_ text: String, _ version: APIVersion = .newest) throws -> ManagedCreate {
        try ManagedCreate(json(text), version: version)
    }

    /// A creation says everything: what it does not name is known not to be there.
    @Test(arguments: [#"{"location":"westus"}"#, #"{"location":"westus","properties":{}}"#])
    func whatIsNotSentIsNotThere(_ text: String) throws {
        let create = try self.read(text)
        #expect(fields(of: create.command) == fields(of: Command(source: nil)))
        #expect(fields(of: create.command).values.allSatisfy { $0 == "none" || $0 == "is " })
        #expect(create.tags == nil && create.readOnlyMembers.isEmpty)
    }

    @Test func propertiesAreReadAsThoseOfAnUpdate() throws {
        let properties = """
            {"source":{"script":"id","scriptShell":"Default"},"parameters":[{"name":"a","value":"1"}],\
            "protectedParameters":[{"name":"b","value":"2"}],"asyncExecution":true,"runAsUser":"u",\
            "runAsPassword":"p","timeoutInSeconds":5,"outputBlobUri":"https://h/o?x","errorBlobUri":"https://h/e",\
            "outputBlobManagedIdentity":{"objectId":"\(ManagedUpdateTests.guid)"},\
            "errorBlobManagedIdentity":{"clientId":"\(ManagedUpdateTests.guid)"},\
            "treatFailureAsDeploymentFailure":true}
            """
        let create = try self.read(#"{"location":"westus","properties":\#(properties)}"#)
        let update = try ManagedUpdate(json(#"{"properties":\#(properties)}"#), version: .newest)
        #expect(fields(of: create.command) == fields(of: update.applied(to: .unread)))
        #expect(!fields(of: create.command).values.contains("unknown"))
    }

    /// Nothing stored is kept, so an identity without an id is the machine's own.
    @Test func anEmptyIdentityIsTheMachinesOwn() throws {
        let create = try self.read(
            """
            {"location":"westus","properties":{"outputBlobManagedIdentity":{},"errorBlobManagedIdentity":{},
            "source":{"scriptUri":"https://h/x","scriptUriManagedIdentity":{}}}}
            """)
        let read = fields(of: create.command)
        #expect(read["outputBlobIdentity"] == "is system")
        #expect(read["errorBlobIdentity"] == "is system")
        #expect(read["source"] == "is address false https://h/x none is system")
    }

    @Test(arguments: [
        ("westus", "westus"), ("West US", "westus"), ("EASTUS2", "eastus2"), (" West  US 2 ", "westus2"),
        ("AustraliaEast", "australiaeast"), ("aa", "aa"), (String(repeating: "a", count: 32), nil),
    ])
    func locationsHaveAShortForm(_ given: String, _ expected: String?) throws {
        #expect(try self.read(#"{"location":"\#(given)"}"#).location == expected ?? given)
    }

    @Test(arguments: [
        "", " ", "a", "west-us", "west_us", "west.us", "west/us", "west\\u0009us", "west\\u00a0us", "west\\u0000us",
        "w\u{131}stus", "we\u{17F}tus", "\u{212A}oreacentral", "\u{FF57}estus", "westu\u{301}s", "[location]",
        String(repeating: "a", count: 33), "a" + String(repeating: " ", count: 63) + "b", "global\\n",
    ])
    func otherLocationsAreRefused(_ given: String) {
        let error = refusal { _ = try self.read(#"{"location":"\#(given)"}"#) }
        #expect(error?.code == .invalidParameter)
        #expect(error?.target == "$.location")
    }

    @Test func readOnlyMembersAreNamed() throws {
        let create = try self.read(
            """
            {"id":"/x","name":"n","type":"t","location":"westus","systemData":{"createdBy":"a","createdByType":"User",
            "createdAt":"2024-01-01T00:00:00Z","lastModifiedBy":"b","lastModifiedByType":"User","lastModifiedAt":"x"},
            "properties":{"provisioningState":"Succeeded","instanceView":{"exitCode":0}}}
            """)
        #expect(
            create.readOnlyMembers == [
                "id", "name", "type", "systemData", "properties.provisioningState", "properties.instanceView",
            ])
        #expect(fields(of: create.command) == fields(of: Command(source: nil)))
    }

    @Test(arguments: [
        BadBody("[]", "$", at: "[]"), BadBody("{}", "$.location"),
        BadBody(#"{"properties":{"source":{"script":"CANARY"}}}"#, "$.location"),
        BadBody(#"{"location":null}"#, "$.location", at: "null"), BadBody(#"{"location":7}"#, "$.location", at: "7"),
        BadBody(#"{"location":["CANARY"]}"#, "$.location", at: "["),
        BadBody(#"{"location":{"a":"CANARY"}}"#, "$.location", at: #"{"a""#),
        BadBody(#"{"Location":"CANARY"}"#, "$", at: #""Location""#),
        BadBody("{\"locat\u{131}on\":\"CANARY\"}", "$", at: "\"locat"),
        BadBody(#"{"location":"westus","ID":"CANARY"}"#, "$", at: #""ID""#),
        BadBody(#"{"location":"westus","id":7}"#, "$.id", at: "7"),
        BadBody(#"{"location":"westus","id":null}"#, "$.id", at: "null"),
        BadBody(#"{"location":"westus","name":{}}"#, "$.name", at: "{}"),
        BadBody(#"{"location":"westus","type":true}"#, "$.type", at: "true"),
        BadBody(#"{"location":"westus","systemData":"CANARY"}"#, "$.systemData", at: #""CANARY""#),
        BadBody(#"{"location":"westus","systemData":null}"#, "$.systemData", at: "null"),
        BadBody(#"{"location":"westus","systemData":{"createdBy":1}}"#, "$.systemData", at: #"{"createdBy""#),
        BadBody(#"{"location":"westus","systemData":{"CreatedBy":"x"}}"#, "$.systemData", at: #"{"CreatedBy""#),
        BadBody(#"{"location":"westus","systemData":{"CANARY":"x"}}"#, "$.systemData", at: #"{"CANARY""#),
        BadBody(#"{"location":"westus","tags":{"$ref":"CANARY"}}"#, "$.tags", .invalidParameter),
        BadBody(#"{"location":"westus","tags":["CANARY"]}"#, "$.tags", at: "["),
        BadBody(#"{"location":"westus","properties":null}"#, "$.properties", at: "null"),
        BadBody(#"{"location":"westus","properties":{"runAsUser":null}}"#, "$.properties.runAsUser", at: "null"),
        BadBody(
            #"{"location":"westus","properties":{"source":{"script":"a","commandId":"b"}}}"#, "$.properties.source",
            .conflictingProperties),
        BadBody(#"{"location":"westus","identity":{"CANARY":1}}"#, "$", at: #""identity""#),
        BadBody(#"{"location":"westus","zones":[]}"#, "$", at: #""zones""#),
    ])
    func refuses(_ body: BadBody) { body.check(refusal { _ = try self.read(body.text) }) }

    @Test func systemDataHasItsVersion() {
        for version in APIVersion.every where version >= .v2020_06_01 {
            let error = refusal {
                _ = try self.read(#"{"location":"westus","systemData":{"createdBy":"x"}}"#, version)
            }
            #expect((error == nil) == (version.text >= "2024-11-01"))
            #expect(error == nil || error?.target == "$.systemData")
        }
        for version in APIVersion.every where version < .v2020_06_01 {
            #expect(refusal { _ = try self.read(#"{"location":"westus"}"#, version) }?.code == .invalidRequestContent)
        }
    }

    @Test(arguments: [
        #"{"location":"westus","Location":"eastus"}"#, "{\"location\":\"westus\",\"locat\u{130}on\":\"eastus\"}",
        #"{"location":"westus","id":"a","ID":"b"}"#,
        #"{"location":"westus","systemData":{"createdAt":"a","CreatedAt":"b"}}"#,
        "{\"location\":\"westus\",\"tags\":{\"k\":\"1\",\"\u{212A}\":\"2\"}}",
        "{\"location\":\"westus\",\"properties\":{\"ta\u{17F}k\":\"1\",\"task\":\"2\"}}",
    ])
    func repetitionsDoNotReachTheModel(_ text: String) {
        #expect { try self.read(text) } throws: { ($0 as? JSONError)?.reason == .repeatedName }
    }

    @Test func nothingOfACreationShowsItsSecrets() throws {
        let create = try self.read(
            """
            {"location":"westus","properties":{"runAsPassword":"CANARY1",
            "protectedParameters":[{"name":"n","value":"CANARY2"}],"outputBlobUri":"https://CANARY3@h/o?CANARY4",
            "source":{"scriptUri":"https://h/s?CANARY5"}}}
            """)
        var dumped = ""
        dump(create, to: &dumped)
        dump(create.command, to: &dumped)
        #expect(!(dumped + "\(create)" + String(reflecting: create.command)).contains("CANARY"))
        #expect(create.command.secrets.map(revealed).contains("CANARY2"))
    }
}
