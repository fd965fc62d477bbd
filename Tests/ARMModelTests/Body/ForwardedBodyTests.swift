import ARMModel
import GatewayTestSupport
import StrictJSON
import Testing

@Suite struct ForwardedBodyTests {
    private func forwarded(
        _ body: String, onto stored: String? = nil, timeout: Int? = nil, version: APIVersion = .newest
    ) throws -> JSONNode {
        let update = try ManagedUpdate(json(body), version: version)
        let base = try stored.map { try #require(StoredCommand(json($0))).command } ?? Command(source: nil)
        return try JSONReader.read(
            ForwardedBody.update(update, merged: update.applied(to: base), timeoutSeconds: timeout, version: version))
    }

    @Test(arguments: [
        (#"{"commandId":"ifconfig"}"#, #"{"commandId":"ifconfig","parameters":[]}"#),
        (#"{"script":["a","b\n"],"commandId":"R"}"#, #"{"commandId":"R","script":["a","b"],"parameters":[]}"#),
        (#"{"script":[],"commandId":"R"}"#, #"{"commandId":"R","script":[""],"parameters":[]}"#),
        (#"{"script":["a\nb\r\nc"],"commandId":"R"}"#, #"{"commandId":"R","script":["a","b\r","c"],"parameters":[]}"#),
        (
            #"{"parameters":[{"value":"\u0076\"","name":"n"}],"commandId":"R"}"#,
            #"{"commandId":"R","parameters":[{"name":"n","value":"v\""}]}"#
        ),
    ])
    func writesAnActionAfresh(_ received: String, _ expected: String) throws {
        let bytes = ForwardedBody.action(try ActionBody(json(received), version: .newest))
        #expect(String(decoding: bytes, as: UTF8.self) == expected)
    }

    @Test(arguments: [
        "{}", #"{"tags":{"a":"b"}}"#, #"{"properties":{}}"#,
        #"{"properties":{"parameters":[{"name":"a","value":"9"}]}}"#,
        #"{"properties":{"runAsPassword":"p"}}"#, #"{"properties":{"source":{"script":"new"}}}"#,
    ])
    func namesOutrightWhatWasJudged(_ body: String) throws {
        let sent = try self.forwarded(body, onto: UpdateMergeTests.storedAnswer)
        let properties = try #require(sent["properties"])
        let isNew = body.contains("new")
        #expect(properties["source"]?["script"]?.string == (isNew ? "new" : "stored"))
        #expect(properties["source"]?["scriptShell"]?.string == "Powershell7")
        #expect(
            properties["parameters"].map(text)
                == (body.contains("9")
                    ? #"[{"name":"a","value":"9"}]"# : #"[{"name":"a","value":"1"},{"name":"b","value":"2"}]"#))
        #expect(properties["runAsUser"]?.string == "svc")
        #expect(properties["timeoutInSeconds"]?.integer == 600)
        #expect(properties["asyncExecution"]?.bool == true)
        #expect(properties["treatFailureAsDeploymentFailure"]?.bool == true)
        // What a GET hides, and what takes no part, goes only as given.
        let given = body.contains("runAsPassword") ? ["runAsPassword"] : []
        #expect(
            Set(properties.members?.map(\.name) ?? [])
                == Set(
                    ["source", "parameters", "runAsUser", "timeoutInSeconds", "asyncExecution"]
                        + ["treatFailureAsDeploymentFailure"] + given))
        #expect(sent["tags"].map(text) == (body.contains("tags") ? #"{"a":"b"}"# : nil))
    }

    @Test func everythingGivenIsSent() throws {
        let guid = ManagedUpdateTests.guid
        let body = """
            {"properties":{"source":{"scriptUri":"https://h/s?sig=1","scriptUriManagedIdentity":{"clientId":"\(guid)"}},\
            "parameters":[{"name":"a","value":"1"}],"protectedParameters":[{"name":"b","value":"2"}],\
            "asyncExecution":true,"runAsUser":"u","runAsPassword":"p","timeoutInSeconds":5,\
            "outputBlobUri":"https://h/o?sig=2","errorBlobUri":"https://h/e#3",\
            "outputBlobManagedIdentity":{"objectId":"\(guid)"},"errorBlobManagedIdentity":{"clientId":"\(guid)"},\
            "treatFailureAsDeploymentFailure":true},"tags":{"t":"1"}}
            """
        #expect(text(try self.forwarded(body)) == body)
    }

    /// What might stay beside the new source, if ARM merges with the stored one, is never left to it.
    @Test(arguments: [
        (#"{"script":"a"}"#, #"{"script":"b"}"#, true), (#"{"commandId":"a"}"#, #"{"commandId":"b"}"#, true),
        (
            #"{"galleryScriptReferenceId":"\#(ManagedUpdateTests.gallery)"}"#,
            #"{"galleryScriptReferenceId":"\#(ManagedUpdateTests.gallery)"}"#, true
        ),
        (#"{"commandId":"a"}"#, #"{"script":"b"}"#, false), (#"{"script":"a"}"#, #"{"commandId":"b"}"#, false),
        (#"{"scriptUri":"https://h/s"}"#, #"{"script":"b"}"#, false),
        (#"{"script":"a"}"#, #"{"scriptUri":"https://h/s"}"#, false),
        (#"{"galleryScriptReferenceId":"\#(ManagedUpdateTests.gallery)"}"#, #"{"script":"b"}"#, false),
        (#"{"script":"b"}"#, #"{"galleryScriptReferenceId":"\#(ManagedUpdateTests.gallery)"}"#, false),
        // A stored identity is not shown.
        (#"{"scriptUri":"https://h/s"}"#, #"{"scriptUri":"https://h/t"}"#, false),
        (
            #"{"scriptUri":"https://h/s"}"#,
            #"{"scriptUri":"https://h/t","scriptUriManagedIdentity":{"clientId":"\#(ManagedUpdateTests.guid)"}}"#, true
        ),
        ("{}", #"{"script":"b"}"#, true), ("null", #"{"script":"b"}"#, true),
    ])
    func aSourceReplacesItsOwnKindOnly(_ stored: String, _ source: String, _ isTaken: Bool) throws {
        let error = refusal {
            _ = try self.forwarded(
                #"{"properties":{"source":\#(source)}}"#, onto: #"{"properties":{"source":\#(stored)}}"#)
        }
        #expect((error == nil) == isTaken)
        if !isTaken {
            #expect(error?.code == .invalidParameter)
            #expect(error?.target == "$.properties.source")
        }
    }

    @Test func aStoredShellIsNamedOrRefused() throws {
        let body = #"{"properties":{"source":{"script":"stored"}}}"#
        let sent = try self.forwarded(body, onto: UpdateMergeTests.storedAnswer)
        #expect(sent["properties"]?["source"].map(text) == #"{"script":"stored","scriptShell":"Powershell7"}"#)
        let error = refusal { _ = try self.forwarded(body, onto: UpdateMergeTests.storedAnswer, version: .v2024_11_01) }
        #expect(error?.code == .invalidParameter)
        #expect(error?.target == "$.properties.source.scriptShell")
    }

    // MARK: Creations

    private func created(
        _ body: String, timeout: Int? = nil, version: APIVersion = .newest,
        change: (inout Command) -> Void = { _ in }
    ) throws -> JSONNode {
        let create = try ManagedCreate(json(body), version: version)
        var command = create.command
        change(&command)
        return try JSONReader.read(
            ForwardedBody.create(create, command: command, timeoutSeconds: timeout, version: version))
    }

    @Test func everythingOfACreationIsSent() throws {
        let guid = ManagedUpdateTests.guid
        let body = """
            {"location":"westus","properties":{\
            "source":{"scriptUri":"https://h/s?sig=1","scriptUriManagedIdentity":{"clientId":"\(guid)"},\
            "scriptShell":"Default"},\
            "parameters":[{"name":"a","value":"1"}],"protectedParameters":[{"name":"b","value":"2"}],\
            "asyncExecution":true,"runAsUser":"u","runAsPassword":"p","timeoutInSeconds":5,\
            "outputBlobUri":"https://h/o?sig=2","errorBlobUri":"https://h/e#3",\
            "outputBlobManagedIdentity":{"objectId":"\(guid)"},"errorBlobManagedIdentity":{},\
            "treatFailureAsDeploymentFailure":true},"tags":{"t":"1"}}
            """
        #expect(text(try self.created(body)) == body)
    }

    @Test func aCreationIsWrittenAfresh() throws {
        let sent = try self.created(
            """
            {"systemData":{"createdBy":"CANARY"},"id":"CANARY","name":"CANARY","type":"CANARY","location":" West US 2",
            "properties":{"provisioningState":"CANARY","instanceView":{"output":"CANARY"},"source":{"script":"id\\n"}}}
            """, timeout: 600)
        #expect(
            text(sent) == """
                {"location":"westus2","properties":{"source":{"script":"id"},"parameters":[],"asyncExecution":false,\
                "timeoutInSeconds":600,"treatFailureAsDeploymentFailure":false}}
                """)
        let old = try self.created(
            #"{"location":"westus","properties":{"source":{"script":"id"}}}"#, version: .v2020_06_01)
        #expect(old["properties"]?["treatFailureAsDeploymentFailure"] == nil)
    }

    /// What was fetched and judged goes out as text; the machine fetches nothing.
    @Test func aFetchedScriptGoesOutInTheAddressesPlace() throws {
        let body = #"{"location":"westus","properties":{"source":{"scriptUri":"https://h/s?sig=CANARY"}}}"#
        let sent = try self.created(body) { command in
            command.fetchedFrom = WebAddress("https://h/s?sig=CANARY")
            command.source = .known(.inline(commandID: nil, script: ScriptText("echo fetched\n")))
        }
        #expect(sent["properties"]?["source"].map(text) == #"{"script":"echo fetched"}"#)
        #expect(!text(sent).contains("CANARY"))
    }

    @Test func theFetchedAddressesQueryIsASecret() throws {
        var command = Command(source: .inline(commandID: nil, script: ScriptText("x")))
        command.fetchedFrom = WebAddress("https://h/s?sp=r&sig=ab%3D")
        #expect(Set(command.secrets.map(revealed)) == ["sp=r&sig=ab%3D", "ab%3D", "ab="])
    }

    @Test func readOnlyMembersAreLeftOut() throws {
        let sent = try self.forwarded(
            #"{"properties":{"source":{"script":"a"},"instanceView":{"output":"CANARY"},"provisioningState":"CANARY"}}"#
        )
        #expect(!text(sent).contains("CANARY"))
        #expect(sent["properties"]?["instanceView"] == nil)
    }

    @Test func aRulesLimitIsWrittenIn() throws {
        let body = #"{"properties":{"source":{"script":"a"}}}"#
        #expect(try self.forwarded(body)["properties"]?["timeoutInSeconds"] == nil)
        #expect(try self.forwarded(body, timeout: 60)["properties"]?["timeoutInSeconds"]?.integer == 60)
        let onto = try self.forwarded(body, onto: UpdateMergeTests.storedAnswer, timeout: 60)
        #expect(onto["properties"]?["timeoutInSeconds"]?.integer == 60)
    }

    @Test(arguments: [
        (#"{"source":{"script":"a","scriptShell":"Powershell7"}}"#, "2025-04-01", "$.properties.source.scriptShell"),
        (#"{"source":{"galleryScriptReferenceId":"x"}}"#, "2025-04-01", "$.properties.source.galleryScriptReferenceId"),
        (
            #"{"source":{"script":"a"},"treatFailureAsDeploymentFailure":true}"#, "2023-03-01",
            "$.properties.treatFailureAsDeploymentFailure"
        ),
    ])
    func refusesWhatTheVersionCannotSay(_ stored: String, _ since: String, _ target: String) throws {
        for version in APIVersion.every where version >= .v2020_06_01 {
            let error = refusal { _ = try self.forwarded("{}", onto: #"{"properties":\#(stored)}"#, version: version) }
            if version.text >= since {
                #expect(error == nil)
            } else {
                #expect(error?.code == .invalidParameter)
                #expect(error?.target == target)
                #expect(error?.message.contains(since) == true)
            }
        }
    }

    /// A service that writes the shell of a command that named none makes no update impossible.
    @Test func theDefaultShellIsNone() throws {
        for shell in ["Default", "default"] {
            let stored = #"{"properties":{"source":{"script":"a","scriptShell":"\#(shell)"}}}"#
            let sent = try self.forwarded("{}", onto: stored, version: .v2020_06_01)
            #expect(sent["properties"]?["source"]?["script"]?.string == "a")
            #expect(sent["properties"]?["source"]?["scriptShell"] == nil)
        }
    }

    @Test func anOlderVersionDoesNotNameANewerFlag() throws {
        let stored = #"{"properties":{"source":{"script":"a"},"treatFailureAsDeploymentFailure":false}}"#
        let sent = try self.forwarded("{}", onto: stored, version: .v2020_06_01)
        #expect(sent["properties"]?["treatFailureAsDeploymentFailure"] == nil)
        #expect(sent["properties"]?["asyncExecution"]?.bool == false)
    }
}
