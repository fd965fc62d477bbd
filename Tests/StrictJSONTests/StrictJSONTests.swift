import StrictJSON
import Testing

@Suite struct JSONReaderTests {
    private func read(_ text: String) throws(JSONError) -> JSONNode { try JSONReader.read(Array(text.utf8)) }

    @Test(arguments: [
        (#"{"a":1,"b":[true,false,null,"x"]}"#, #"{"a":1,"b":[true,false,null,"x"]}"#),
        (" [ ] ", "[]"), ("{}", "{}"), ("-0.5e+3", "-0.5e+3"), (#""\u00e9\ud83d\ude00\/""#, #""é😀/""#),
        ("\"a\\tb\\u0001\"", "\"a\\tb\\u0001\""), ("\"\u{2028}\"", "\"\u{2028}\""),
    ])
    func readsAndWrites(_ text: String, _ written: String) throws {
        var writer = JSONWriter()
        writer.node(try self.read(text))
        #expect(String(decoding: writer.bytes, as: UTF8.self) == written)
    }

    @Test(arguments: [
        ("", JSONError.Reason.empty), ("  ", .empty), ("{", .syntax), ("{]", .syntax), (#"{"a":1,}"#, .syntax),
        ("[1,]", .syntax), ("[1 2]", .syntax), (#"{"a" 1}"#, .syntax), ("{a:1}", .syntax), ("{'a':1}", .syntax),
        ("tru", .syntax), ("nul", .syntax), ("01", .syntax), ("1.", .syntax), (".5", .syntax), ("+1", .syntax),
        ("1e", .syntax), ("-", .syntax), ("NaN", .syntax), ("// c\n1", .syntax), ("1 // c", .trailingBytes),
        ("1 1", .trailingBytes), ("{}x", .trailingBytes), ("\"\\x\"", .syntax), ("\"a", .syntax), ("\"a\\\"", .syntax),
        ("\"\u{1}\"", .controlCharacter), ("\"\n\"", .controlCharacter), (#""\ud800""#, .loneSurrogate),
        (#""\udc00\ud800""#, .loneSurrogate), (#""\ud800x""#, .loneSurrogate), (#""\u12g4""#, .syntax),
        (#""\u12"#, .syntax), ("\u{FEFF}{}", .byteOrderMark), (#"{"a":1,"a":2}"#, .repeatedName),
        (#"{"a":1,"A":2}"#, .repeatedName), (#"{"x":{"script":1,"\u0053cript":2}}"#, .repeatedName),
        (#"{"s":1,"ſ":2}"#, .repeatedName), (#"{"k":1,"K":2}"#, .repeatedName), (#"{"i":1,"İ":2}"#, .repeatedName),
        (#"{"I":1,"ı":2}"#, .repeatedName), (#"{"é":1,"É":2}"#, .repeatedName),
        (String(repeating: "[", count: 200) + String(repeating: "]", count: 200), .tooDeep),
        (String(repeating: "9", count: 65), .numberTooLong),
    ])
    func refuses(_ text: String, _ reason: JSONError.Reason) {
        #expect { try self.read(text) } throws: { ($0 as? JSONError)?.reason == reason }
    }

    @Test func refusesBytesThatAreNotUTF8() {
        for bytes: [UInt8] in [
            [0x22, 0xC3, 0x22], [0x22, 0xC0, 0x80, 0x22], [0x22, 0xED, 0xA0, 0x80, 0x22], [0xFF, 0xFE],
        ] {
            #expect(throws: JSONError.self) { try JSONReader.read(bytes) }
        }
    }

    @Test func namesPathAndOffset() {
        #expect {
            try self.read(#"{"properties":{"parameters":[{},{"name":"a","name":"b"}]}}"#)
        } throws: { error in
            let error = error as? JSONError
            return error?.path == "$.properties.parameters[1].name" && error?.offset == 44
        }
        // What stands where a name should may be a secret.
        #expect {
            try self.read(#"{"hunter 2":1,"hunter 2":2}"#)
        } throws: { ($0 as? JSONError).map { !"\($0)".contains("hunter") } ?? false }
    }

    @Test func findsRepetitionsAmongManyMembers() {
        let names = (0..<40).map { #""n\#($0)":1"# } + [#""N7":2"#]
        #expect { try self.read("{" + names.joined(separator: ",") + "}") } throws: {
            ($0 as? JSONError)?.reason == .repeatedName
        }
    }

    @Test func limitsHold() {
        let small = JSONLimits(bytes: 20, depth: 2, members: 2, stringBytes: 4)
        for text in ["[1,2,3]", "[[[1]]]", #""abcde""#, #"{"abcde":1}"#, "                     1"] {
            #expect(throws: JSONError.self) { try JSONReader.read(Array(text.utf8), limits: small) }
        }
        #expect(throws: Never.self) { try JSONReader.read(Array(#"[["abcd"]]"#.utf8), limits: small) }
    }

    @Test func arraysHaveALimitOfTheirOwn() throws {
        func reason(_ text: String, _ limits: JSONLimits) -> JSONError.Reason? {
            do throws(JSONError) { _ = try JSONReader.read(Array(text.utf8), limits: limits) } catch {
                return error.reason
            }
            return nil
        }
        let limits = JSONLimits(bytes: 99, depth: 2, members: 1, elements: 3, stringBytes: 4)
        #expect(reason("[1,2,3]", limits) == nil)
        #expect(reason("[1,2,3,4]", limits) == .tooManyElements)
        #expect(reason(#"{"a":[1,2,3]}"#, limits) == nil)
        #expect(reason(#"{"a":1,"b":2}"#, limits) == .tooManyMembers)
        // As many as members where nothing else is said.
        #expect(reason("[1,2]", JSONLimits(bytes: 99, depth: 2, members: 1, stringBytes: 4)) == .tooManyElements)
        func array(_ count: Int) -> String { "[" + repeatElement("1", count: count).joined(separator: ",") + "]" }
        #expect(reason(array(65_536), .request) == nil)
        #expect(reason(array(65_537), .request) == .tooManyElements)
    }

    @Test func namesAreComparedByTheirBytes() throws {
        let node = try self.read("{\"\u{212A}ey\":1}")
        #expect(node["Key"] == nil)
    }

    @Test func canonicalOrderIsByUTF16() throws {
        let node = try self.read("{\"\u{FB33}\":1,\"😀\":2,\"b\":3,\"a\":{\"z\":1,\"y\":-5}}")
        let bytes = try #require(CanonicalJSON.bytes(of: node))
        #expect(String(decoding: bytes, as: UTF8.self) == "{\"a\":{\"y\":-5,\"z\":1},\"b\":3,\"😀\":2,\"\u{FB33}\":1}")
        for text in ["1.5", "1e3", "-0", "9007199254740993"] {
            #expect(CanonicalJSON.bytes(of: try self.read(text)) == nil)
        }
    }
}
