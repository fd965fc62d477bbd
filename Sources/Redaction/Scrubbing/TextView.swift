/// A text as some reader would take it, each byte with the place in the underlying text that it stands for.
///
/// Line ends are one byte in it: CR LF and a lone CR become LF, so that a secret is found with either.
struct TextView {
    private(set) var bytes: [UInt8] = []
    private(set) var starts: [UInt32] = []
    private(set) var ends: [UInt32] = []
    private var isAfterReturn = false

    init(capacity: Int) {
        self.bytes.reserveCapacity(capacity)
        self.starts.reserveCapacity(capacity)
        self.ends.reserveCapacity(capacity)
    }

    mutating func append(_ byte: UInt8, _ start: Int, _ end: Int) {
        let isReturn = byte == 0x0D
        if byte == 0x0A && self.isAfterReturn {
            self.ends[self.ends.count - 1] = UInt32(end)
        } else {
            self.bytes.append(isReturn ? 0x0A : byte)
            self.starts.append(UInt32(start))
            self.ends.append(UInt32(end))
        }
        self.isAfterReturn = isReturn
    }

    /// - Parameter scalar: half of a pair, or one beyond Unicode, is written the same way: it matches nothing.
    mutating func append(scalar: UInt32, _ start: Int, _ end: Int) {
        func tail(_ shift: UInt32) -> UInt8 { UInt8(truncatingIfNeeded: 0x80 | scalar >> shift & 0x3F) }
        switch scalar {
        case 0..<0x80: self.append(UInt8(truncatingIfNeeded: scalar), start, end)
        case 0x80..<0x800:
            self.append(UInt8(truncatingIfNeeded: 0xC0 | scalar >> 6), start, end)
            self.append(tail(0), start, end)
        case 0x800..<0x10000:
            self.append(UInt8(truncatingIfNeeded: 0xE0 | scalar >> 12), start, end)
            self.append(tail(6), start, end)
            self.append(tail(0), start, end)
        default:
            self.append(UInt8(truncatingIfNeeded: 0xF0 | scalar >> 18), start, end)
            self.append(tail(12), start, end)
            self.append(tail(6), start, end)
            self.append(tail(0), start, end)
        }
    }

    /// Every byte in it stands for exactly one, and those follow one another.
    func isUnchanged(_ range: Range<Int>) -> Bool {
        range.isEmpty
            || Int(self.ends[range.upperBound - 1]) - Int(self.starts[range.lowerBound]) == range.count
    }
}

extension TextView {
    /// The text with one layer of escapes undone, or `nil` if nothing in it changes.
    static func undoing(_ families: EscapeReading.Families, in text: UnsafeBufferPointer<UInt8>) -> TextView? {
        guard let begin = self.firstChange(families, in: text) else { return nil }
        var view = TextView(capacity: text.count)
        for place in 0..<begin { view.append(text[place], place, place + 1) }
        var place = begin
        while place < text.count {
            guard let escape = EscapeReading.escape(in: text, at: place, families) else {
                view.append(text[place], place, place + 1)
                place += 1
                continue
            }
            let end = place + escape.length
            if escape.isByte {
                view.append(UInt8(truncatingIfNeeded: escape.value), place, end)
            } else {
                view.append(scalar: escape.value, place, end)
            }
            place = end
        }
        return view
    }

    private static func firstChange(
        _ families: EscapeReading.Families, in text: UnsafeBufferPointer<UInt8>
    ) -> Int? {
        for place in text.indices {
            if text[place] == 0x0D || EscapeReading.escape(in: text, at: place, families) != nil { return place }
        }
        return nil
    }

    /// The bytes read as UTF-16, from the first or the second byte on.
    static func wide(_ bytes: UnsafeBufferPointer<UInt8>, isBigEndian: Bool, from begin: Int) -> TextView {
        func unit(_ place: Int) -> UInt32 {
            let (one, other) = (UInt32(bytes[place]), UInt32(bytes[place + 1]))
            return isBigEndian ? one << 8 | other : other << 8 | one
        }
        var view = TextView(capacity: bytes.count / 2)
        var place = begin
        while place + 1 < bytes.count {
            let value = unit(place)
            if 0xD800..<0xDC00 ~= value, place + 3 < bytes.count, case let low = unit(place + 2),
                0xDC00..<0xE000 ~= low
            {
                view.append(scalar: 0x10000 + (value - 0xD800) << 10 + (low - 0xDC00), place, place + 4)
                place += 4
            } else {
                view.append(scalar: value, place, place + 2)
                place += 2
            }
        }
        return view
    }
}
