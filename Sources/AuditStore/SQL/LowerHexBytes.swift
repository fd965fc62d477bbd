/// Bytes from lower-case hexadecimal digits.
enum LowerHexBytes {
    /// - Returns: `nil` unless the text is exactly so many bytes.
    static func read(_ text: String, count: Int) -> [UInt8]? {
        var text = text
        return text.withUTF8 { digits in
            guard digits.count == 2 * count else { return nil }
            var seen: UInt8 = 0
            let bytes = [UInt8](unsafeUninitializedCapacity: count) { bytes, initialized in
                for place in 0..<count {
                    let (high, low) = (Self.digit(digits[2 * place]), Self.digit(digits[2 * place + 1]))
                    seen |= high | low
                    bytes[place] = high << 4 | low & 15
                }
                initialized = count
            }
            return seen < 16 ? bytes : nil
        }
    }

    /// - Returns: 16 for what is none.
    private static func digit(_ byte: UInt8) -> UInt8 {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        default: 16
        }
    }
}
