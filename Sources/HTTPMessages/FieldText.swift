/// The names and values of header fields, looked at byte by byte where they are stored.
package enum FieldText {
    /// Whether a text is another, which is in lower case, but for the case of ASCII letters.
    package static func same(_ text: UnsafeBufferPointer<UInt8>, _ lowercase: StaticString) -> Bool {
        lowercase.withUTF8Buffer { self.same(text, $0) }
    }

    package static func same(
        _ text: UnsafeBufferPointer<UInt8>, _ lowercase: UnsafeBufferPointer<UInt8>
    ) -> Bool {
        guard text.count == lowercase.count else { return false }
        for index in 0..<text.count {
            let (byte, wanted) = (text[index], lowercase[index])
            // Mostly the case is the same too.
            guard byte == wanted || (byte >= 0x41 && byte <= 0x5a && byte | 0x20 == wanted) else { return false }
        }
        return true
    }

    /// Whether a text begins with another, which is in lower case, but for the case of ASCII letters.
    package static func begins(_ text: UnsafeBufferPointer<UInt8>, with lowercase: StaticString) -> Bool {
        let count = lowercase.utf8CodeUnitCount
        return text.count >= count && self.same(UnsafeBufferPointer(rebasing: text[..<count]), lowercase)
    }

    /// Whether a word, which is in lower case, stands in a list with commas.
    package static func lists(_ word: StaticString, in list: UnsafeBufferPointer<UInt8>) -> Bool {
        for item in list.split(separator: 0x2c) {
            var item = item
            while let first = item.first, first == 0x20 || first == 0x09 { item.removeFirst() }
            while let last = item.last, last == 0x20 || last == 0x09 { item.removeLast() }
            if self.same(UnsafeBufferPointer(rebasing: item), word) { return true }
        }
        return false
    }

    /// As a text; what is no UTF-8 is replaced.
    package static func text(_ bytes: UnsafeBufferPointer<UInt8>) -> String { String(decoding: bytes, as: UTF8.self) }

    /// Visible ASCII and spaces.
    package static func isPrintable(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        WideBytes.none(of: bytes) { ($0 &- WideBytes.all(0x20)) | ($0 &+ WideBytes.all(0x01)) | $0 }
    }

    /// One digit or more, and nothing else.
    package static func isDecimal(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        for byte in bytes where byte < 0x30 || byte > 0x39 { return false }
        return !bytes.isEmpty
    }

    /// ASCII without control characters and spaces.
    package static func isVisible(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        WideBytes.none(of: bytes) { ($0 &- WideBytes.all(0x21)) | ($0 &+ WideBytes.all(0x01)) | $0 }
    }

    /// Whether a text can be a field's value: no control character but tabulators.
    package static func isValue(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        // As most values are, and quickly told.
        if isPrintable(bytes) { return true }
        for byte in bytes where (byte < 0x20 && byte != 0x09) || byte == 0x7f { return false }
        return true
    }

    /// Whether a text can be a field's name, RFC 9110's `token`.
    package static func isName(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        // Letters and hyphens, as most names are.
        let isUsual = WideBytes.none(of: bytes) { bytes in
            let lowercase = bytes | WideBytes.all(0x20)
            let letters = (lowercase &+ WideBytes.all(0x80 - 0x61)) & ~(lowercase &+ WideBytes.all(0x80 - 0x7b))
            let others = (bytes ^ WideBytes.all(0x2d)) &+ WideBytes.all(0x7f)
            return (others & ~letters) | bytes
        }
        if isUsual { return !bytes.isEmpty }
        for byte in bytes where !isTokenByte(byte) { return false }
        return !bytes.isEmpty
    }

    static func isTokenByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5a, 0x61...0x7a: true
        case 0x21, 0x23...0x27, 0x2a, 0x2b, 0x2d, 0x2e, 0x5e...0x60, 0x7c, 0x7e: true
        default: false
        }
    }

    /// The UTF-8 of a text in one piece.
    @inlinable @inline(__always)
    package static func withBytes<Result>(of text: String, _ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
        text.utf8.span.withUnsafeBufferPointer(body)
    }
}
