import NIOCore
import Synchronization

/// The last bytes that a script wrote to one of its streams, and how many it wrote in all.
final class OutputTail: Sendable {
    /// What Azure keeps of each stream.
    static let limit = 4_096

    private let state = Mutex((tail: [UInt8](), total: 0))

    func append(_ bytes: some Collection<UInt8>) {
        self.state.withLock { state in
            state.total += bytes.count
            state.tail += bytes.suffix(Self.limit)
            if state.tail.count > Self.limit { state.tail.removeFirst(state.tail.count - Self.limit) }
        }
    }

    /// The kept bytes as text; a character that the cut went through is left out.
    var text: String {
        self.state.withLock { state in
            guard state.total > Self.limit else { return String(decoding: state.tail, as: UTF8.self) }
            let broken = state.tail.prefix(3).prefix { $0 & 0xC0 == 0x80 }.count
            return String(decoding: state.tail.dropFirst(broken), as: UTF8.self)
        }
    }
}

/// Moves what arrives in a pipe into a tail.
final class OutputTailHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let tail: OutputTail

    init(_ tail: OutputTail) { self.tail = tail }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        self.tail.append(self.unwrapInboundIn(data).readableBytesView)
    }
}
