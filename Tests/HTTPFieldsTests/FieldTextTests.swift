import HTTPFields
import Testing

@Suite struct FieldTextTests {
    @Test func namesAreTokens() {
        let separators = Set("\"(),/:;<=>?@[\\]{}".utf8)
        for byte in UInt8.min...UInt8.max {
            let isToken = byte > 0x20 && byte < 0x7f && !separators.contains(byte)
            let isName = [UInt8](arrayLiteral: 0x78, byte, 0x79).withUnsafeBufferPointer(FieldText.isName)
            #expect(isName == isToken, "byte \(byte)")
        }
        #expect(!FieldText.isName(""))
        #expect(FieldText.isName("x-ms-request-id"))
    }

    @Test func valuesHaveNoControlCharactersButTabs() {
        for byte in UInt8.min...UInt8.max {
            let isControl = (byte < 0x20 && byte != 0x09) || byte == 0x7f
            let isValue = [UInt8](arrayLiteral: 0x61, byte, 0x62).withUnsafeBufferPointer(FieldText.isValue)
            #expect(isValue == !isControl, "byte \(byte)")
        }
        #expect(FieldText.isValue(""))
        #expect(!FieldText.isValue("a\r\nset-cookie: b"))
    }

    @Test(arguments: [
        ("Location", "location", true), ("LOCATION", "location", true), ("locatio", "location", false),
        ("locations", "location", false), ("", "", true), ("x@y", "x`y", false), ("x[y", "x{y", false),
        // The Kelvin sign is no k, whatever Unicode folds.
        ("\u{212A}ey", "key", false), ("ſame", "same", false),
    ]) func onlyASCIILettersFold(_ text: String, _ lowercase: String, _ isSame: Bool) {
        #expect(FieldText.same(text, lowercase) == isSame)
    }

    @Test func beginningsFoldToo() {
        #expect(FieldText.begins("X-MS-RateLimit-Remaining-Reads", with: "x-ms-ratelimit-remaining-"))
        #expect(!FieldText.begins("x-ms-ratelimit-remaining", with: "x-ms-ratelimit-remaining-"))
        #expect(FieldText.begins("x", with: ""))
    }

    @Test func numbersAndPrintableTexts() {
        #expect(FieldText.isDecimal("0123456789"))
        for text in ["", "-1", "1 ", "١"] { #expect(!FieldText.isDecimal(text), "\(text)") }
        #expect(FieldText.isPrintable("a ~"))
        for text in ["a\tb", "ä", "\u{7f}", "a\nb"] { #expect(!FieldText.isPrintable(text)) }
    }

    @Test func listedNamesAreFoundInAnyCase() {
        let names = FieldNames(["te", "host", "expect", "content-length"])
        #expect(names.listed("Content-Length") == "content-length")
        #expect(names.listed("TE") == "te")
        for name in ["", "t", "tes", "hosts", "content-lengt\u{212A}", String(repeating: "x", count: 400)] {
            #expect(names.listed(name) == nil)
        }
        #expect(FieldNames([]).listed("te") == nil)
    }
}
