/// Makes mutants. Each depends on the seed and its own number only, so that one can be made again alone.
struct Mutator: Sendable {
    let bodies: [SeedBody]
    let seed: UInt64

    struct Mutant: Sendable {
        var body: SeedBody
        var bytes: [UInt8]
    }

    /// One replacement of bytes.
    private struct Edit {
        var range: Range<Int>
        var bytes: [UInt8]
    }

    func mutant(_ number: Int) -> Mutant {
        var random = SplitMix64(seed: self.seed ^ (UInt64(number) &* 0xD134_2543_DE82_EF95))
        let body = self.bodies[random.below(self.bodies.count)]
        var bytes = body.bytes
        // Structure first: it goes by the map of the untouched body.
        if random.below(100) < 62 {
            var edits: [Edit] = []
            for _ in 0..<(1 + random.below(3)) { edits += self.structural(body, &random) }
            bytes = Self.apply(edits, to: bytes)
            if random.below(100) < 80 { return Mutant(body: body, bytes: bytes) }
        }
        for _ in 0..<(1 + random.below(2)) { self.damage(&bytes, &random) }
        return Mutant(body: body, bytes: bytes)
    }

    /// From the back, so that places stay valid; an edit that overlaps a later one is left out.
    private static func apply(_ edits: [Edit], to bytes: [UInt8]) -> [UInt8] {
        var bytes = bytes
        var limit = bytes.count
        for edit in edits.sorted(by: { $0.range.lowerBound > $1.range.lowerBound })
        where edit.range.upperBound <= limit {
            bytes.replaceSubrange(edit.range, with: edit.bytes)
            limit = edit.range.lowerBound
        }
        return bytes
    }

    // MARK: Bytes

    private func damage(_ bytes: inout [UInt8], _ random: inout SplitMix64) {
        guard !bytes.isEmpty else { return bytes.append(0x20) }
        let at = random.below(bytes.count)
        let end = min(bytes.count, at + 1 + random.below(8))
        switch random.below(8) {
        case 0: bytes[at] ^= 1 << UInt8(random.below(8))
        case 1: bytes[at] = UInt8(truncatingIfNeeded: random.next())
        case 2: bytes.insert(UInt8(truncatingIfNeeded: random.next()), at: at)
        case 3: bytes.removeSubrange(at..<end)
        case 4: bytes.insert(contentsOf: Array(bytes[at..<end]), at: at)
        case 5:
            guard let other = random.pick(self.bodies)?.bytes else { return }
            let from = random.below(other.count)
            let chunk = Array(other[from..<min(other.count, from + 1 + random.below(40))])
            bytes.replaceSubrange(at..<end, with: chunk)
        case 6: bytes.insert(contentsOf: random.pick(InterestingPieces.tokens) ?? [], at: at)
        default: bytes.replaceSubrange(at..<end, with: random.pick(InterestingPieces.tokens) ?? [])
        }
    }

    // MARK: Structure

    private func structural(_ body: SeedBody, _ random: inout SplitMix64) -> [Edit] {
        let map = body.map
        switch random.below(16) {
        case 0, 1: return self.replacement(random.pick(map.strings), random.pick(InterestingPieces.strings))
        case 2: return self.replacement(random.pick(map.numbers), random.pick(InterestingPieces.numbers))
        case 3: return self.replacement(random.pick(map.literals), random.pick(InterestingPieces.literals))
        case 4, 5:
            guard let gap = random.pick(map.gaps), let space = random.pick(InterestingPieces.space) else { return [] }
            return [Edit(range: gap..<gap, bytes: space)]
        case 6, 7: return self.escape(body, random.pick(random.below(3) == 0 ? map.names : map.strings), &random)
        case 8: return self.swap(body, random.pick(map.objects), &random)
        case 9: return self.swap(body, random.pick(map.arrays), &random)
        case 10: return self.repeatOne(body, random.pick(map.objects), &random)
        case 11: return self.repeatOne(body, random.pick(map.arrays), &random)
        case 12, 13: return self.remove(random.pick(random.below(2) == 0 ? map.objects : map.arrays), &random)
        case 14: return self.recase(body, random.pick(random.below(3) == 0 ? map.names : map.strings), &random)
        default:
            // A member or element of another body in the place of one of this.
            guard let other = random.pick(self.bodies), let theirs = random.pick(other.map.objects),
                let ours = random.pick(map.objects), let member = random.pick(theirs)
            else { return [] }
            return self.replacement(random.pick(ours), Array(other.bytes[member]))
        }
    }

