import Foundation

/// Spellings of one secret, to check that a text which must not hold it holds none of them: plain, JSON-escaped (once
/// and twice), as an XML text, URL-encoded, UTF-16, and base64 of UTF-8 and of UTF-16 as PowerShell's `-EncodedCommand`
/// has it. `Scrubber` goes the other way and reads the text, so a check with these does not repeat its mistakes.
package enum SecretForms {
    package static func all(of value: String) -> Set<[UInt8]> {
        let plain = Array(value.utf8)
        var forms: Set<[UInt8]> = [plain, self.xmlEscaped(plain)]
        for style in JSONStyle.allCases {
            let once = self.jsonEscaped(value, style)
            forms.insert(once)
            forms.insert(self.jsonEscaped(String(decoding: once, as: UTF8.self), .usual))
        }
        // What RFC 3986 leaves plain; what JavaScript leaves plain; what Python leaves plain.
        for kept in ["-._~", "-._~!*'()", "-._~/"] {
            for digits in ["0123456789ABCDEF", "0123456789abcdef"] {
                for space in ["%20", "+"] {
                    forms.insert(self.percentEncoded(plain, keeping: kept, digits: Array(digits.utf8), space: space))
                }
            }
        }
        let little = value.utf16.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8(truncatingIfNeeded: $0 >> 8)] }
        let big = value.utf16.flatMap { [UInt8(truncatingIfNeeded: $0 >> 8), UInt8(truncatingIfNeeded: $0)] }
        forms.formUnion([little, big])
        for bytes in [plain, little, big] { forms.formUnion(self.base64(bytes)) }
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
                core.map {
                    $0 == UInt8(ascii: "+") ? UInt8(ascii: "-") : $0 == UInt8(ascii: "/") ? UInt8(ascii: "_") : $0
                })
        }
        return forms
    }

    /// What writers of JSON escape besides what they must.
    private enum JSONStyle: CaseIterable {
        case usual
        /// As PHP's and Foundation's writers do by default.
        case slashes
        /// As Python's does by default: everything beyond ASCII.
        case beyondASCII
        /// As .NET's System.Text.Json does by default: that, and what means something in HTML.
        case html
    }

    private static func jsonEscaped(_ value: String, _ style: JSONStyle) -> [UInt8] {
        var out: [UInt8] = []
        for scalar in value.unicodeScalars {
            guard let byte = UInt8(exactly: scalar.value), byte < 0x7F else {
                switch style {
                case .usual, .slashes: out.append(contentsOf: UTF8.encode(scalar) ?? .init())
                case .beyondASCII, .html:
                    for unit in UTF16.encode(scalar) ?? .init() { self.escape(unit, style, to: &out) }
                }
                continue
            }
            switch byte {
            case UInt8(ascii: "\"") where style != .html, UInt8(ascii: "\\"): out.append(contentsOf: [0x5C, byte])
            case UInt8(ascii: "/") where style == .slashes: out.append(contentsOf: [0x5C, byte])
            case 0x08: out.append(contentsOf: "\\b".utf8)
            case 0x09: out.append(contentsOf: "\\t".utf8)
            case 0x0A: out.append(contentsOf: "\\n".utf8)
            case 0x0C: out.append(contentsOf: "\\f".utf8)
            case 0x0D: out.append(contentsOf: "\\r".utf8)
            case 0..<0x20: self.escape(UInt16(byte), style, to: &out)
            case _ where style == .html && "\"&'+<>`".utf8.contains(byte): self.escape(UInt16(byte), style, to: &out)
            default: out.append(byte)
            }
        }
        return out
    }

    private static func escape(_ unit: UInt16, _ style: JSONStyle, to out: inout [UInt8]) {
        let digits = Array((style == .html ? "0123456789ABCDEF" : "0123456789abcdef").utf8)
        out.append(contentsOf: "\\u".utf8)
        for shift in [12, 8, 4, 0] { out.append(digits[Int(unit >> shift & 15)]) }
    }

    /// PowerShell answers errors as XML (CLIXML).
    private static func xmlEscaped(_ bytes: [UInt8]) -> [UInt8] {
        bytes.reduce(into: []) { out, byte in
            switch byte {
            case UInt8(ascii: "&"): out.append(contentsOf: "&amp;".utf8)
            case UInt8(ascii: "<"): out.append(contentsOf: "&lt;".utf8)
            case UInt8(ascii: ">"): out.append(contentsOf: "&gt;".utf8)
            case UInt8(ascii: "\""): out.append(contentsOf: "&quot;".utf8)
            default: out.append(byte)
            }
        }
    }

    private static func percentEncoded(
        _ bytes: [UInt8], keeping kept: String, digits: [UInt8], space: String
    ) -> [UInt8] {
        bytes.reduce(into: []) { out, byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"):
                out.append(byte)
            case _ where kept.utf8.contains(byte): out.append(byte)
            case 0x20: out.append(contentsOf: space.utf8)
            default:
                out.append(UInt8(ascii: "%"))
                out.append(digits[Int(byte >> 4)])
                out.append(digits[Int(byte & 15)])
            }
        }
    }
}
