/// Bytes from lower-case hexadecimal digits.
enum LowerHexBytes {
    /// - Returns: `nil` unless the text is exactly so many bytes.
    static func read(_ text: String, count: Int) -> [UInt8]? {
        guard text.utf8.count == 2 * count else { return nil }
        var bytes = [UInt8](repeating: 0, count: count)
        var seen: UInt8 = 0
        for (place, byte) in text.utf8.enumerated() {
            let digit = Self.digit(byte)
            seen |= digit
            bytes[place / 2] = bytes[place / 2] << 4 | digit & 15
        }
        return seen < 16 ? bytes : nil
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
