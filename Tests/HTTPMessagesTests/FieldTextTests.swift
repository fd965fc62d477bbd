import HTTPMessages
import Testing

@Suite struct FieldTextTests {
    @Test func namesAreTokens() {
        let separators = Set("\"(),/:;<=>?@[\\]{}".utf8)
        for byte in UInt8.min...UInt8.max {
            let isToken = byte > 0x20 && byte < 0x7f && !separators.contains(byte)
            let isName = [UInt8](arrayLiteral: 0x78, byte, 0x79).withUnsafeBufferPointer(FieldText.isName)
            #expect(isName == isToken, "byte \(byte)")
        }
        #expect(!FieldText.withBytes(of: "", FieldText.isName))
        #expect(FieldText.withBytes(of: "x-ms-request-id", FieldText.isName))
    }

    @Test func valuesHaveNoControlCharactersButTabs() {
        for byte in UInt8.min...UInt8.max {
            let isControl = (byte < 0x20 && byte != 0x09) || byte == 0x7f
            let isValue = [UInt8](arrayLiteral: 0x61, byte, 0x62).withUnsafeBufferPointer(FieldText.isValue)
            #expect(isValue == !isControl, "byte \(byte)")
        }
        #expect(FieldText.withBytes(of: "", FieldText.isValue))
        #expect(!FieldText.withBytes(of: "a\r\nset-cookie: b", FieldText.isValue))
    }

    @Test(arguments: [
        ("Location", "location", true), ("LOCATION", "location", true), ("locatio", "location", false),
        ("locations", "location", false), ("", "", true), ("x@y", "x`y", false), ("x[y", "x{y", false),
        // The Kelvin sign is no k, whatever Unicode folds.
        ("\u{212A}ey", "key", false), ("ſame", "same", false),
    ]) func onlyASCIILettersFold(_ text: String, _ lowercase: String, _ isSame: Bool) {
        let found = FieldText.withBytes(of: text) { text in
            FieldText.withBytes(of: lowercase) { FieldText.same(text, $0) }
        }
        #expect(found == isSame)
    }

    @Test func beginningsFoldToo() {
        func begins(_ text: String, _ lowercase: StaticString) -> Bool {
            FieldText.withBytes(of: text) { FieldText.begins($0, with: lowercase) }
        }
        #expect(begins("X-MS-RateLimit-Remaining-Reads", "x-ms-ratelimit-remaining-"))
        #expect(!begins("x-ms-ratelimit-remaining", "x-ms-ratelimit-remaining-"))
        #expect(begins("x", ""))
    }

    @Test func numbersAndPrintableTexts() {
        #expect(FieldText.withBytes(of: "0123456789", FieldText.isDecimal))
        for text in ["", "-1", "1 ", "١"] { #expect(!FieldText.withBytes(of: text, FieldText.isDecimal), "\(text)") }
        #expect(FieldText.withBytes(of: "a ~", FieldText.isPrintable))
        for text in ["a\tb", "ä", "\u{7f}", "a\nb"] { #expect(!FieldText.withBytes(of: text, FieldText.isPrintable)) }
    }

    /// Texts are looked at in large pieces: none of their bytes is missed, however long they are.
    @Test func everyByteCounts() {
        func check(_ text: [UInt8], _ byte: UInt8) {
            let separators = Set("\"(),/:;<=>?@[\\]{}".utf8)
            text.withUnsafeBufferPointer { text in
                let isVisible = byte > 0x20 && byte < 0x7f
                #expect(FieldText.isPrintable(text) == (byte == 0x20 || isVisible), "\(text.count), \(byte)")
                #expect(FieldText.isVisible(text) == isVisible, "\(text.count), \(byte)")
                let isName = isVisible && !separators.contains(byte)
                #expect(FieldText.isName(text) == isName, "\(text.count), \(byte)")
            }
        }
        for count in 1...35 {
            for place in 0..<count {
                var text = (0..<count).map { UInt8(ascii: "a") + UInt8($0 % 26) }
                for byte: UInt8 in [
                    0, 0x09, 0x0a, 0x1f, 0x20, 0x21, 0x2d, 0x40, 0x5a, 0x5b, 0x60, 0x7b, 0x7e, 0x7f, 0x80, 0xff,
                ] {
                    text[place] = byte
                    check(text, byte)
                }
            }
        }
    }

    @Test func listedNamesAreFoundInAnyCase() {
        let names = FieldNames(["te", "host", "expect", "content-length"])
        func listed(_ name: String, in names: FieldNames) -> String? {
            FieldText.withBytes(of: name) { names.listed($0) }
        }
        #expect(listed("Content-Length", in: names) == "content-length")
        #expect(listed("TE", in: names) == "te")
        for name in ["", "t", "tes", "hosts", "content-lengt\u{212A}", String(repeating: "x", count: 400)] {
            #expect(listed(name, in: names) == nil)
        }
        #expect(listed("te", in: FieldNames([])) == nil)
    }
}