    private func replacement(_ range: Range<Int>?, _ bytes: [UInt8]?) -> [Edit] {
        guard let range, let bytes else { return [] }
        return [Edit(range: range, bytes: bytes)]
    }

    /// One letter of a string as an escape that means the same.
    private func escape(_ body: SeedBody, _ range: Range<Int>?, _ random: inout SplitMix64) -> [Edit] {
        guard let range, range.count > 2 else { return [] }
        let at = range.lowerBound + 1 + random.below(range.count - 2)
        let byte = body.bytes[at]
        guard (0x20..<0x7F).contains(byte), byte != UInt8(ascii: "\\"),
            body.bytes[at - 1] != UInt8(ascii: "\\"), !self.isInsideEscape(body.bytes, at, range)
        else { return [] }
        let digits = Array((random.below(2) == 0 ? "0123456789abcdef" : "0123456789ABCDEF").utf8)
        return [
            Edit(range: at..<(at + 1), bytes: Array("\\u00".utf8) + [digits[Int(byte >> 4)], digits[Int(byte & 15)]])
        ]
    }

    private func isInsideEscape(_ bytes: [UInt8], _ at: Int, _ range: Range<Int>) -> Bool {
        bytes[max(range.lowerBound, at - 5)..<at].contains(UInt8(ascii: "\\"))
    }

    private func swap(_ body: SeedBody, _ parts: [Range<Int>]?, _ random: inout SplitMix64) -> [Edit] {
        guard let parts, parts.count > 1 else { return [] }
        let first = random.below(parts.count - 1)
        let second = first + 1 + random.below(parts.count - first - 1)
        return [
            Edit(range: parts[first], bytes: Array(body.bytes[parts[second]])),
            Edit(range: parts[second], bytes: Array(body.bytes[parts[first]])),
        ]
    }

    private func repeatOne(_ body: SeedBody, _ parts: [Range<Int>]?, _ random: inout SplitMix64) -> [Edit] {
        guard let parts, let part = random.pick(parts), let last = parts.last?.upperBound else { return [] }
        return [Edit(range: last..<last, bytes: [UInt8(ascii: ",")] + body.bytes[part])]
    }

    /// With the comma that belongs to it.
    private func remove(_ parts: [Range<Int>]?, _ random: inout SplitMix64) -> [Edit] {
        guard let parts, !parts.isEmpty else { return [] }
        let index = random.below(parts.count)
        let range =
            if index + 1 < parts.count {
                parts[index].lowerBound..<parts[index + 1].lowerBound
            } else if index > 0 {
                parts[index - 1].upperBound..<parts[index].upperBound
            } else {
                parts[index]
            }
        return [Edit(range: range, bytes: [])]
    }

    /// One letter in the other case, in ASCII or as one of those that fold to it elsewhere.
    private func recase(_ body: SeedBody, _ range: Range<Int>?, _ random: inout SplitMix64) -> [Edit] {
        guard let range, range.count > 2 else { return [] }
        let at = range.lowerBound + 1 + random.below(range.count - 2)
        let byte = body.bytes[at]
        guard (0x41...0x5A).contains(byte & 0xDF), !self.isInsideEscape(body.bytes, at, range) else { return [] }
        let other: [UInt8] =
            switch (random.below(3), byte | 0x20) {
            case (0, UInt8(ascii: "s")): Array("\u{17F}".utf8)
            case (0, UInt8(ascii: "k")): Array("\u{212A}".utf8)
            case (0, UInt8(ascii: "i")): Array((byte & 0x20 == 0 ? "\u{130}" : "\u{131}").utf8)
            default: [byte ^ 0x20]
            }
        return [Edit(range: at..<(at + 1), bytes: other)]
    }
}
