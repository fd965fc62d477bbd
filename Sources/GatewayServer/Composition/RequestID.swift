/// A request's id: a GUID of version 7 (RFC 9562 §5.7) in lower case. It begins with the time, so that ids arrive in
/// order and the record's index of them stays quick; the rest is random.
enum RequestID {
    static func make(milliseconds: Int64) -> String {
        var generator = SystemRandomNumberGenerator()
        let time = UInt64(truncatingIfNeeded: milliseconds) & 0xFFFF_FFFF_FFFF
        let high = time << 16 | 0x7000 | (generator.next() as UInt64) & 0x0FFF
        let low = (generator.next() as UInt64) & 0x3FFF_FFFF_FFFF_FFFF | 0x8000_0000_0000_0000
        return String(unsafeUninitializedCapacity: 36) { buffer in
            var position = 0
            for (word, shift) in [(high, 60), (low, 60)] {
                var shift = shift
                while shift >= 0 {
                    if [8, 13, 18, 23].contains(position) {
                        buffer[position] = UInt8(ascii: "-")
                        position += 1
                    }
                    let digit = UInt8(truncatingIfNeeded: word >> UInt64(shift)) & 15
                    buffer[position] = digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10
                    position += 1
                    shift -= 4
                }
            }
            return position
        }
    }
}
