import StrictJSON
import Testing

@Suite struct AnswerNamesTests {
    /// Answers are relayed, so only names of the same bytes are one; whether there are few or many.
    @Test(arguments: [0, 5, 11, 12, 40])
    func namesThatDifferInAnythingAreTwo(_ others: Int) throws {
        let before = (0..<others).map { "\"n\($0)\":0," }.joined()
        for pair in [("e\u{301}", "\u{E9}"), ("a", "A"), ("K", "\u{212A}"), ("s", "\u{17F}")] {
            let text = "{\(before)\"\(pair.0)\":1,\"\(pair.1)\":2}"
            let node = try JSONReader.read(Array(text.utf8), limits: .answer, names: .refuseIdentical)
            #expect(node.members?.count == others + 2)
            // In a request they are a repetition.
            #expect(throws: JSONError.self) { try JSONReader.read(Array(text.utf8)) }
        }
        let twice = "{\(before)\"a\":1,\"a\":2}"
        #expect(throws: JSONError.self) {
            try JSONReader.read(Array(twice.utf8), limits: .answer, names: .refuseIdentical)
        }
    }
}
