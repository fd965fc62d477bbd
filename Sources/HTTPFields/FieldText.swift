/// The names and values of header fields, looked at byte by byte where they are stored.
package enum FieldText {
    /// Whether a text is another, which is in lower case, but for the case of ASCII letters.
    package static func same(_ text: String, _ lowercase: String) -> Bool {
        guard text.utf8.count == lowercase.utf8.count else { return false }
        return withBytes(of: text) { text in
            withBytes(of: lowercase) { lowercase in self.same(text, lowercase) }
        }
    }

    /// Whether a text begins with another, which is in lower case, but for the case of ASCII letters.
    package static func begins(_ text: String, with lowercase: String) -> Bool {
        let count = lowercase.utf8.count
        guard text.utf8.count >= count else { return false }
        return withBytes(of: text) { text in
            withBytes(of: lowercase) { lowercase in
                self.same(UnsafeBufferPointer(rebasing: text.prefix(count)), lowercase)
            }
        }
    }

    /// Visible ASCII and spaces.
    package static func isPrintable(_ text: String) -> Bool { withBytes(of: text, isPrintable) }

    private static func isPrintable(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        // Without a way out in the middle, so that several bytes are looked at at once.
        var bad: UInt8 = 0
        for index in 0..<bytes.count { bad |= bytes[index] < 0x20 || bytes[index] > 0x7e ? 1 : 0 }
        return bad == 0
    }

    /// One digit or more, and nothing else.
    package static func isDecimal(_ text: String) -> Bool {
        withBytes(of: text) { bytes in
            for byte in bytes where byte < 0x30 || byte > 0x39 { return false }
            return !bytes.isEmpty
        }
    }

    /// Whether a text can be a field's value: no control character but tabulators.
    package static func isValue(_ text: String) -> Bool { withBytes(of: text, isValue) }

    package static func isValue(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        // As most values are, and quickly told.
        if isPrintable(bytes) { return true }
        for byte in bytes where (byte < 0x20 && byte != 0x09) || byte == 0x7f { return false }
        return true
    }

    /// Whether a text can be a field's name, RFC 9110's `token`.
    package static func isName(_ text: String) -> Bool { withBytes(of: text, isName) }

    package static func isName(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        // Letters and hyphens, as most names are. Without a way out in the middle, so that several bytes are looked at
        // at once.
        var others: UInt8 = 0
        for index in 0..<bytes.count {
            let byte = bytes[index]
            others |= ((byte | 0x20) &- 0x61 < 26 ? 0 : 1) & (byte == 0x2d ? 0 : 1)
        }
        if others == 0 { return !bytes.isEmpty }
        for byte in bytes {
            switch byte {
            case 0x30...0x39, 0x41...0x5a, 0x61...0x7a: break
            case 0x21, 0x23...0x27, 0x2a, 0x2b, 0x2d, 0x2e, 0x5e...0x60, 0x7c, 0x7e: break
            default: return false
            }
        }
        return !bytes.isEmpty
    }

    /// The UTF-8 of a text in one piece.
    @inlinable @inline(__always)
    package static func withBytes<Result>(of text: String, _ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
        text.utf8.span.withUnsafeBufferPointer(body)
    }

    /// Of two texts of one length.
    static func same(_ text: UnsafeBufferPointer<UInt8>, _ lowercase: UnsafeBufferPointer<UInt8>) -> Bool {
        for index in 0..<text.count {
            let (byte, wanted) = (text[index], lowercase[index])
            // Mostly the case is the same too.
            guard byte == wanted || (byte >= 0x41 && byte <= 0x5a && byte | 0x20 == wanted) else { return false }
        }
        return true
    }
}
