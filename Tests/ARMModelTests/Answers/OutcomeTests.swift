import ARMModel
import Redaction
import StrictJSON
import Testing

@Suite struct OutcomeTests {
    private static func digest(_ text: String) -> String {
        // The digest of a text that has no line end at its end is that of the script.
        ScriptText(text).digest
    }

    @Test func theRecordedExchange() throws {
        let answers = try AzureFixtures.recordedAnswers()
        var running = 0
        var ends: [Outcome] = []
        for answer in answers where !answer.body.isEmpty {
            let node = try json(answer.body)
            if answer.target.contains("monitor=true") {
                ends.append(try #require(ActionResult(node)).outcome)
            } else {
                let status = try #require(OperationStatus(node))
                guard let outcome = status.outcome else {
                    #expect(status.status == "InProgress" && !status.isTerminal)
                    running += 1
                    continue
                }
                #expect(outcome.startTime == "2020-10-12T11:06:10.5063228+00:00")
                #expect(outcome.endTime == "2020-10-12T11:07:18.1625449+00:00")
                ends.append(outcome)
            }
        }
        #expect(running >= 2)
        #expect(ends.count == 2)
        // Both links told of the same output.
        #expect(Set(ends.map(\.outputSHA256)).count == 1 && ends[0].outputSHA256 != nil)
        #expect(ends.allSatisfy { $0.status == .succeeded && $0.errorSHA256 == nil && $0.exitCode == nil })
        #expect(ends[0].outputLength == ends[1].outputLength)
    }

    @Test func theExamplesOfTheAction() throws {
        var shapes: Set<String> = []
        for example in try AzureFixtures.examples() {
            guard let body = example.body, body["commandId"] != nil, let answer = example.answer else { continue }
            let elements = answer["value"] ?? answer["properties"]?["output"]
            let output = try #require(elements?.array?.first?["message"]?.string)
            let outcome = try #require(ActionResult(answer), "\(example)").outcome
            #expect(outcome.status == .succeeded)
            #expect(outcome.outputSHA256 == Self.digest(output))
            #expect(outcome.outputLength == output.utf8.count)
            #expect(outcome.errorSHA256 != nil)
            shapes.insert(answer["value"] == nil ? "old" : "new")
        }
        #expect(shapes == ["old", "new"])
    }

    private static let elements = #"""
        [{"code":"ComponentStatus/StdOut/succeeded","level":"Info","message":"out"},
        {"code":"ComponentStatus/StdErr/succeeded","level":"Info","message":"err"}]
        """#

    /// Output reaches a client in four shapes; every one gives the same digests.
    @Test(arguments: [
        #"{"value":\#(elements)}"#, #"{"status":"Succeeded","properties":{"output":\#(elements)}}"#,
        #"{"status":"Succeeded","properties":{"output":{"value":\#(elements)}}}"#,
        #"{"executionState":"Succeeded","exitCode":0,"output":"out","error":"err"}"#,
    ])
    func allShapesAreOne(_ text: String) throws {
        let node = try json(text)
        let outcome = ActionResult(node)?.outcome ?? Outcome(InstanceView(node))
        #expect(outcome.status == .succeeded)
        #expect(outcome.outputSHA256 == Self.digest("out") && outcome.outputLength == 3)
        #expect(outcome.errorSHA256 == Self.digest("err") && outcome.errorLength == 3)
        if let status = OperationStatus(node) { #expect(status.outcome?.outputSHA256 == Self.digest("out")) }
    }

    @Test(arguments: [
        (#"{"value":[]}"#, OutcomeStatus.succeeded), (#"{"value":[{"level":"Info"}]}"#, .succeeded),
        (#"{"value":[{"level":"Warning"}]}"#, .succeeded),
        (#"{"value":[{"level":"Info"},{"level":"Error"}]}"#, .failed),
        (#"{"value":[{"level":"error"}]}"#, .failed), (#"{"value":[{}]}"#, .succeeded),
        (#"{"value":[{"level":null,"time":null,"x":7}]}"#, .succeeded),
        // The old form: the operation may have failed though no element says so.
        (#"{"status":"Failed","properties":{"output":[{"level":"Info","message":"x"}]}}"#, .failed),
        (#"{"status":"Failed","error":{"code":"x"}}"#, .failed), (#"{"status":"Canceled"}"#, .canceled),
        (#"{"status":"Succeeded","properties":{"output":[{"level":"Error"}]}}"#, .failed),
        (#"{"status":"succeeded","properties":{"output":[{"level":"Info"}]}}"#, .succeeded),
        (#"{"status":"FAILED"}"#, .failed),
    ])
    func actions(_ text: String, _ status: OutcomeStatus) throws {
        #expect(ActionResult(try json(text))?.outcome.status == status)
    }

    @Test(arguments: [
        "{}", "[]", #"{"value":"x"}"#, #"{"status":"InProgress"}"#, #"{"status":"Succeeded"}"#, #"{"status":7}"#,
        #"{"properties":{}}"#, #"{"value":[7]}"#, #"{"value":[1,"x",null]}"#, #"{"value":[["a"]]}"#,
        #"{"value":[{"code":"a"},null]}"#, #"{"value":[{"code":1}]}"#, #"{"value":[{"message":{}}]}"#,
        #"{"value":[{"level":true}]}"#, #"{"value":[{"displayStatus":[]}]}"#, #"{"value":[{"Message":7}]}"#,
        #"{"status":"Succeeded","properties":{"output":[1]}}"#,
    ])
    func noResult(_ text: String) throws { #expect(ActionResult(try json(text)) == nil) }

    @Test(arguments: [
        #"{"status":"Succeeded","properties":{"output":{"value":[1,2]}}}"#,
        #"{"status":"Succeeded","properties":{"output":["a"]}}"#,
        #"{"status":"Succeeded","properties":{"output":{"value":"x"}}}"#,
        #"{"status":"Succeeded","properties":{"output":"x"}}"#, #"{"status":"Succeeded","properties":[]}"#,
        #"{"status":"Failed","error":"x"}"#, #"{"status":"Failed","endTime":7}"#, "{}", "[]", #"{"status":null}"#,
    ])
    func noOperationStatus(_ text: String) throws { #expect(OperationStatus(try json(text)) == nil) }

    @Test func nullStandsForNone() throws {
        let text = #"{"status":"Succeeded","startTime":null,"endTime":null,"properties":null,"error":null}"#
        let status = try #require(OperationStatus(json(text)))
        #expect(status.elements == nil && status.outcome?.status == .succeeded)
        #expect(OperationStatus(try json(#"{"status":"x","properties":{"output":{"value":null}}}"#)) != nil)
    }

    /// Whatever a secret is, the answer means what it meant; and no text of a record holds one.
    @Test func scrubbingLeavesTheMeaning() throws {
        let words = ["Succeeded", "Failed", "executionState", "output", "StdOut", "hunter22", "12345678"]
        let scrubber = Scrubber(words.map(Secret.init))
        let view = InstanceView(
            try json(
                #"{"executionState":"Succeeded","exitCode":12345678,"output":"hunter22","executionMessage":"a hunter22","endTime":"hunter22"}"#
            ))
        let outcome = Outcome(view.scrubbed(by: scrubber))
        #expect(outcome.status == .failed && outcome.executionState == "Succeeded" && outcome.exitCode == nil)
        #expect(outcome.outputSHA256 == Self.digest("[redacted]"))
        #expect(outcome.executionMessage == "a [redacted]" && outcome.endTime == "[redacted]")
        let status = try #require(
            OperationStatus(
                json(
                    #"{"status":"Failed","startTime":"hunter22","properties":{"output":[{"code":"x/StdOut/y","message":"hunter22"}]}}"#
                )))
        let end = try #require(status.scrubbed(by: scrubber).outcome)
        #expect(end.status == .failed && end.startTime == "[redacted]" && end.outputSHA256 == Self.digest("[redacted]"))
        let odd = InstanceView(try json(#"{"executionState":"hunter22"}"#)).scrubbed(by: scrubber)
        #expect(odd.executionState == "[redacted]")
    }

    @Test(arguments: [
        ("InProgress", OutcomeStatus?.none), ("Running", nil), ("Accepted", nil), ("", nil), ("Updating", nil),
        ("Succeeded", .succeeded), ("Failed", .failed), ("Canceled", .canceled),
        ("succeeded", .succeeded), ("FAILED", .failed), ("cAnceled", .canceled),
    ])
    func operationStates(_ word: String, _ status: OutcomeStatus?) throws {
        let node = try json(#"{"status":"\#(word)","startTime":"s","endTime":"e"}"#)
        let operation = try #require(OperationStatus(node))
        #expect(operation.isTerminal == (status != nil))
        #expect(operation.outcome?.status == status)
        #expect(operation.outcome.map { $0.endTime == "e" && $0.startTime == "s" } ?? true)
    }

    @Test func aFailedOperationKeepsTheDigestsOfItsOutput() throws {
        let text = #"{"status":"Failed","properties":{"output":{"value":\#(Self.elements)}},"error":{"code":"x"}}"#
        let outcome = try #require(OperationStatus(json(text))?.outcome)
        #expect(outcome.status == .failed && outcome.outputSHA256 == Self.digest("out"))
    }

    @Test func streamsAreToldApartByTheirCode() throws {
        let only = #"{"value":[{"code":"ComponentStatus/StdErr/succeeded","message":"err"}]}"#
        let outcome = try #require(ActionResult(json(only))).outcome
        #expect(outcome.outputSHA256 == nil && outcome.errorSHA256 == Self.digest("err"))
        let swapped =
            #"{"value":[{"code":"componentstatus/stderr/x","message":"err"},{"code":"x/StdOut/y","message":"out"}]}"#
        let other = try #require(ActionResult(json(swapped))).outcome
        #expect(other.outputSHA256 == Self.digest("out") && other.errorSHA256 == Self.digest("err"))
    }

    @Test(arguments: [
        (#"{"executionState":"Succeeded","exitCode":0}"#, OutcomeStatus.succeeded, true),
        (#"{"executionState":"Succeeded","exitCode":3}"#, .failed, true),
        (#"{"executionState":"Succeeded"}"#, .succeeded, true),
        (#"{"executionState":"Failed","exitCode":1}"#, .failed, true),
        (#"{"executionState":"TimedOut"}"#, .timedOut, true),
        (#"{"executionState":"Canceled"}"#, .canceled, true), (#"{"executionState":"Running"}"#, .unknown, false),
        (#"{"executionState":"Pending"}"#, .unknown, false), (#"{"executionState":"Unknown"}"#, .unknown, false),
        (#"{"executionState":"Brandnew"}"#, .unknown, false), ("{}", .unknown, false),
        (#"{"executionState":7}"#, .unknown, false), (#"{"executionState":"succeeded"}"#, .succeeded, true),
        (#"{"executionState":"timedout"}"#, .timedOut, true),
        (#"{"executionState":"succeeded","exitCode":3}"#, .failed, true),
    ])
    func instanceViews(_ text: String, _ status: OutcomeStatus, _ isTerminal: Bool) throws {
        let view = InstanceView(try json(text))
        #expect(view.isTerminal == isTerminal)
        #expect(Outcome(view).status == status)
    }

    /// The record holds only numbers that canonical JSON can hold.
    @Test func anExitCodeBeyond32BitsIsNone() throws {
        for (text, code) in [
            ("-2147483648", Int64(-2_147_483_648)), ("2147483648", nil), ("9223372036854775807", nil), ("1.5", nil),
        ] {
            #expect(InstanceView(try json(#"{"exitCode":\#(text)}"#)).exitCode == code)
        }
    }
}
