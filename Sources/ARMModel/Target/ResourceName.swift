/// What names may look like. Tighter than Azure's own rules where those allow what two readers may see differently
/// (facts §6).
package enum ResourceName {
    package static func isSubscription(_ text: String) -> Bool { self.isGUID(text) }

    /// 1 to 90 of letters, digits, `-_().`, not ending in a dot; ASCII only.
    package static func isResourceGroup(_ text: String) -> Bool {
        (1...90).contains(text.utf8.count) && text.utf8.last != UInt8(ascii: ".")
            && text.utf8.allSatisfy { byte in
                self.isLetterOrDigit(byte) || "-_().".utf8.contains(byte)
            }
    }

    package static func isMachine(_ text: String) -> Bool { self.isPlain(text, maximum: 64) }
    package static func isRunCommand(_ text: String) -> Bool { self.isPlain(text, maximum: 80) }

    /// Name of a gallery, or of a script in it.
    package static func isGalleryPart(_ text: String) -> Bool { self.isPlain(text, maximum: 80) }

    package static func isInstance(_ text: String) -> Bool {
        (1...10).contains(text.utf8.count)
            && text.utf8.allSatisfy { $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }
    }

    package static func isLocation(_ text: String) -> Bool {
        (2...32).contains(text.utf8.count) && text.utf8.allSatisfy(self.isLetterOrDigit)
    }

    /// Known ids of built-in commands use letters, digits and `_`.
    package static func isCommandID(_ text: String) -> Bool {
        (1...64).contains(text.utf8.count)
            && text.utf8.allSatisfy { self.isLetterOrDigit($0) || $0 == UInt8(ascii: "_") }
    }

    /// Eight, four, four, four and twelve hexadecimal digits.
    package static func isGUID(_ text: String) -> Bool {
        guard text.utf8.count == 36 else { return false }
        return text.withBytes { bytes in
            for index in bytes.indices {
                switch index {
                case 8, 13, 18, 23: guard bytes[index] == UInt8(ascii: "-") else { return false }
                default:
                    guard self.isLetterOrDigit(bytes[index]), self.isHex(bytes[index]) else { return false }
                }
            }
            return true
        }
    }

    private static func isPlain(_ text: String, maximum: Int) -> Bool {
        guard let first = text.utf8.first, text.utf8.count <= maximum, self.isLetterOrDigit(first) else { return false }
        return text.utf8.allSatisfy { self.isLetterOrDigit($0) || "._-".utf8.contains($0) }
    }

    private static func isHex(_ byte: UInt8) -> Bool {
        let lower = ASCIICase.lower(byte)
        return byte <= UInt8(ascii: "9") || (lower >= UInt8(ascii: "a") && lower <= UInt8(ascii: "f"))
    }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "A")...UInt8(ascii: "Z"):
            true
        default: false
        }
    }
}
