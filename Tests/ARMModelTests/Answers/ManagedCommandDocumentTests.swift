import ARMModel
import StrictJSON
import Testing

@Suite struct ManagedCommandDocumentTests {
    /// Every answer of Azure's examples that shows a managed command.
    @Test func theExamplesAreManagedCommands() throws {
        var count = 0
        for example in try AzureFixtures.examples() {
            guard let name = example.parameters?["runCommandName"]?.string else { continue }
            for status in ["200", "201"] as [StaticString] where example.node["responses"]?[status]?["body"] != nil {
                let body = try #require(example.node["responses"]?[status]?["body"])
                guard body["properties"] != nil else { continue }
                #expect(ManagedCommandDocument.isOne(body, named: name), "\(example)")
                #expect(ManagedCommandDocument.isOne(body, named: name.uppercased()), "\(example)")
                #expect(!ManagedCommandDocument.isOne(body, named: name + "2"), "\(example)")
                let view = body["properties"]?["instanceView"]
                #expect(ManagedCommandDocument.showsRun(body) == (view.map { !$0.isNull } ?? false), "\(example)")
                count += 1
            }
        }
        #expect(count > 10)
    }

    @Test(arguments: [
        #"{"properties":{}}"#, #"{"name":null,"id":null,"properties":{"instanceView":null,"parameters":null}}"#,
        #"{"name":"REPORT","id":"/some/id","properties":{}}"#,
        #"{"id":"/a/runCommands/report","properties":{"brandNew":7}}"#,
        #"{"properties":{"instanceView":{"exitCode":null,"statuses":[{"code":"a","time":"t"}],"new":[]}}}"#,
        #"{"properties":{"protectedParameters":"[redacted]"},"tags":{"name":"x"}}"#,
    ])
    func one(_ text: String) throws { #expect(ManagedCommandDocument.isOne(try json(text), named: "Report")) }

    @Test(arguments: [
        "{}", "[]", #"{"properties":[]}"#, #"{"properties":null}"#, #"{"name":"other","properties":{}}"#,
        #"{"name":7,"properties":{}}"#, #"{"id":"/a/runCommands/other","properties":{}}"#,
        #"{"id":"/a/RunCommands/report2/","properties":{}}"#, #"{"id":"diagnosticRunCommands/x","properties":{}}"#,
        #"{"id":7,"properties":{}}"#, #"{"properties":{"instanceView":"x"}}"#,
        #"{"properties":{"parameters":7}}"#, #"{"properties":{"parameters":["a"]}}"#,
        #"{"properties":{"provisioningState":7}}"#, #"{"properties":{"source":[]}}"#,
        #"{"properties":{"source":{"script":["a"]}}}"#, #"{"properties":{"timeoutInSeconds":"7"}}"#,
        #"{"properties":{"asyncExecution":"true"}}"#, #"{"properties":{"runAsUser":7}}"#,
        #"{"properties":{"InstanceView":[]}}"#, #"{"properties":{"instanceView":{"executionState":7}}}"#,
        #"{"properties":{"instanceView":{"output":{}}}}"#, #"{"properties":{"instanceView":{"exitCode":"7"}}}"#,
        #"{"properties":{"instanceView":{"statuses":[7]}}}"#,
    ])
    func none(_ text: String) throws { #expect(!ManagedCommandDocument.isOne(try json(text), named: "Report")) }

    @Test(arguments: [
        (#"{"name":"x","location":"l","tags":{"a":"b"},"properties":{"source":{"script":"s"}}}"#, false),
        (#"{"properties":{"provisioningState":"Updating","parameters":[],"protectedParameters":[]}}"#, false),
        (#"{"properties":{"instanceView":null}}"#, false), (#"{"properties":{"instanceView":{}}}"#, true),
        (#"{"properties":{"InstanceView":{"output":"x"}}}"#, true), (#"{"properties":{"output":"x"}}"#, true),
        (#"{"properties":{"provisioningState":"a b"}}"#, true), (#"{"brandNew":1,"properties":{}}"#, true),
        (#"{"name":{"output":"x"}}"#, true), (#"["x"]"#, true), ("null", false),
    ])
    func runs(_ text: String, _ shows: Bool) throws {
        #expect(ManagedCommandDocument.showsRun(try json(text)) == shows)
    }
}
