/// Base64 (RFC 4648 §4) of bytes, padded.
package enum Base64Text {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    package static func text(of bytes: [UInt8]) -> String {
        let length = (bytes.count + 2) / 3 * 4
        return String(unsafeUninitializedCapacity: length) { out in
            var position = 0
            var index = 0
            while index < bytes.count {
                let left = bytes.count - index
                let word =
                    UInt32(bytes[index]) << 16 | (left > 1 ? UInt32(bytes[index + 1]) << 8 : 0)
                    | (left > 2 ? UInt32(bytes[index + 2]) : 0)
                for place in 0..<4 {
                    out[position] =
                        place > left ? UInt8(ascii: "=") : self.alphabet[Int(word >> UInt32(18 - 6 * place)) & 63]
                    position += 1
                }
                index += 3
            }
            return length
        }
    }
}
