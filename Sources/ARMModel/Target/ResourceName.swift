/// What names may look like. Tighter than Azure's own rules where those allow what two readers may see differently
/// (facts §6).
package enum ResourceName {
    package static func isSubscription(_ text: String) -> Bool { self.isGUID(text) }

    /// 1 to 90 of letters, digits, `-_().`, not ending in a dot; ASCII only.
    package static func isResourceGroup(_ text: String) -> Bool { text.withBytes { self.isResourceGroup($0) } }

    static func isResourceGroup(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        (1...90).contains(bytes.count) && bytes.last != UInt8(ascii: ".")
            && self.all(bytes) { byte in
                switch byte {
                case UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: "."):
                    true
                default: self.isLetterOrDigit(byte)
                }
            }
    }

    package static func isMachine(_ text: String) -> Bool { text.withBytes { self.isMachine($0) } }
    static func isMachine(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool { self.isPlain(bytes, maximum: 64) }
    package static func isRunCommand(_ text: String) -> Bool { text.withBytes { self.isRunCommand($0) } }
    static func isRunCommand(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool { self.isPlain(bytes, maximum: 80) }

    /// Name of a gallery, or of a script in it.
    package static func isGalleryPart(_ text: String) -> Bool { text.withBytes { self.isPlain($0, maximum: 80) } }

    package static func isInstance(_ text: String) -> Bool { text.withBytes { self.isInstance($0) } }

    static func isInstance(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        (1...10).contains(bytes.count) && self.all(bytes) { $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }
    }

    package static func isLocation(_ text: String) -> Bool { text.withBytes { self.isLocation($0) } }

    static func isLocation(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        (2...32).contains(bytes.count) && self.all(bytes, self.isLetterOrDigit)
    }

    /// Known ids of built-in commands use letters, digits and `_`.
    package static func isCommandID(_ text: String) -> Bool { text.withBytes { self.isCommandID($0) } }

    static func isCommandID(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        (1...64).contains(bytes.count) && self.all(bytes) { self.isLetterOrDigit($0) || $0 == UInt8(ascii: "_") }
    }

    /// Eight, four, four, four and twelve hexadecimal digits.
    package static func isGUID(_ text: String) -> Bool { text.withBytes { self.isGUID($0) } }

    static func isGUID(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        let hyphen = UInt8(ascii: "-")
        guard bytes.count == 36, bytes[8] == hyphen, bytes[13] == hyphen, bytes[18] == hyphen, bytes[23] == hyphen
        else { return false }
        return self.all(bytes[..<8], self.isHex) && self.all(bytes[9..<13], self.isHex)
            && self.all(bytes[14..<18], self.isHex) && self.all(bytes[19..<23], self.isHex)
            && self.all(bytes[24...], self.isHex)
    }

    private static func isPlain(_ bytes: UnsafeBufferPointer<UInt8>, maximum: Int) -> Bool {
        guard let first = bytes.first, bytes.count <= maximum, self.isLetterOrDigit(first) else { return false }
        return self.all(bytes) { byte in
            switch byte {
            case UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"): true
            default: self.isLetterOrDigit(byte)
            }
        }
    }

    @inline(__always)
    private static func all(_ bytes: Slice<UnsafeBufferPointer<UInt8>>, _ isAllowed: (UInt8) -> Bool) -> Bool {
        self.all(UnsafeBufferPointer(rebasing: bytes), isAllowed)
    }

    @inline(__always)
    private static func all(_ bytes: UnsafeBufferPointer<UInt8>, _ isAllowed: (UInt8) -> Bool) -> Bool {
        for byte in bytes where !isAllowed(byte) { return false }
        return true
    }

    @inline(__always)
    private static func isHex(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"),
            UInt8(ascii: "A")...UInt8(ascii: "F"):
            true
        default: false
        }
    }

    @inline(__always)
    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "A")...UInt8(ascii: "Z"):
            true
        default: false
        }
    }
}
