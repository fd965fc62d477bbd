import ARMModel
import Redaction
import StrictJSON
import Testing

@Suite struct AnswerRedactionTests {
    private func redacted(_ text: String) throws -> (String, Int) {
        let (node, removed) = AnswerRedaction.redacted(try json(text))
        return (ARMModelTests.text(node), removed)
    }

    @Test(arguments: [
        (#"{"runAsPassword":"CANARY"}"#, #"{"runAsPassword":"[redacted]"}"#, 1),
        (#"{"RUNASPASSWORD":"CANARY"}"#, #"{"RUNASPASSWORD":"[redacted]"}"#, 1),
        (#"{"runAsPassword":{"x":"CANARY"}}"#, #"{"runAsPassword":"[redacted]"}"#, 1),
        (#"{"runAsPassword":null}"#, #"{"runAsPassword":null}"#, 0),
        (
            #"{"protectedParameters":[{"name":"n","value":"CANARY"}]}"#,
            #"{"protectedParameters":[{"name":"n","value":"[redacted]"}]}"#, 1
        ),
        (
            #"{"protectedParameters":[{"Name":"n","Value":"CANARY","more":"CANARY"},"CANARY"]}"#,
            #"{"protectedParameters":[{"Name":"n","Value":"[redacted]","more":"[redacted]"},"[redacted]"]}"#, 3
        ),
        (#"{"protectedParameters":{"n":"CANARY"}}"#, #"{"protectedParameters":"[redacted]"}"#, 1),
        (
            #"{"protectedParameters":[{"name":{"x":"CANARY"}}]}"#, #"{"protectedParameters":[{"name":"[redacted]"}]}"#,
            1
        ),
        (#"{"protectedParameters":null}"#, #"{"protectedParameters":null}"#, 0),
        (#"{"scriptUri":"https://h/s?sig=CANARY"}"#, #"{"scriptUri":"https://h/s"}"#, 1),
        (#"{"OutputBlobURI":"https://h/o#CANARY?x"}"#, #"{"OutputBlobURI":"https://h/o"}"#, 1),
        (#"{"errorBlobUri":"https://h/e"}"#, #"{"errorBlobUri":"https://h/e"}"#, 0),
        (#"{"errorBlobUri":"https://CANARY:CANARY@h/e"}"#, #"{"errorBlobUri":"https://h/e"}"#, 1),
        (#"{"errorBlobUri":"https://CANARY@h?CANARY"}"#, #"{"errorBlobUri":"https://h"}"#, 1),
        (#"{"errorBlobUri":"https://h/a@b"}"#, #"{"errorBlobUri":"https://h/a@b"}"#, 0),
        (#"{"errorBlobUri":"é?CANARY"}"#, #"{"errorBlobUri":"é"}"#, 1),
        (#"{"scriptUri":{"runAsPassword":"CANARY"}}"#, #"{"scriptUri":{"runAsPassword":"[redacted]"}}"#, 1),
        (#"{"scriptUri":[{"scriptUri":"x?CANARY"}]}"#, #"{"scriptUri":[{"scriptUri":"x"}]}"#, 1),
        (
            #"{"value":[{"properties":{"source":{"scriptUri":"https://h/?CANARY"},"runAsPassword":"CANARY"}}]}"#,
            #"{"value":[{"properties":{"source":{"scriptUri":"https://h/"},"runAsPassword":"[redacted]"}}]}"#, 2
        ),
        (#"[7,true,null,"x",{"a":"b?c"}]"#, #"[7,true,null,"x",{"a":"b?c"}]"#, 0),
    ])
    func removes(_ text: String, _ expected: String, _ count: Int) throws {
        let (clean, removed) = try self.redacted(text)
        #expect(clean == expected)
        #expect(removed == count)
    }

    @Test func leavesTheExamplesAlone() throws {
        for example in try AzureFixtures.examples() {
            guard let answer = example.answer else { continue }
            let (clean, removed) = AnswerRedaction.redacted(answer)
            #expect(removed == 0 && ARMModelTests.text(clean) == ARMModelTests.text(answer))
        }
    }

    @Test func scrubbingReachesEveryText() throws {
        let scrubber = Scrubber([Secret("CANARY-1"), Secret("CANARY-2")])
        let node = try json(#"{"a":["x CANARY-1 y",{"CANARY-2":"CANARY-2CANARY-1"}],"n":7}"#)
        let (clean, removed) = AnswerScrubbing.scrubbed(node, by: scrubber)
        #expect(ARMModelTests.text(clean) == #"{"a":["x [redacted] y",{"[redacted]":"[redacted][redacted]"}],"n":7}"#)
        #expect(removed == 4)
        #expect(AnswerScrubbing.scrubbed(node, by: Scrubber([])).0 == node)
    }
}
