import ARMModel
import GatewayTestSupport
import StrictJSON
import Testing

@Suite struct StoredCommandTests {
    @Test func readsTheAnswersOfTheExamples() throws {
        var found = 0
        for example in try AzureFixtures.examples() {
            guard let answer = example.answer, let properties = answer["properties"], properties["source"] != nil else {
                // Without a source nothing can be allowed, if it is read as a command at all.
                #expect(example.answer.flatMap(StoredCommand.init).map { $0.command.source == .known(nil) } ?? true)
                continue
            }
            found += 1
            let command = try #require(StoredCommand(answer), "\(example)").command
            let told = fields(of: command)
            let source = try #require(properties["source"])
            if let script = source["script"]?.string {
                #expect(command.source == .known(.inline(commandID: nil, script: ScriptText(script))))
            } else if let place = source["scriptUri"]?.string {
                #expect(told["source"] == "is address false \(place) unknown unknown")
            } else {
                #expect(told["source"] == "is built-in \(source["commandId"]?.string ?? "")")
            }
            #expect(told["runAsUser"] == (properties["runAsUser"]?.string.map { "is " + $0 } ?? "none"))
            #expect(told["timeoutSeconds"] == (properties["timeoutInSeconds"]?.integer.map { "is \($0)" } ?? "none"))
            #expect(told["asyncExecution"] == (properties["asyncExecution"]?.bool.map { "is \($0)" } ?? "none"))
            #expect(command.parameters.value?.count == properties["parameters"]?.array?.count ?? 0)
            #expect(
                told["outputBlob"] == (properties["outputBlobUri"]?.string.map { "is false \($0) unknown" } ?? "none"))
            for field in ["protectedParameters", "runAsPassword", "outputBlobIdentity", "errorBlobIdentity"] {
                #expect(told[field] == "unknown")
            }
        }
        #expect(found >= 20)
    }

    private func told(_ properties: String) throws -> [String: String]? {
        StoredCommand(try json(#"{"properties":{\#(properties)}}"#)).map { fields(of: $0.command) }
    }

    @Test func takesNamesInAnyASCIICase() throws {
        let told = try self.told(
            #""Source":{"SCRIPT":"a"},"RunAsUser":"u","PARAMETERS":[{"Name":"n","VALUE":"v"}],"TimeoutInSeconds":5"#)
        #expect(told?["source"] == "is inline - \(ScriptText("a").digest) a")
        #expect(told?["runAsUser"] == "is u")
        #expect(told?["parameters"] == "is n=v")
        #expect(told?["timeoutSeconds"] == "is 5")
        #expect(StoredCommand(try json(#"{"PROPERTIES":{}}"#)) != nil)
    }

    @Test func whatIsMissingNullOrEmptyIsNone() throws {
        for text in [
            "",
            #""source":null,"parameters":null,"runAsUser":null,"timeoutInSeconds":null,"asyncExecution":null,"outputBlobUri":null"#,
            #""source":{},"parameters":[],"runAsUser":"","outputBlobUri":"","errorBlobUri":"""#,
        ] {
            let told = try #require(try self.told(text))
            for field in [
                "source", "scriptShell", "runAsUser", "timeoutSeconds", "asyncExecution", "outputBlob", "errorBlob",
            ] {
                #expect(told[field] == "none")
            }
            #expect(told["parameters"] == "is ")
        }
    }

    /// What cannot be judged as stored is not read as something else.
    @Test(arguments: [
        #""source":"a""#, #""source":[]"#, #""source":{"script":["a"]}"#, #""source":{"script":7}"#,
        #""source":{"script":"a","commandId":"b"}"#, #""source":{"script":"a","scriptUri":"https://h/x"}"#,
        #""source":{"scriptUri":"nowhere"}"#, #""source":{"scriptShell":1,"script":"a"}"#, #""parameters":{}"#,
        #""parameters":["a"]"#, #""parameters":[{"name":"a"}]"#, #""parameters":[{"name":"a","value":1}]"#,
        #""runAsUser":7"#, #""runAsUser":["u"]"#, #""timeoutInSeconds":"5""#, #""timeoutInSeconds":5.5"#,
        #""timeoutInSeconds":99999999999"#, #""asyncExecution":"true""#, #""treatFailureAsDeploymentFailure":1"#,
        #""outputBlobUri":7"#, #""outputBlobUri":"nowhere""#, #""errorBlobUri":{"a":1}"#,
    ])
    func refusesOtherTypes(_ properties: String) throws { #expect(try self.told(properties) == nil) }

    @Test(arguments: ["[]", "{}", "null", #"{"properties":null}"#, #"{"properties":[]}"#, #"{"error":{"code":"x"}}"#])
    func refusesOtherAnswers(_ text: String) throws { #expect(StoredCommand(try json(text)) == nil) }

    @Test func queriesOfStoredAddressesAreUnknownEvenIfShown() throws {
        let told = try self.told(#""outputBlobUri":"https://h/o?sig=1","source":{"scriptUri":"https://h/s?sig=2"}"#)
        #expect(told?["outputBlob"] == "is false https://h/o unknown")
        #expect(told?["source"] == "is address false https://h/s unknown unknown")
    }
}
