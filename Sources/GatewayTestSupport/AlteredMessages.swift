/// Random numbers that are the same in every run.
private struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return state ^ (state >> 29)
    }
}

/// Messages of HTTP/1.1 with a byte changed, put in or left out, the same in every run.
package struct AlteredMessages {
    /// Those that mean something in a message, and some that never may stand there.
    private static let bytes: [UInt8] = Array("\r\n \t:;,/0129aAfF-\0\u{7f}HTTP.xX=\"".utf8) + [0x80, 0xff]
    private var random: SeededGenerator

    package init(seed: UInt64) { random = SeededGenerator(seed: seed) }

    /// The message with one alteration, or with two.
    package mutating func alter(_ message: String) -> [UInt8] {
        var text = Array(message.utf8)
        for _ in 0...Int.random(in: 0...1, using: &random) {
            let place = Int.random(in: 0..<text.count, using: &random)
            let byte = Self.bytes[Int.random(in: 0..<Self.bytes.count, using: &random)]
            switch Int.random(in: 0..<3, using: &random) {
            case 0: text[place] = byte
            case 1: text.insert(byte, at: place)
            default: text.remove(at: place)
            }
        }
        return text
    }
}
