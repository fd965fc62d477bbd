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
