/// Finds the body of one message among the bytes behind its head, which come in any pieces. It keeps none of them.
package struct BodyReader: Sendable {
    /// What the bytes begin with.
    package struct Piece: Sendable, Equatable {
        /// Bytes that only say how long the body is, or stand behind it: to be passed over.
        package var framing = 0
        /// Bytes of the body that come then.
        package var body = 0
        /// Whether the body ends there. If it does not and no byte of it came, more bytes are needed.
        package var isEnd = false
    }

    private enum State: Sendable {
        case counted(left: Int)
        case untilEnd
        /// In the line that says how long a chunk is: the number so far and its digits.
        case size(Int, digits: Int)
        /// Behind that number, in words that nobody has to understand: how many bytes of them, and what may come next.
        case words(size: Int, count: Int, WordPlace)
        case sizeLineFeed(Int)
        case chunk(left: Int)
        case chunkReturn
        case chunkLineFeed
        indirect case trailer(HeadReader)
        case ended
    }

    /// Where a byte of `;name=value;name` stands.
    private enum WordPlace: Sendable { case nameStart, name, valueStart, value }

    /// Bytes of words in a line that says how long a chunk is, and of a trailer.
    private static let wordLimit = 1024
    private static let trailerLimit = 8192
    private var state: State

    package init(_ length: BodyLength) {
        switch length {
        case .bytes(let count): self.state = .counted(left: count)
        case .chunked: self.state = .size(0, digits: 0)
        case .untilEnd: self.state = .untilEnd
        }
    }

    /// Whether the end of the connection is the end of the body.
    package var endsWithConnection: Bool {
        if case .untilEnd = self.state { return true }
        return false
    }

    /// - Parameter input: what follows the last piece.
    package mutating func next(_ input: UnsafeBufferPointer<UInt8>) throws(MessageError) -> Piece {
        switch self.state {
        case .counted(let left):
            let taken = min(left, input.count)
            self.state = taken == left ? .ended : .counted(left: left - taken)
            return Piece(body: taken, isEnd: taken == left)
        case .untilEnd: return Piece(body: input.count)
        case .ended: return Piece(isEnd: true)
        default: return try self.nextOfChunks(input)
        }
    }

    private mutating func nextOfChunks(_ input: UnsafeBufferPointer<UInt8>) throws(MessageError) -> Piece {
        var read = 0
        while read < input.count {
            if case .chunk(let left) = self.state {
                let taken = min(left, input.count - read)
                self.state = taken == left ? .chunkReturn : .chunk(left: left - taken)
                return Piece(framing: read, body: taken)
            }
            if case .trailer(var trailer) = self.state {
                let rest = UnsafeBufferPointer(rebasing: input[read...])
                // Not to have it twice, and copied for that.
                self.state = .ended
                let (taken, end): (Int, MessageHead?)
                do { (taken, end) = try trailer.read(rest) } catch { throw .malformed }
                if end == nil { self.state = .trailer(trailer) }
                return Piece(framing: read + taken, isEnd: end != nil)
            }
            try self.pass(input[read])
            read += 1
        }
        return Piece(framing: read)
    }

    /// Reads a byte that stands between chunks.
    private mutating func pass(_ byte: UInt8) throws(MessageError) {
        switch self.state {
        case .size(let size, let digits):
            if let digit = Self.value(ofHexDigit: byte) {
                // One digit more could be a number that no Int holds.
                guard digits < 15 else { throw .malformed }
                self.state = .size(size << 4 | digit, digits: digits + 1)
            } else {
                guard digits > 0 else { throw .malformed }
                switch byte {
                case 0x0d: self.state = .sizeLineFeed(size)
                case 0x3b: self.state = .words(size: size, count: 0, .nameStart)
                default: throw .malformed
                }
            }
        case .words(let size, let count, let place):
            guard count < Self.wordLimit else { throw .malformed }
            self.state =
                switch (byte, place) {
                case (0x0d, .name), (0x0d, .value): .sizeLineFeed(size)
                case (0x3b, .name), (0x3b, .value): .words(size: size, count: count + 1, .nameStart)
                case (0x3d, .name): .words(size: size, count: count + 1, .valueStart)
                case (_, .nameStart), (_, .name): .words(size: size, count: count + 1, try Self.word(byte, .name))
                case (_, .valueStart), (_, .value): .words(size: size, count: count + 1, try Self.word(byte, .value))
                }
        case .sizeLineFeed(let size):
            guard byte == 0x0a else { throw .malformed }
            self.state =
                size > 0 ? .chunk(left: size) : .trailer(HeadReader(.trailer, limit: Self.trailerLimit))
        case .chunkReturn:
            guard byte == 0x0d else { throw .malformed }
            self.state = .chunkLineFeed
        case .chunkLineFeed:
            guard byte == 0x0a else { throw .malformed }
            self.state = .size(0, digits: 0)
        case .counted, .untilEnd, .chunk, .trailer, .ended: break
        }
    }

    private static func word(_ byte: UInt8, _ place: WordPlace) throws(MessageError) -> WordPlace {
        guard FieldText.isTokenByte(byte) else { throw .malformed }
        return place
    }

    private static func value(ofHexDigit byte: UInt8) -> Int? {
        switch byte {
        case 0x30...0x39: Int(byte - 0x30)
        case 0x41...0x46: Int(byte - 0x41) + 10
        case 0x61...0x66: Int(byte - 0x61) + 10
        default: nil
        }
    }
}
