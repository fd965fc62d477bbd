/// A stretch of a text that may be base64, of either alphabet, with or without line breaks.
///
/// Which characters make up the first three bytes is not known (what stands before may be of the same alphabet), so it
/// is decoded from each of four characters on.
struct Base64Run {
    /// The text's range, from the first character to the last.
    private(set) var range: Range<Int>
    private var digits: [UInt8] = []
    private var places: [UInt32] = []

    /// As many characters as six bytes come to.
    static let fewestDigits = 8

    /// - Parameter place: where to look; moved behind what was looked at.
    /// - Returns: `nil` at the end of the text.
    static func next(in text: UnsafeBufferPointer<UInt8>, from place: inout Int) -> Base64Run? {
        while place < text.count {
            guard self.value(of: text[place]) < 64 else {
                place += 1
                continue
            }
            let begin = place
            // Most stretches are words: they are measured before anything is kept of them.
            var count = 0
            var end = place
            self.digits(of: text, from: &place) { _, place in
                count += 1
                end = place + 1
            }
            guard count >= self.fewestDigits else { continue }
            var run = Base64Run(range: begin..<end)
            run.digits.reserveCapacity(count)
            run.places.reserveCapacity(count)
            var again = begin
            self.digits(of: text, from: &again) { digit, place in
                run.digits.append(digit)
                run.places.append(UInt32(place))
            }
            return run
        }
        return nil
    }

    private init(range: Range<Int>) { self.range = range }

    @inline(__always)
    private static func digits(
        of text: UnsafeBufferPointer<UInt8>, from place: inout Int, _ body: (UInt8, Int) -> Void
    ) {
        while place < text.count {
            let value = self.value(of: text[place])
            if value < 64 {
                body(value, place)
                place += 1
                continue
            }
            // A line break, with what indents the next line.
            guard text[place] == 0x0A || text[place] == 0x0D else { return }
            var behind = place + 1
            while behind < text.count, self.isBlank(text[behind]) { behind += 1 }
            let isGoingOn = behind < text.count && self.value(of: text[behind]) < 64
            place = behind
            guard isGoingOn else { return }
        }
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x0A || byte == 0x0D || byte == 0x20 || byte == 0x09 }

    /// - Parameter phase: the character that the first byte begins with, 0 to 3.
    func bytes(phase: Int) -> [UInt8] {
        guard self.digits.count > phase else { return [] }
        var out: [UInt8] = []
        out.reserveCapacity((self.digits.count - phase) * 3 / 4)
        var pending: UInt32 = 0
        var bits: UInt32 = 0
        for digit in self.digits[phase...] {
            pending = pending << 6 | UInt32(digit)
            bits += 6
            guard bits >= 8 else { continue }
            bits -= 8
            out.append(UInt8(truncatingIfNeeded: pending >> bits))
        }
        return out
    }

    /// Where the characters stand that hold any bit of these bytes.
    func range(of bytes: Range<Int>, phase: Int) -> Range<Int> {
        let first = phase + bytes.lowerBound * 8 / 6
        let last = phase + (bytes.upperBound * 8 - 1) / 6
        return Int(self.places[first])..<(Int(self.places[last]) + 1)
    }

    /// The six bits that a character stands for, or 255.
    @inline(__always)
    private static func value(of byte: UInt8) -> UInt8 {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): byte - UInt8(ascii: "A")
        case UInt8(ascii: "a")...UInt8(ascii: "z"): byte - UInt8(ascii: "a") + 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0") + 52
        case UInt8(ascii: "+"), UInt8(ascii: "-"): 62
        case UInt8(ascii: "/"), UInt8(ascii: "_"): 63
        default: 255
        }
    }
}
