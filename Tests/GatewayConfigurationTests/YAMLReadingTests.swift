import Testing
import YAMLReading

/// What a document may be, and how its values are taken.
@Suite struct YAMLReadingTests {
    private func problems(of text: String) -> [String] {
        let problems = Problems()
        let node = YAMLDocument.read(text: text, file: "f", into: problems)
        #expect((node == nil) == problems.hasErrors)
        return problems.sorted.map(\.description)
    }

    @Test(arguments: [
        ("a: 1\na: 2", "f:1: 'a' stands more than once in the same mapping"),
        ("1: a\n\"1\": b", "f:2: '1' stands more than once in the same mapping"),
        ("a: &x 1\nb: *x", "f:1: anchors and aliases are not accepted; write the value out"),
        ("a: !!str 1", "f:1: tags such as !!str are not accepted"),
        ("a: !secret [1]", "f:1: tags such as !!str are not accepted"),
        ("a: 1\n---\nb: 2", "f:2: not YAML: expected a single document in the stream: but found another document"),
        ("[a]: 1", "f:1: a key must be plain text"),
        ("a: \"\\0\"", "f:1: control characters are not accepted"),
        ("", "f: the file is empty"),
        ("# nothing", "f: the file is empty"),
    ]) func refused(text: String, says: String) {
        #expect(problems(of: text).contains(says), "\(problems(of: text))")
    }

    @Test(arguments: ["a: [1", "a: 'x", "\ta: 1", "a: b: c", "a: *x", "%YAML 9.9\n---\na: 1", "a: \u{1}"])
    func syntaxErrorsAreProblems(text: String) {
        let found = problems(of: text)
        #expect(found.count == 1)
        #expect(found[0].contains("not YAML"))
    }

    @Test func syntaxErrorsDoNotQuoteTheFile() {
        #expect(!problems(of: "password: 'hunter2").joined().contains("hunter2"))
    }

    @Test func sizeIsLimited() {
        let problems = Problems()
        #expect(YAMLDocument.read(path: #filePath, maximumBytes: 10, into: problems) == nil)
        #expect(problems.sorted.map(\.message) == ["the file is larger than 10 bytes"])
    }

    @Test func deepNestingIsAProblemNotACrash() {
        let deep = String(repeating: "[", count: 100_000)
        #expect(problems(of: deep).count == 1)
        let wide = String(repeating: "[", count: 900) + String(repeating: "]", count: 900)
        #expect(problems(of: "a: \(wide)") == [])
    }

    private func mapping(_ text: String, _ problems: Problems) throws -> YAMLMapping {
        let node = try #require(YAMLDocument.read(text: text, file: "f", into: problems))
        return try #require(YAMLMapping(node, problems: problems))
    }

    @Test(arguments: [
        "yes", "off", "08:00", "18:00", "2026-11-20", "0.0.0.0", "1.2.3", "rg-*", "'true'", "\"12\"", "'null'", "1_000",
        "::1",
        "00000000-0000-0000-0000-000000000000", ".", "-", "+x", "0xZZ", "e5",
    ]) func text(written: String) throws {
        let problems = Problems()
        let value = try mapping("a: \(written == "-" ? "'-'" : written)", problems).string("a")
        #expect(value == written.trimmingQuotes)
        #expect(problems.all == [])
    }

    @Test(arguments: [
        "true", "FALSE", "12", "-1", "1.10", "1e5", "0x1F", "0o7", ".inf", ".NaN", "~", "null", "", "[a]", "{a: 1}",
        "''",
    ])
    func notText(written: String) throws {
        let problems = Problems()
        #expect(try mapping("a: \(written)", problems).string("a") == nil)
        #expect(problems.errors.count == 1)
    }

    @Test func numbersAsTextAreTakenAsWritten() throws {
        let problems = Problems()
        let mapping = try mapping("a: 007\nb: [0, 1.10]\nc: true", problems)
        #expect(mapping.string("a", numbersAsText: true) == "007")
        #expect(mapping.strings("b", numbersAsText: true) == ["0", "1.10"])
        #expect(mapping.string("c", numbersAsText: true) == nil)
        #expect(problems.errors.map(\.line) == [3])
    }

    @Test(arguments: [("5", 5), ("-3", -3), ("0", 0)]) func integer(written: String, value: Int) throws {
        #expect(try mapping("a: \(written)", Problems()).integer("a", in: -5...5) == value)
    }

    @Test(arguments: ["05", "+5", "0x5", "5.0", "'5'", "1_0", "99999999999999999999", "6", "-6", "true", "[5]", ""])
    func notInteger(written: String) throws {
        let problems = Problems()
        #expect(try mapping("a: \(written)", problems).integer("a", in: -5...5) == nil)
        #expect(problems.errors.count == 1)
    }

    @Test(arguments: ["yes", "True", "'true'", "1", "on", ""]) func notBoolean(written: String) throws {
        let problems = Problems()
        #expect(try mapping("a: \(written)", problems).boolean("a") == nil)
        #expect(problems.errors.count == 1)
        #expect(try mapping("a: true", problems).boolean("a") == true)
        #expect(try mapping("a: false", problems).boolean("a") == false)
    }

    @Test func unknownKeysAreFoundAtEveryDepth() throws {
        let problems = Problems()
        let root = try mapping(
            """
            rules:
              - id: a
                efect: allow
              - {id: b, mode: shadow, limits: {timeoutSecond: 5}}
            other: 1
            """, problems)
        for rule in root.mappings("rules") ?? [] {
            _ = rule.string("id")
            _ = rule.string("effect")
            rule.refuse(["mode"], because: "is not in this version")
            _ = rule.mapping("limits")?.integer("timeoutSeconds", in: 1...10)
        }
        root.finish()
        #expect(
            problems.sorted.map(\.description) == [
                "f:3: unknown key 'rules[0].efect'; is 'effect' meant?",
                "f:4: 'rules[1].mode' is not in this version",
                "f:4: unknown key 'rules[1].limits.timeoutSecond'; is 'timeoutSeconds' meant?",
                "f:5: unknown key 'other'",
            ])
        #expect(
            root.keysRead == [
                "rules", "rules[].id", "rules[].effect", "rules[].mode", "rules[].limits",
                "rules[].limits.timeoutSeconds",
            ])
    }

    @Test func placesAreHandedOut() throws {
        let mapping = try mapping("a: x\nlist:\n  - one\n  - two\n", Problems())
        #expect(mapping.mark(of: "a") == YAMLMark(file: "f", line: 1, column: 4))
        #expect(mapping.markedStrings("list")?.map(\.mark.line) == [3, 4])
        #expect(mapping.keys.map(\.value) == ["a", "list"])
        #expect(mapping.keys.map(\.mark.line) == [1, 2])
    }

    @Test func listsReportEveryWrongElement() throws {
        let problems = Problems()
        #expect(try mapping("a: [x, 1, true, ~, y]", problems).strings("a") == ["x", "y"])
        #expect(problems.errors.count == 3)
    }
}

extension String {
    fileprivate var trimmingQuotes: String {
        guard let first, first == "'" || first == "\"" else { return self }
        return String(dropFirst().dropLast())
    }
}
