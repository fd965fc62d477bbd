/// Base64 (RFC 4648 §4) of bytes, padded.
enum Base64Text {
    /// - Parameter prefix: what stands before the Base64 in the text.
    static func text(of bytes: UnsafeRawBufferPointer, after prefix: String) -> String {
        let alphabet: StaticString = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
        let digits = UnsafeBufferPointer(start: alphabet.utf8Start, count: alphabet.utf8CodeUnitCount)
        let padding = UInt8(ascii: "=")
        let length = prefix.utf8.count + (bytes.count + 2) / 3 * 4
        return String(unsafeUninitializedCapacity: length) { out in
            var position = 0
            prefix.utf8.span.withUnsafeBufferPointer { bytes in
                for index in 0..<bytes.count { out[index] = bytes[index] }
                position = bytes.count
            }
            var index = 0
            while index + 3 <= bytes.count {
                let word = Int(bytes[index]) << 16 | Int(bytes[index + 1]) << 8 | Int(bytes[index + 2])
                out[position] = digits[word >> 18]
                out[position + 1] = digits[word >> 12 & 63]
                out[position + 2] = digits[word >> 6 & 63]
                out[position + 3] = digits[word & 63]
                position += 4
                index += 3
            }
            if index < bytes.count {
                let isOne = index + 1 == bytes.count
                let word = Int(bytes[index]) << 16 | (isOne ? 0 : Int(bytes[index + 1]) << 8)
                out[position] = digits[word >> 18]
                out[position + 1] = digits[word >> 12 & 63]
                out[position + 2] = isOne ? padding : digits[word >> 6 & 63]
                out[position + 3] = padding
            }
            return length
        }
    }
}
