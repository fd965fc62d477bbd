import ARMModel
import GatewayTestSupport
import StrictJSON
import Testing

@Suite struct ActionBodyTests {
    private func read(_ text: String, _ version: APIVersion = .newest) throws -> ActionBody {
        try ActionBody(json(text), version: version)
    }

    @Test func readsEveryMemberInEveryVersion() throws {
        for version in APIVersion.every {
            let body = try self.read(
                #"{"parameters":[{"value":"v","name":"n"}],"script":["a","b"],"commandId":"RunShellScript"}"#, version)
            #expect(body.commandID == "RunShellScript")
            #expect(body.script?.text == "a\nb")
            #expect(body.parameters == [Parameter(name: "n", value: "v")])
        }
    }

    @Test func aScriptTakesThePlaceOfTheBuiltIn() throws {
        #expect(fields(of: try self.read(#"{"commandId":"ifconfig"}"#).command)["source"] == "is built-in ifconfig")
        for (script, text) in [("[]", ""), (#"[""]"#, ""), (#"["a"]"#, "a"), (#"["a","","b",""]"#, "a\n\nb")] {
            let command = try self.read(#"{"commandId":"ifconfig","script":\#(script)}"#).command
            #expect(command.source == .known(.inline(commandID: "ifconfig", script: ScriptText(text))))
        }
    }

    @Test func nothingIsUnknown() throws {
        let command = try self.read(#"{"commandId":"ifconfig"}"#).command
        #expect(!fields(of: command).values.contains("unknown"))
        #expect(command.parameters == .known([]))
    }

    @Test(arguments: [
        BadBody("[]", "$", at: "[]"), BadBody(#""CANARY""#, "$", at: #""CANARY""#), BadBody("null", "$", at: "null"),
        BadBody("{}", "$.commandId"), BadBody(#"{"script":["CANARY"]}"#, "$.commandId"),
        BadBody(#"{"commandId":null}"#, "$.commandId", at: "null"),
        BadBody(#"{"commandId":1}"#, "$.commandId", at: "1"), BadBody(#"{"commandId":["a"]}"#, "$.commandId", at: "["),
        BadBody(#"{"commandId":""}"#, "$.commandId", .invalidParameter),
        BadBody(#"{"commandId":"CANARY x"}"#, "$.commandId", .invalidParameter),
        BadBody(#"{"commandId":"CANARY\n"}"#, "$.commandId", .invalidParameter),
        BadBody("{\"commandId\":\"CANARY\u{17F}\"}", "$.commandId", .invalidParameter),
        BadBody(#"{"commandId":"a","script":"CANARY"}"#, "$.script", at: #""CANARY""#),
        BadBody(#"{"commandId":"a","script":null}"#, "$.script", at: "null"),
        BadBody(#"{"commandId":"a","script":{}}"#, "$.script", at: "{}"),
        BadBody(#"{"commandId":"a","script":["CANARY",7]}"#, "$.script[1]", at: "7"),
        BadBody(#"{"commandId":"a","script":[null]}"#, "$.script[0]", at: "null"),
        BadBody(#"{"commandId":"a","script":[["CANARY"]]}"#, "$.script[0]", at: #"["CANARY"]"#),
        BadBody(#"{"commandId":"a","Script":["CANARY"]}"#, "$", at: #""Script""#),
        BadBody("{\"commandId\":\"a\",\"\u{17F}cript\":[\"CANARY\"]}", "$", at: "\"\u{17F}cript\""),
        BadBody(#"{"commandid":"CANARY"}"#, "$", at: #""commandid""#),
        BadBody(#"{"commandId":"a","CANARY":1}"#, "$", at: #""CANARY""#),
        BadBody(#"{"commandId":"a","properties":{"script":"CANARY"}}"#, "$", at: #""properties""#),
        BadBody(#"{"commandId":"a","":1}"#, "$", at: #""""#),
        BadBody(#"{"commandId":"a","script.x":1}"#, "$", at: #""script.x""#),
        BadBody(#"{"commandId":"a","parameters":{"CANARY":"x"}}"#, "$.parameters", at: #"{"CANARY""#),
        BadBody(#"{"commandId":"a","parameters":["CANARY"]}"#, "$.parameters[0]", at: #""CANARY""#),
        BadBody(#"{"commandId":"a","parameters":[{}]}"#, "$.parameters[0]", at: "{}"),
        BadBody(#"{"commandId":"a","parameters":[{"name":"CANARY"}]}"#, "$.parameters[0]", at: #"{"name""#),
        BadBody(#"{"commandId":"a","parameters":[{"value":"CANARY"}]}"#, "$.parameters[0]", at: #"{"value""#),
        BadBody(
            #"{"commandId":"a","parameters":[{"name":"n","value":"v"},{"name":"n","value":"CANARY","type":"x"}]}"#,
            "$.parameters[1]", at: #"{"name":"n","value":"CANARY""#),
        BadBody(#"{"commandId":"a","parameters":[{"Name":"n","value":"CANARY"}]}"#, "$.parameters[0]", at: #"{"Name""#),
        BadBody(#"{"commandId":"a","parameters":[{"name":"n","value":7}]}"#, "$.parameters[0].value", at: "7"),
        BadBody(#"{"commandId":"a","parameters":[{"name":"n","value":null}]}"#, "$.parameters[0].value", at: "null"),
        BadBody(#"{"commandId":"a","parameters":[{"name":7,"value":"CANARY"}]}"#, "$.parameters[0].name", at: "7"),
        BadBody(
            #"{"commandId":"a","parameters":[{"name":null,"value":"CANARY"}]}"#, "$.parameters[0].name", at: "null"),
        BadBody(#"{"commandId":"a","parameters":[{"name":"n","value":true}]}"#, "$.parameters[0].value", at: "true"),
        BadBody(#"{"commandId":"a","parameters":null}"#, "$.parameters", at: "null"),
    ])
    func refuses(_ body: BadBody) { body.check(refusal { _ = try self.read(body.text) }) }

    @Test func saysHowAMisspeltMemberIsSpelt() {
        let error = refusal { _ = try self.read(#"{"commandId":"a","SCRIPT":[]}"#) }
        #expect(error?.message.contains("exact spelling is script") == true)
        let other = refusal { _ = try self.read(#"{"commandId":"a","x":[]}"#) }
        #expect(other?.message.contains("commandId, script, parameters") == true)
    }

    @Test(arguments: [
        #"{"commandId":"a","commandId":"b"}"#, #"{"commandId":"a","CommandId":"b"}"#,
        "{\"commandId\":\"a\",\"\\u0063ommandId\":\"b\"}", "{\"commandId\":\"a\",\"script\":[],\"\u{17F}cript\":[]}",
        #"{"commandId":"a","parameters":[{"name":"a","value":"b","Value":"c"}]}"#,
    ])
    func repetitionsDoNotReachTheModel(_ text: String) {
        #expect { try self.read(text) } throws: { ($0 as? JSONError)?.reason == .repeatedName }
    }

    @Test func commandIDLength() throws {
        let longest = String(repeating: "a", count: 64)
        #expect(try self.read(#"{"commandId":"\#(longest)"}"#).commandID == longest)
        #expect(refusal { _ = try self.read(#"{"commandId":"\#(longest)a"}"#) }?.code == .invalidParameter)
    }

    @Test(arguments: [
        ("$.properties.source.script", "$.properties.source.script"),
        ("$.properties.parameters[3].value", "$.properties.parameters[3].value"), ("$", "$"),
        ("$.Hunter2", "$.(a member)"), ("$.properties.Hunter2[1].script", "$.properties.(a member)[1].script"),
        ("$.(a member).name", "$.(a member).name"), ("$[7]", "$[7]"), ("$.Script", "$.(a member)"), ("", "(a member)"),
    ])
    func aShownPathHasNamesOfTheAPIOnly(_ path: String, _ shown: String) {
        #expect(RequestMembers.shown(path: path) == shown)
    }
}
