import ARMModel
import StrictJSON
import Testing

@Suite struct IdentifierReplacementTests {
    private static let theirs = "0d95e5cb-d70c-4979-8ef9-4f8dbd5e149f"
    private static let ours = "11111111-2222-3333-4444-555555555555"

    private func replaced(_ text: String, _ theirs: String = theirs) throws -> String {
        ARMModelTests.text(IdentifierReplacement.replacing(theirs, with: Self.ours, in: try json(text)))
    }

    @Test(arguments: [
        (#"{"name":"\#(theirs)"}"#, #"{"name":"\#(ours)"}"#),
        (#"["a","\#(theirs) and \#(theirs)x"]"#, #"["a","\#(ours) and \#(ours)x"]"#),
        (#"{"a":{"b":["/operations/\#(theirs.uppercased())?x"]}}"#, #"{"a":{"b":["/operations/\#(ours)?x"]}}"#),
        (#"{"n":7,"b":true,"x":null,"é":"é"}"#, #"{"n":7,"b":true,"x":null,"é":"é"}"#),
        (#""0d95e5cb-d70c""#, #""0d95e5cb-d70c""#), (#""0d95\#(theirs)""#, #""0d95\#(ours)""#),
    ])
    func replacesInEveryText(_ text: String, _ expected: String) throws {
        #expect(try self.replaced(text) == expected)
    }

    @Test func aShortIdentifierWouldBeFoundEverywhere() throws {
        #expect(try self.replaced(#""status Succeeded""#, "s") == #""status Succeeded""#)
        #expect(try self.replaced(#""""#, "") == #""""#)
    }

    @Test func theRecordedStatusNamesItsOperation() throws {
        for answer in try AzureFixtures.recordedAnswers() where !answer.body.isEmpty {
            #expect(!(try self.replaced(answer.body)).contains(Self.theirs))
        }
    }
}
