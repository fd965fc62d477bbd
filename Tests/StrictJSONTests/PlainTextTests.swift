import Testing

@testable import StrictJSON

/// Reading and writing many bytes at a time sees every byte that matters, wherever it stands.
@Suite struct PlainTextTests {
    private static func isPlain(_ byte: UInt8) -> Bool {
        (0x20..<0x80).contains(byte) && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
    }

    @Test func aRunEndsAtWhateverIsNotPlain() {
        for byte in UInt8.min...UInt8.max {
            for count in Array(1...19) + [31, 32, 33] {
                for place in 0..<count {
                    var bytes = (0..<count).map { UInt8(ascii: "a") + UInt8($0 % 26) }
                    bytes[place] = byte
                    for start in 0...min(3, count) {
                        let run = bytes.withUnsafeBufferPointer { PlainText.run(in: $0, from: start) }
                        #expect(run == bytes[start...].prefix(while: Self.isPlain).count)
                    }
                }
            }
        }
    }

    @Test func behindTheLastByteThereIsNoRun() {
        for count in 0...17 {
            let bytes = Array(repeating: UInt8(ascii: "x"), count: count)
            for start in count...(count + 9) {
                #expect(bytes.withUnsafeBufferPointer { PlainText.run(in: $0, from: start) } == 0)
            }
        }
    }

    @Test func aTextThatEndsInAnEscapeIsRefused() {
        for count in 0...17 {
            let begun = "\"" + String(repeating: "x", count: count) + "\\"
            for text in [begun, begun + "\"", begun + "u", begun + "u0", begun + "u00e\""] {
                #expect(throws: JSONError.self) { try JSONReader.read(Array(text.utf8)) }
            }
        }
    }

    @Test func keysDoNotTellCasesApart() {
        func key(_ text: String) -> UInt64 {
            Array(text.utf8).withUnsafeBufferPointer { PlainText.caselessKey(of: $0) }
        }
        let name = "treatFailureAsDeploymentFailure"
        for length in 0...name.count {
            let part = String(name.prefix(length))
            #expect(key(part) == key(part.uppercased()))
            #expect(key(part) == key(part.lowercased()))
            #expect(key(part) != key(part + "x"))
            #expect(key(part + "a") != key(part + "b"))
        }
    }

    @Test func everyASCIIByteIsReadAndWrittenAtEveryPlace() throws {
        for byte in UInt8(0)..<0x80 {
            for place in [0, 1, 6, 7, 8, 9, 15, 16, 17] {
                var content = Array("zyxwvszyxwvszyxwv-".utf8)
                content[place] = byte
                let text = String(decoding: content, as: UTF8.self)
                var writer = JSONWriter()
                writer.string(text)
                #expect(try JSONReader.read(writer.bytes).string == text)
                var members = JSONWriter()
                members.beginObject()
                members.member("first", 1)
                members.name(text)
                members.string(text)
                members.endObject()
                let written = writer.bytes + ":".utf8 + writer.bytes
                #expect(members.bytes == "{\"first\":1,".utf8 + written + "}".utf8)
                let bare = [UInt8(ascii: "\"")] + content + [UInt8(ascii: "\"")]
                if Self.isPlain(byte) {
                    #expect(try JSONReader.read(bare).string == text)
                    #expect(writer.bytes == bare)
                } else {
                    #expect(throws: JSONError.self) { try JSONReader.read(bare) }
                }
            }
        }
    }

    @Test func whatIsNotUTF8IsRefusedAtEveryPlace() {
        let broken: [[UInt8]] = [
            [0x80], [0xC3], [0xC0, 0x80], [0xE2, 0x82], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xFF],
        ]
        for bytes in broken {
            for place in 0...17 {
                let before = Array(repeating: UInt8(ascii: "x"), count: place)
                for after in ["", "yyyyyyyyyy", #"\n"#, #"\u00e9"#, #"\u0080"#] {
                    let content = before + bytes + Array(after.utf8)
                    for text in ["\"".utf8 + content + "\"".utf8, "{\"".utf8 + content + "\":1}".utf8] {
                        #expect(throws: JSONError.self) { try JSONReader.read(Array(text)) }
                    }
                    let escaped = Array(#""\t"#.utf8) + content + Array("\"".utf8)
                    #expect(throws: JSONError.self) { try JSONReader.read(escaped) }
                }
            }
        }
        for byte in UInt8(0x80)...0xFF {
            #expect(throws: JSONError.self) { try JSONReader.read([0x22, 0x5C, byte, 0x22]) }
        }
    }

    /// Members and integers are written in one piece; they read the same as what is described.
    @Test(arguments: [Int64.min, -10, -9, -1, 0, 1, 9, 10, 99, 100, 1_234_567_890, Int64.max])
    func integersAreWrittenInDecimal(_ number: Int64) {
        var writer = JSONWriter(capacity: 1)
        writer.beginObject()
        writer.member("number", number)
        writer.member("text", "plain")
        writer.member("marks", "a\"b\n")
        writer.member("empty", "")
        writer.member("made", length: 2) { out in
            out[0] = UInt8(ascii: "o")
            out[1] = UInt8(ascii: "k")
        }
        writer.endObject()
        let expected = #"{"number":\#(number),"text":"plain","marks":"a\"b\n","empty":"","made":"ok"}"#
        #expect(String(decoding: writer.bytes, as: UTF8.self) == expected)
    }
}
