/// Writes a message, head and body, as it stands on the wire, into room that was taken for all of it.
///
/// Nothing is written past the room, and no field that would mean something else there: its name is no token, its value has
/// a control character (by a line break the head would end where others choose), or somebody else is its author. Then
/// ``isWhole`` is false, and the message must not be sent.
package struct MessageWriter {
    private let room: UnsafeMutableRawBufferPointer
    /// Bytes written.
    package private(set) var count = 0
    package private(set) var isWhole = true

    /// - Parameter room: valid for as long as the writer is used.
    package init(_ room: UnsafeMutableRawBufferPointer) { self.room = room }

    /// The room that fields take.
    package static func room(for fields: [(String, String)]) -> Int {
        var bytes = 0
        for (name, value) in fields { bytes += Self.room(for: name, value) }
        return bytes
    }

    package static func room(for name: String, _ value: String) -> Int { name.utf8.count + value.utf8.count + 4 }

    /// - Parameter text: known to be right where it stands.
    package mutating func append(_ text: String) { FieldText.withBytes(of: text) { self.append($0) } }

    package mutating func append(_ bytes: [UInt8]) { bytes.withUnsafeBufferPointer { self.append($0) } }

    /// A number in decimal digits, not negative.
    package mutating func append(_ number: Int) {
        if number >= 10 { self.append(number / 10) }
        self.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: number % 10))
    }

    package mutating func appendLineEnd() {
        self.append(UInt8(ascii: "\r"))
        self.append(UInt8(ascii: "\n"))
    }

    /// - Parameter reserved: names of fields that have another author.
    package mutating func append(_ fields: [(String, String)], without reserved: FieldNames) {
        // By place and in bytes: neither pairs nor texts are copied.
        for index in fields.indices where self.isWhole {
            FieldText.withBytes(of: fields[index].0) { name in
                FieldText.withBytes(of: fields[index].1) { value in
                    guard FieldText.isName(name), FieldText.isValue(value), reserved.listed(name) == nil else {
                        self.isWhole = false
                        return
                    }
                    self.append(name)
                    self.append(Self.separator)
                    self.append(value)
                    self.appendLineEnd()
                }
            }
        }
    }

    /// A field whose name and value are known to be right.
    package mutating func appendField(_ name: String, _ value: String) {
        self.beginField(name)
        self.append(value)
        self.appendLineEnd()
    }

    package mutating func appendField(_ name: String, _ number: Int) {
        self.beginField(name)
        self.append(number)
        self.appendLineEnd()
    }

    private mutating func beginField(_ name: String) {
        self.append(name)
        self.append(Self.separator)
    }

    /// Between a name and its value.
    private static let separator: StaticString = ": "

    private mutating func append(_ text: StaticString) { text.withUTF8Buffer { self.append($0) } }

    private mutating func append(_ byte: UInt8) {
        guard self.count < self.room.count else {
            self.isWhole = false
            return
        }
        self.room[self.count] = byte
        self.count += 1
    }

    private mutating func append(_ bytes: UnsafeBufferPointer<UInt8>) {
        guard bytes.count <= self.room.count - self.count else {
            self.isWhole = false
            return
        }
        let rest = UnsafeMutableRawBufferPointer(rebasing: self.room[self.count...])
        rest.copyMemory(from: UnsafeRawBufferPointer(bytes))
        self.count += bytes.count
    }
}
