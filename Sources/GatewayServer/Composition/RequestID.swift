import AuditModel

/// A request's id: a GUID of version 7 (RFC 9562 §5.7) in lower case. It begins with the time, so that ids arrive in
/// order and the record's index of them stays quick; the rest is random.
enum RequestID {
    static func make(milliseconds: Int64, random: RandomBlock = .shared) -> String {
        let (first, second) = random.pair()
        let time = UInt64(truncatingIfNeeded: milliseconds)
        let version = 0x7000 | first & 0x0FFF
        let variant = second & 0x3FFF_FFFF_FFFF_FFFF | 0x8000_0000_0000_0000
        return String(unsafeUninitializedCapacity: 36) { buffer in
            var position = 0
            /// The lowest digits of a word, and a dash before all but the first of these groups.
            func append(_ word: UInt64, digits: UInt64) {
                if position > 0 {
                    buffer[position] = UInt8(ascii: "-")
                    position += 1
                }
                var shift = digits * 4
                while shift > 0 {
                    shift -= 4
                    let digit = UInt8(truncatingIfNeeded: word >> shift) & 15
                    buffer[position] = digit + (digit < 10 ? UInt8(ascii: "0") : UInt8(ascii: "a") - 10)
                    position += 1
                }
            }
            append(time >> 16, digits: 8)
            append(time, digits: 4)
            append(version, digits: 4)
            append(variant >> 48, digits: 4)
            append(variant, digits: 12)
            return position
        }
    }
}
