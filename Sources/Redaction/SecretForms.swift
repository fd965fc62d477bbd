import Foundation

/// The spellings in which one secret may come back: plain, JSON-escaped (once and twice), as an XML text, URL-encoded,
/// UTF-16, and base64 of UTF-8 and of UTF-16 as PowerShell's `-EncodedCommand` has it.
package enum SecretForms {
    package static func all(of value: String) -> Set<[UInt8]> {
        let plain = Array(value.utf8)
        var forms: Set<[UInt8]> = [plain, self.xmlEscaped(plain)]
        for escaped in [self.jsonEscaped(plain), self.jsonEscapedASCII(value), self.jsonEscapedForHTML(value)] {
            forms.insert(escaped)
            forms.insert(self.jsonEscaped(escaped))
        }
        // What RFC 3986 leaves plain; what JavaScript leaves plain; what Python leaves plain.
        for kept in ["-._~", "-._~!*'()", "-._~/"] {
            for digits in ["0123456789ABCDEF", "0123456789abcdef"] {
                forms.insert(self.percentEncoded(plain, keeping: kept, digits: digits, spaceAsPlus: false))
                forms.insert(self.percentEncoded(plain, keeping: kept, digits: digits, spaceAsPlus: true))
            }
        }
        let wide = value.utf16.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8(truncatingIfNeeded: $0 >> 8)] }
        let wideBig = value.utf16.flatMap { [UInt8(truncatingIfNeeded: $0 >> 8), UInt8(truncatingIfNeeded: $0)] }
        forms.formUnion([wide, wideBig])
        for bytes in [plain, wide, wideBig] { forms.formUnion(self.base64(bytes)) }
        return forms
    }

    /// Base64 of the bytes wherever they stand in a longer text: three alignments, without the characters that
    /// depend on the neighbours; in both alphabets.
    private static func base64(_ bytes: [UInt8]) -> Set<[UInt8]> {
        var forms: Set<[UInt8]> = []
        for shift in 0..<3 {
            let padded = [UInt8](repeating: 0, count: shift) + bytes
            let text = Array(Data(padded).base64EncodedString().utf8.filter { $0 != UInt8(ascii: "=") })
            let lead = shift == 0 ? 0 : shift + 1
            let certain = padded.count * 8 / 6
            guard certain > lead else { continue }
            let core = Array(text[lead..<certain])
            forms.insert(core)
            forms.insert(
                core.map { $0 == UInt8(ascii: "+") ? UInt8(ascii: "-") : $0 == UInt8(ascii: "/") ? UInt8(ascii: "_") : $0 })
        }
        return forms
    }

    /// As most writers do: only what must be escaped.
    private static func jsonEscaped(_ bytes: [UInt8]) -> [UInt8] {
        bytes.flatMap { byte in self.shortEscape(byte) ?? (byte < 0x20 ? self.unicodeEscape(UInt16(byte)) : [byte]) }
    }

    /// As writers do that keep to ASCII (Python's, by default).
    private static func jsonEscapedASCII(_ value: String) -> [UInt8] {
        value.utf16.flatMap { unit -> [UInt8] in
            guard let byte = UInt8(exactly: unit), byte < 0x7F else { return self.unicodeEscape(unit) }
            return self.jsonEscaped([byte])
        }
    }

    /// As .NET's System.Text.Json does by default, which also escapes what means something in HTML.
    private static func jsonEscapedForHTML(_ value: String) -> [UInt8] {
        value.utf16.flatMap { unit -> [UInt8] in
            guard let byte = UInt8(exactly: unit), byte < 0x7F, !"\"&'+<>`".utf8.contains(byte) else {
                return self.unicodeEscape(unit, digits: "0123456789ABCDEF")
            }
            return self.jsonEscaped([byte])
        }
    }

    private static func shortEscape(_ byte: UInt8) -> [UInt8]? {
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): [UInt8(ascii: "\\"), byte]
        case 0x08: Array("\\b".utf8)
        case 0x09: Array("\\t".utf8)
        case 0x0A: Array("\\n".utf8)
        case 0x0C: Array("\\f".utf8)
        case 0x0D: Array("\\r".utf8)
        default: nil
        }
    }

    private static func unicodeEscape(_ unit: UInt16, digits: String = "0123456789abcdef") -> [UInt8] {
        let digits = Array(digits.utf8)
        return Array("\\u".utf8) + [12, 8, 4, 0].map { digits[Int(unit >> $0 & 15)] }
    }

    /// PowerShell answers errors as XML (CLIXML).
    private static func xmlEscaped(_ bytes: [UInt8]) -> [UInt8] {
        bytes.flatMap { byte -> [UInt8] in
            switch byte {
            case UInt8(ascii: "&"): Array("&amp;".utf8)
            case UInt8(ascii: "<"): Array("&lt;".utf8)
            case UInt8(ascii: ">"): Array("&gt;".utf8)
            case UInt8(ascii: "\""): Array("&quot;".utf8)
            default: [byte]
            }
        }
    }

    private static func percentEncoded(
        _ bytes: [UInt8], keeping kept: String, digits: String, spaceAsPlus: Bool
    ) -> [UInt8] {
        let digits = Array(digits.utf8)
        return bytes.flatMap { byte -> [UInt8] in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"):
                [byte]
            case _ where kept.utf8.contains(byte): [byte]
            case 0x20 where spaceAsPlus: [UInt8(ascii: "+")]
            default: [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
    }
}
