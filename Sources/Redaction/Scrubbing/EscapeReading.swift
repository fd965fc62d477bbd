/// Reads one escape as writers of URLs, JSON, XML, HTML and CLIXML (PowerShell's errors) write them.
///
/// Tolerant, and of all languages at once: what counts is what a reader could make of it, not which writer it was.
enum EscapeReading {
    struct Families: OptionSet, Hashable {
        let rawValue: UInt8
        static let percent = Families(rawValue: 1)
        static let backslash = Families(rawValue: 2)
        static let entity = Families(rawValue: 4)
        /// `_x000A_`
        static let underscore = Families(rawValue: 8)
        static let all: Families = [.percent, .backslash, .entity, .underscore]
    }

    struct Escape {
        /// A scalar, or a byte of UTF-8 where `isByte`.
        var value: UInt32
        var isByte = false
        /// In bytes of the text.
        var length: Int
    }

    typealias Text = UnsafeBufferPointer<UInt8>

    /// Whether an escape may begin with this byte.
    @inline(__always)
    static func begins(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "%"), UInt8(ascii: "\\"), UInt8(ascii: "&"), UInt8(ascii: "_"): true
        default: false
        }
    }

    /// - Returns: `nil` if none of these families has an escape here.
    @inline(__always)
    static func escape(in text: Text, at place: Int, _ families: Families) -> Escape? {
        self.begins(text[place]) ? self.whole(in: text, at: place, families) : nil
    }

    /// With both halves of what UTF-16 needs two units for.
    private static func whole(in text: Text, at place: Int, _ families: Families) -> Escape? {
        guard let escape = self.single(in: text, at: place, families) else { return nil }
        guard !escape.isByte, 0xD800..<0xE000 ~= escape.value else { return escape }
        let behind = place + escape.length
        guard escape.value < 0xDC00, behind < text.count, let low = self.single(in: text, at: behind, families),
            !low.isByte, 0xDC00..<0xE000 ~= low.value
        else { return nil }
        return Escape(
            value: 0x10000 + (escape.value - 0xD800) << 10 + (low.value - 0xDC00), length: escape.length + low.length)
    }

    private static func single(in text: Text, at place: Int, _ families: Families) -> Escape? {
        switch text[place] {
        case UInt8(ascii: "%") where families.contains(.percent):
            if let byte = self.hexadecimal(text, place + 1, 2) { return Escape(value: byte, isByte: true, length: 3) }
            guard place + 1 < text.count, text[place + 1] == UInt8(ascii: "u") else { return nil }
            return self.hexadecimal(text, place + 2, 4).map { Escape(value: $0, length: 6) }
        case UInt8(ascii: "\\") where families.contains(.backslash): return self.backslash(text, place)
        case UInt8(ascii: "&") where families.contains(.entity): return self.entity(text, place)
        case UInt8(ascii: "_") where families.contains(.underscore):
            guard place + 6 < text.count, text[place + 1] | 0x20 == UInt8(ascii: "x"),
                text[place + 6] == UInt8(ascii: "_")
            else { return nil }
            return self.hexadecimal(text, place + 2, 4).map { Escape(value: $0, length: 7) }
        default: return nil
        }
    }

    private static func backslash(_ text: Text, _ place: Int) -> Escape? {
        guard place + 1 < text.count else { return nil }
        let byte = text[place + 1]
        switch byte {
        case UInt8(ascii: "u"): return self.hexadecimal(text, place + 2, 4).map { Escape(value: $0, length: 6) }
        case UInt8(ascii: "x"):
            return self.hexadecimal(text, place + 2, 2).map { Escape(value: $0, isByte: true, length: 4) }
        case UInt8(ascii: "n"): return Escape(value: 0x0A, length: 2)
        case UInt8(ascii: "r"): return Escape(value: 0x0D, length: 2)
        case UInt8(ascii: "t"): return Escape(value: 0x09, length: 2)
        case UInt8(ascii: "b"): return Escape(value: 0x08, length: 2)
        case UInt8(ascii: "f"): return Escape(value: 0x0C, length: 2)
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "a")...UInt8(ascii: "z"):
            return nil
        // Quotes, slashes, and what shells protect.
        case 0x20..<0x7F: return Escape(value: UInt32(byte), length: 2)
        default: return nil
        }
    }

    private static func entity(_ text: Text, _ place: Int) -> Escape? {
        // `&#x0010FFFF;` is long enough.
        guard let end = text[place...].prefix(13).firstIndex(of: UInt8(ascii: ";")), end > place + 2 else {
            return nil
        }
        let length = end + 1 - place
        guard text[place + 1] == UInt8(ascii: "#") else {
            for (name, value) in self.names where text[(place + 1)..<end].elementsEqual(name.utf8) {
                return Escape(value: UInt32(value), length: length)
            }
            return nil
        }
        let isHexadecimal = text[place + 2] | 0x20 == UInt8(ascii: "x")
        let digits = isHexadecimal ? place + 3 : place + 2
        guard digits < end else { return nil }
        var value: UInt32 = 0
        for digit in text[digits..<end] {
            guard let digit = self.digit(digit), isHexadecimal || digit < 10 else { return nil }
            value = value * (isHexadecimal ? 16 : 10) + digit
            guard value <= 0x10FFFF else { return nil }
        }
        return Escape(value: value, length: length)
    }

    private static let names: [(String, UInt8)] = [
        ("amp", 0x26), ("lt", 0x3C), ("gt", 0x3E), ("quot", 0x22), ("apos", 0x27),
    ]

    private static func hexadecimal(_ text: Text, _ place: Int, _ count: Int) -> UInt32? {
        guard place + count <= text.count else { return nil }
        var value: UInt32 = 0
        for byte in text[place..<(place + count)] {
            guard let digit = self.digit(byte) else { return nil }
            value = value << 4 | digit
        }
        return value
    }

    private static func digit(_ byte: UInt8) -> UInt32? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(byte - UInt8(ascii: "0"))
        case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt32(byte - UInt8(ascii: "A")) + 10
        case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt32(byte - UInt8(ascii: "a")) + 10
        default: nil
        }
    }
}
