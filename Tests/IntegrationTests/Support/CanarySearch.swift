import Foundation

/// A value that nothing else in the world holds, and the place where a request carries it.
struct Canary: Sendable, Hashable {
    var place: String
    /// What is sent.
    var value: String
    /// The part to look for: letters and digits only, so that no way of escaping can leave it in pieces unseen.
    var core: String

    /// - Parameter shape: what is sent around the core; `%` stands for it.
    init(_ place: String, shape: String = "%") {
        self.place = place
        self.core = "Cnry" + UUID().uuidString.replacing("-", with: "") + "zQ"
        self.value = shape.replacing("%", with: self.core)
    }

    /// - Parameter found: a value that others made, such as a token.
    init(_ place: String, found: String) {
        self.place = place
        self.core = found
        self.value = found
    }
}

/// Ways in which a value may have been written down.
enum CanaryEncoding: String, CaseIterable, Sendable {
    case plain, jsonEscaped, base64, base64Shifted1, base64Shifted2, base64URL, urlEncoded, urlEncodedLower
    case utf16LittleEndian, utf16BigEndian, base64OfUTF16, hexadecimal

    /// The value as this encoding writes it, in the middle of something longer.
    func written(_ value: String) -> [UInt8] {
        let bytes = Array(value.utf8)
        switch self {
        case .plain: return bytes
        case .jsonEscaped: return Array(value.utf16.map { "\\u" + Self.hex(Int($0), 4) }.joined().utf8)
        case .base64: return Self.base64(bytes, shift: 0)
        case .base64Shifted1: return Self.base64(bytes, shift: 1)
        case .base64Shifted2: return Self.base64(bytes, shift: 2)
        case .base64URL:
            return Self.base64(bytes, shift: 0).map {
                $0 == UInt8(ascii: "+") ? UInt8(ascii: "-") : $0 == UInt8(ascii: "/") ? UInt8(ascii: "_") : $0
            }
        case .urlEncoded: return Array(bytes.map { "%" + Self.hex(Int($0), 2).uppercased() }.joined().utf8)
        case .urlEncodedLower: return Array(bytes.map { "%" + Self.hex(Int($0), 2) }.joined().utf8)
        case .utf16LittleEndian: return value.utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
        case .utf16BigEndian: return value.utf16.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] }
        case .base64OfUTF16: return Self.base64(value.utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }, shift: 0)
        case .hexadecimal: return Array(bytes.map { Self.hex(Int($0), 2) }.joined().utf8)
        }
    }

    /// Without the characters at both ends that depend on what stands beside the value.
    private static func base64(_ bytes: [UInt8], shift: Int) -> [UInt8] {
        let text = Array(Data([UInt8](repeating: 0x5A, count: shift) + bytes).base64EncodedString().utf8)
        let certain = (shift + bytes.count) * 8 / 6
        return Array(text[(shift == 0 ? 0 : shift + 1)..<certain])
    }

    private static func hex(_ number: Int, _ digits: Int) -> String {
        let text = String(number, radix: 16)
        return String(repeating: "0", count: max(0, digits - text.count)) + text
    }
}

/// Looks for canaries in bytes, in every encoding.
struct CanarySearch: Sendable {
    struct Finding: Sendable, Hashable, CustomStringConvertible {
        var place: String
        var encoding: CanaryEncoding
        var haystack: String
        var description: String { "\(self.place), \(self.encoding.rawValue), in \(self.haystack)" }
    }

    private struct Needle: Sendable {
        var place: String
        var encoding: CanaryEncoding
        var bytes: [UInt8]
    }

    /// By the first eight bytes, so that one pass finds all of them.
    private let needles: [UInt64: [Needle]]
    /// Which first two bytes occur at all.
    private let starts: [Bool]

    init(_ canaries: [Canary]) {
        var needles: [UInt64: [Needle]] = [:]
        var starts = [Bool](repeating: false, count: 1 << 16)
        for canary in canaries {
            for encoding in CanaryEncoding.allCases {
                let bytes = encoding.written(canary.core)
                let start = bytes.withUnsafeBytes { $0.loadUnaligned(as: UInt64.self) }
                needles[start, default: []].append(Needle(place: canary.place, encoding: encoding, bytes: bytes))
                starts[Int(truncatingIfNeeded: start & 0xFFFF)] = true
            }
        }
        self.needles = needles
        self.starts = starts
    }

    func findings(in bytes: [UInt8], called name: String) -> Set<Finding> {
        guard bytes.count >= 8 else { return [] }
        var found: Set<Finding> = []
        bytes.withUnsafeBytes { haystack in
            for offset in 0...(haystack.count - 8) {
                let start = haystack.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
                guard self.starts[Int(truncatingIfNeeded: start & 0xFFFF)], let candidates = self.needles[start] else {
                    continue
                }
                let rest = haystack[offset...]
                for needle in candidates where rest.starts(with: needle.bytes) {
                    found.insert(Finding(place: needle.place, encoding: needle.encoding, haystack: name))
                }
            }
        }
        return found
    }
}
