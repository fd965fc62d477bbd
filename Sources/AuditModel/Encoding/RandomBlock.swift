import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Random numbers from the kernel, asked for a block at a time: a call for each would cost a request more than its ids
/// and salts do otherwise.
///
/// Every number is handed out once and then overwritten, so that none is given twice and none that was given can be
/// read here. The process must not fork without `exec`, which would leave both halves the same block.
package final class RandomBlock: Sendable {
    package static let shared = RandomBlock()

    private struct State {
        var words: [UInt64]
        /// The first that was not handed out yet.
        var next: Int
    }

    private let state: Mutex<State>
    private let fill: @Sendable (inout [UInt64]) -> Void

    /// - Parameters:
    ///   - pairs: how many are drawn from one block.
    ///   - fill: puts new random bits into each word.
    package init(pairs: Int = 16, fill: @escaping @Sendable (inout [UInt64]) -> Void = RandomBlock.fillFromKernel) {
        let words = [UInt64](repeating: 0, count: 2 * max(1, pairs))
        state = Mutex(State(words: words, next: words.count))
        self.fill = fill
    }

    /// 128 random bits.
    package func pair() -> (UInt64, UInt64) {
        state.withLock { state in
            if state.next == state.words.count {
                fill(&state.words)
                state.next = 0
            }
            let pair = (state.words[state.next], state.words[state.next + 1])
            state.words[state.next] = 0
            state.words[state.next + 1] = 0
            state.next += 2
            return pair
        }
    }

    package static func fillFromKernel(_ words: inout [UInt64]) {
        #if canImport(Glibc) || canImport(Musl)
            // Of up to 256 bytes the kernel gives all or none.
            let isFilled = words.withUnsafeMutableBytes { $0.count <= 256 && getentropy($0.baseAddress, $0.count) == 0 }
            if isFilled { return }
        #endif
        var generator = SystemRandomNumberGenerator()
        for index in words.indices { words[index] = generator.next() }
    }
}
