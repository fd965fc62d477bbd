import StrictJSON
import Testing

/// Repeated names are found among few and many, plain and unusual ones, at every level, and nothing else is refused.
@Suite struct RepeatedNameTests {
    private func isRepeated(_ names: [String], rule: JSONNameRule = .refuseCaseVariants) throws -> Bool {
        let text = "{" + names.map { "\"\($0)\":{\"a\":[{\"b\":1}],\"c\":2}" }.joined(separator: ",") + "}"
        do throws(JSONError) {
            let node = try JSONReader.read(Array(text.utf8), names: rule)
            #expect(node.members?.count == names.count)
            return false
        } catch {
            #expect(error.reason == .repeatedName)
            return true
        }
    }

    /// Other members before the names in question: none, some, and more than are told apart one by one.
    private static let crowds = [0, 1, 11, 62, 63, 64, 65, 200]

    @Test(arguments: [
        ("a", "a"), ("a", "A"), ("script", "scripT"), ("commandId", "COMMANDID"),
        ("treatFailureAsDeploymentFailure", "treatFailureAsDeploymentFAILURE"), ("commandId", "\\u0063ommandId"),
        ("\\u0063ommandId", "commandID"), ("script", "ſcript"), ("ſcript", "script"), ("é", "É"), ("", ""),
        ("\\u212aey", "key"),
    ])
    func variantsAreRefused(_ one: String, _ other: String) throws {
        for crowd in Self.crowds {
            let others = (0..<crowd).map { "n\($0)" }
            #expect(try self.isRepeated(others + [one, other]))
            #expect(try self.isRepeated([one] + others + [other]))
            #expect(try self.isRepeated([one, other] + others))
            #expect(try self.isRepeated(["é\(one)é"] + others + ["é\(other)é"]))
        }
    }

    @Test(arguments: [
        ("a", "b"), ("a", "aa"), ("abcdefgh", "abcdefgi"), ("abcdefgh", "abcdefghi"), ("", "a"),
        // The same letters but for the bit that tells cases apart, where it is no letter.
        ("@a", "`a"), ("x[", "x{"), ("abcdefg@", "abcdefg`"), ("name", "names"), ("a", "é"), ("e", "é"),
    ])
    func othersAreTaken(_ one: String, _ other: String) throws {
        for crowd in Self.crowds {
            let others = (0..<crowd).map { "n\($0)" }
            #expect(try !self.isRepeated(others + [one, other]))
            #expect(try !self.isRepeated([one] + others + [other]))
        }
    }

    @Test func caseVariantsAreTakenWhereOnlyIdenticalNamesAreRefused() throws {
        for crowd in Self.crowds {
            let others = (0..<crowd).map { "n\($0)" }
            #expect(try !self.isRepeated(others + ["a", "A", "é", "É", "e\u{301}"], rule: .refuseIdentical))
            #expect(try self.isRepeated(["a"] + others + ["\\u0061"], rule: .refuseIdentical))
            #expect(try self.isRepeated(["é"] + others + ["é"], rule: .refuseIdentical))
            #expect(try self.isRepeated(["Ab"] + others + ["Ab"], rule: .refuseIdentical))
        }
    }

    @Test func namesOfOtherObjectsDoNotCount() throws {
        let texts = [
            #"{"a":{"a":{"a":1,"b":2},"b":{"a":1}},"b":[{"a":1},{"a":2}],"c":{}}"#, #"[{"a":1},{"a":1}]"#,
            #"{"é":{"é":1,"a":{"é":2}},"a":{"é":1}}"#,
        ]
        for text in texts { #expect(throws: Never.self) { try JSONReader.read(Array(text.utf8)) } }
        // After an inner object has ended, the outer one's names still do.
        for text in [#"{"a":{"b":1},"b":2,"A":3}"#, #"{"x":{"a":{"b":1,"c":{}},"b":{"a":1},"B":3}}"#] {
            #expect(throws: JSONError.self) { try JSONReader.read(Array(text.utf8)) }
        }
    }
}
