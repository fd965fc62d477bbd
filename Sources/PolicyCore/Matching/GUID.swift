import ARMModel

/// A GUID as a number, so that two spellings of one id are equal and comparing costs nothing.
package struct GUID: Sendable, Hashable {
    private let high: UInt64
    private let low: UInt64

    /// - Parameter text: 8-4-4-4-12 hexadecimal digits in any case, without braces; anything else is `nil`.
    package init?(_ text: String) {
        guard text.utf8.count == 36, let guid = text.withBytes(Self.init(bytes:)) else { return nil }
        self = guid
    }

    private init?(bytes: UnsafeBufferPointer<UInt8>) {
        var words: (UInt64, UInt64) = (0, 0)
        var digits = 0
        for place in 0..<bytes.count {
            let byte = bytes[place]
            if place == 8 || place == 13 || place == 18 || place == 23 {
                guard byte == 0x2D else { return nil }
                continue
            }
            let digit: UInt8
            switch byte {
            case 0x30...0x39: digit = byte - 0x30
            case 0x41...0x46: digit = byte - 0x37
            case 0x61...0x66: digit = byte - 0x57
            default: return nil
            }
            if digits < 16 {
                words.0 = words.0 << 4 | UInt64(digit)
            } else {
                words.1 = words.1 << 4 | UInt64(digit)
            }
            digits += 1
        }
        self.high = words.0
        self.low = words.1
    }
}
