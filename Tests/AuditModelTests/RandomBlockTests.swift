import Synchronization
import Testing

@testable import AuditModel

@Suite("A block of random numbers")
struct RandomBlockTests {
    /// Numbers that count up, so that each can be told apart; notes whether anything was left of the block before.
    private final class Counting: Sendable {
        let fills = Mutex(0)
        let foundLeftovers = Mutex(false)

        func fill(_ words: inout [UInt64]) {
            if words.contains(where: { $0 != 0 }) { foundLeftovers.withLock { $0 = true } }
            let first = fills.withLock { fills in
                defer { fills += 1 }
                return UInt64(fills * words.count + 1)
            }
            for index in words.indices { words[index] = first + UInt64(index) }
        }
    }

    @Test("is handed out in pairs, each number once, and filled again when it is used up")
    func order() {
        let source = Counting()
        let block = RandomBlock(pairs: 3, fill: source.fill)
        #expect(source.fills.withLock { $0 } == 0)
        let drawn = (0..<7).map { _ in block.pair() }
        #expect(drawn.flatMap { [$0.0, $0.1] } == Array(1...14))
        #expect(source.fills.withLock { $0 } == 3)
    }

    @Test("keeps nothing of what was handed out")
    func overwritten() {
        let source = Counting()
        let block = RandomBlock(pairs: 4, fill: source.fill)
        for _ in 0..<40 { _ = block.pair() }
        #expect(source.fills.withLock { $0 } == 10)
        #expect(!source.foundLeftovers.withLock { $0 })
    }

    @Test("gives no number to two that draw side by side")
    func sideBySide() async {
        let source = Counting()
        let block = RandomBlock(pairs: 5, fill: source.fill)
        let drawn = await withTaskGroup(of: [UInt64].self) { group in
            for _ in 0..<8 {
                group.addTask {
                    (0..<500).flatMap { _ in
                        let pair = block.pair()
                        return [pair.0, pair.1]
                    }
                }
            }
            return await group.reduce(into: []) { $0 += $1 }
        }
        #expect(drawn.count == 8_000)
        #expect(Set(drawn) == Set(1...8_000))
    }

    @Test("of the kernel's is filled whole, whatever its size", arguments: [1, 16, 100])
    func kernel(_ pairs: Int) {
        var words = [UInt64](repeating: 0, count: 2 * pairs)
        RandomBlock.fillFromKernel(&words)
        #expect(!words.contains(0))
        #expect(Set(words).count == words.count)
        let drawn = (0..<1_000).map { _ in RandomBlock.shared.pair() }
        #expect(Set(drawn.flatMap { [$0.0, $0.1] }).count == 2_000)
    }

    @Test("makes salts of 16 bytes, none like another")
    func salts() {
        let salts = (0..<100).map { _ in RecordSettings.randomSalt() }
        #expect(salts.allSatisfy { $0.count == 16 })
        #expect(Set(salts).count == 100)
    }
}
