/// The two escapes of a corpus line: `\xHH` is one byte, `\x{TEXT*COUNT}` is a text many times over. Everything else
/// stands for itself, JSON's own backslashes included.
enum CorpusEscapes {
    static func bytes(of text: [UInt8]) -> [UInt8] {
        var out: [UInt8] = []
        var rest = text[...]
        while let byte = rest.first {
            if rest.starts(with: #"\x{"#.utf8), let (unit, count, end) = self.repetition(rest.dropFirst(3)) {
                let piece = self.bytes(of: Array(unit))
                if piece.count == 1 {
                    out.append(contentsOf: repeatElement(piece[0], count: count))
                } else {
                    for _ in 0..<count { out.append(contentsOf: piece) }
                }
                rest = rest[end...]
            } else if rest.starts(with: #"\x"#.utf8), rest.count >= 4,
                let value = UInt8(String(decoding: rest.dropFirst(2).prefix(2), as: UTF8.self), radix: 16)
            {
                out.append(value)
                rest = rest.dropFirst(4)
            } else {
                out.append(byte)
                rest = rest.dropFirst()
            }
        }
        return out
    }

    /// Up to the first `*DIGITS}`.
    private static func repetition(
        _ text: ArraySlice<UInt8>
    ) -> (unit: ArraySlice<UInt8>, count: Int, end: Int)? {
        for star in text.indices where text[star] == UInt8(ascii: "*") {
            let digits = text[(star + 1)...].prefix { $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }
            guard let count = Int(String(decoding: digits, as: UTF8.self)), digits.endIndex < text.endIndex,
                text[digits.endIndex] == UInt8(ascii: "}")
            else { continue }
            return (text[..<star], count, digits.endIndex + 1)
        }
        return nil
    }
}
