#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Why bytes are no HTTP/1.1 message.
package enum MessageError: Error, Sendable, Equatable {
    case malformed
    /// A head longer than allowed.
    case headTooLong
}

/// The head of a message: its first line and its fields.
package struct MessageHead: Sendable {
    package let startLine: StartLine
    package let fields: ReceivedFields
}

/// Reads the heads of HTTP/1.1 messages out of bytes that come in any pieces.
///
/// Exactly as RFC 9112 writes them: a line ends with CR LF, no line goes on in the next, a name is a token with the colon
/// right behind it, and no value has a control character but the tabulator. Whoever is less strict may see another
/// message in the same bytes than the next one does.
package struct HeadReader: Sendable {
    private let kind: StartLine.Kind
    private let limit: Int
    private var bytes: [UInt8] = []
    /// Read as soon as it is there: who speaks another protocol is not waited for.
    private var startLine = StartLine.none
    private var isInFields: Bool
    private var places: [ReceivedFields.Place] = []
    /// Where the line begins whose end has not come yet, and from where on its end is looked for.
    private var lineStart = 0
    private var searched = 0

    /// - Parameter limit: the most bytes of a head, line ends among them.
    package init(_ kind: StartLine.Kind, limit: Int) {
        self.kind = kind
        // More could not be counted in the 32 bits of a place.
        self.limit = min(limit, Int(Int32.max))
        self.isInFields = kind == .trailer
    }

    /// Whether a part of a head has come.
    package var hasBegun: Bool { !self.bytes.isEmpty }

    /// Takes bytes up to the end of a head, and begins anew behind it.
    /// - Returns: how many bytes were taken: all of them, unless the head is whole.
    package mutating func read(
        _ input: UnsafeBufferPointer<UInt8>
    ) throws(MessageError) -> (taken: Int, head: MessageHead?) {
        let before = self.bytes.count
        // Of empty lines before a message, which RFC 9112 allows, nothing is kept.
        let empty = before == 0 && !self.isInFields ? Self.emptyLines(input) : 0
        let room = min(input.count - empty, self.limit - before)
        let offered = UnsafeBufferPointer(rebasing: input[empty..<(empty + room)])
        let end: Int?
        if before == 0 {
            // The usual head comes in one piece and is read where it stands.
            end = try self.readLines(offered)
            self.bytes.append(contentsOf: UnsafeBufferPointer(rebasing: offered[..<(end ?? room)]))
        } else {
            self.bytes.append(contentsOf: offered)
            let bytes = self.bytes
            end = try bytes.withUnsafeBufferPointer { bytes throws(MessageError) in try self.readLines(bytes) }
        }
        if let end {
            if self.bytes.count > end { self.bytes.removeLast(self.bytes.count - end) }
            let head = MessageHead(
                startLine: self.startLine, fields: ReceivedFields(bytes: self.bytes, places: self.places))
            self = HeadReader(self.kind, limit: self.limit)
            return (empty + end - before, head)
        }
        guard self.bytes.count < self.limit else { throw .headTooLong }
        // An empty line that came in two pieces.
        if !self.isInFields, self.lineStart == self.bytes.count { self = HeadReader(self.kind, limit: self.limit) }
        return (empty + room, nil)
    }

    private static func emptyLines(_ bytes: UnsafeBufferPointer<UInt8>) -> Int {
        var end = 0
        while end + 1 < bytes.count, bytes[end] == 0x0d, bytes[end + 1] == 0x0a { end += 2 }
        return end
    }

    /// - Returns: where the head ends; nil while it does not.
    private mutating func readLines(_ bytes: UnsafeBufferPointer<UInt8>) throws(MessageError) -> Int? {
        while let end = Self.first(0x0a, in: bytes, self.searched..<bytes.count) {
            let start = self.lineStart
            guard end > start, bytes[end - 1] == 0x0d else { throw .malformed }
            self.lineStart = end + 1
            self.searched = end + 1
            let line = start..<end - 1
            if line.isEmpty {
                guard self.isInFields else { continue }
                return end + 1
            }
            guard self.isInFields else {
                self.startLine = try StartLine(UnsafeBufferPointer(rebasing: bytes[line]), self.kind)
                self.isInFields = true
                self.places.reserveCapacity(16)
                continue
            }
            self.places.append(try Self.place(of: line, in: bytes))
        }
        self.searched = bytes.count
        return nil
    }

    private static func place(
        of line: Range<Int>, in bytes: UnsafeBufferPointer<UInt8>
    ) throws(MessageError) -> ReceivedFields.Place {
        guard let colon = self.first(0x3a, in: bytes, line),
            FieldText.isName(UnsafeBufferPointer(rebasing: bytes[line.lowerBound..<colon]))
        else { throw .malformed }
        var (start, end) = (colon + 1, line.upperBound)
        while start < end, self.isBlank(bytes[start]) { start += 1 }
        while end > start, self.isBlank(bytes[end - 1]) { end -= 1 }
        guard FieldText.isValue(UnsafeBufferPointer(rebasing: bytes[start..<end])) else { throw .malformed }
        return ReceivedFields.Place(
            name: UInt32(line.lowerBound)..<UInt32(colon), value: UInt32(start)..<UInt32(end))
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }

    private static func first(
        _ byte: UInt8, in bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>
    ) -> Int? {
        guard let base = bytes.baseAddress, !range.isEmpty,
            let found = memchr(base + range.lowerBound, Int32(byte), range.count)
        else { return nil }
        return UnsafeRawPointer(found) - UnsafeRawPointer(base)
    }
}
