/// Writes JSON as RFC 8785 spells strings and integers, without white space. The order of members is the caller's:
/// a caller that writes them sorted by UTF-16 units writes canonical JSON.
package struct JSONWriter {
    package private(set) var bytes: [UInt8]
    private var needsComma = false

    package init(capacity: Int = 2048) {
        self.bytes = []
        self.bytes.reserveCapacity(capacity)
    }

    @inline(__always)
    private mutating func separate() {
        if self.needsComma { self.bytes.append(UInt8(ascii: ",")) }
        self.needsComma = true
    }

    package mutating func beginObject() {
        self.separate()
        self.bytes.append(UInt8(ascii: "{"))
        self.needsComma = false
    }

    package mutating func endObject() {
        self.bytes.append(UInt8(ascii: "}"))
        self.needsComma = true
    }

    package mutating func beginArray() {
        self.separate()
        self.bytes.append(UInt8(ascii: "["))
        self.needsComma = false
    }

    package mutating func endArray() {
        self.bytes.append(UInt8(ascii: "]"))
        self.needsComma = true
    }

    /// A member's name; its value must follow. One that stands in the code is ASCII and needs no escapes.
    package mutating func name(_ name: StaticString) { self.appendPlain(Self.plain(name), isName: true) }

    @_disfavoredOverload
    package mutating func name(_ name: String) {
        Self.withBytes(of: name) { self.append($0, isName: true) }
    }

    package mutating func string(_ value: String) { Self.withBytes(of: value) { self.string($0) } }

    /// - Parameter value: UTF-8.
    package mutating func string(_ value: UnsafeBufferPointer<UInt8>) { self.append(value, isName: false) }

    package mutating func integer(_ value: Int64) {
        self.separate()
        if value < 0 { self.bytes.append(UInt8(ascii: "-")) }
        var rest = value.magnitude
        var place = self.bytes.count + Self.digits(of: rest)
        self.bytes.append(contentsOf: repeatElement(0, count: place - self.bytes.count))
        repeat {
            place -= 1
            self.bytes[place] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
            rest /= 10
        } while rest > 0
    }

    package mutating func bool(_ value: Bool) {
        self.separate()
        self.appendLiteral(value ? "true" : "false")
    }

    package mutating func null() {
        self.separate()
        self.appendLiteral("null")
    }

    /// A whole value, members in their order; numbers as they were written.
    package mutating func node(_ node: JSONNode) {
        switch node.value {
        case .null: self.null()
        case .bool(let value): self.bool(value)
        case .number(let text):
            self.separate()
            self.bytes.append(contentsOf: text.utf8)
        case .string(let value): self.string(value)
        case .array(let elements):
            self.beginArray()
            for element in elements { self.node(element) }
            self.endArray()
        case .object(let members):
            self.beginObject()
            for member in members {
                self.name(member.name)
                self.node(member.value)
            }
            self.endObject()
        }
    }

    package mutating func member(_ name: StaticString, _ value: String?) {
        guard let value else { return }
        Self.withBytes(of: value) { self.appendMember(Self.plain(name), $0) }
    }

    /// A member whose value is ASCII that needs no escapes, and is made where it is to stand.
    /// - Parameters:
    ///   - length: bytes of the value.
    ///   - write: writes all of them.
    package mutating func member(
        _ name: StaticString, length: Int, writtenBy write: (UnsafeMutableBufferPointer<UInt8>) -> Void
    ) {
        self.appendMember(Self.plain(name), length: length, writtenBy: write)
    }

    @_disfavoredOverload
    package mutating func member(_ name: String, _ value: String?) {
        guard let value else { return }
        self.name(name)
        self.string(value)
    }

    package mutating func member(_ name: StaticString, _ value: Int?) {
        self.member(name, value.map { Int64($0) })
    }

    package mutating func member(_ name: StaticString, _ value: Int64?) {
        guard let value else { return }
        self.name(name)
        self.integer(value)
    }

    package mutating func member(_ name: StaticString, _ value: Bool?) {
        guard let value else { return }
        self.name(name)
        self.bool(value)
    }

    private mutating func appendLiteral(_ text: StaticString) {
        self.bytes.append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    /// How many decimal digits a number has.
    private static func digits(of number: UInt64) -> Int {
        var count = 1
        var rest = number / 10
        while rest > 0 {
            count += 1
            rest /= 10
        }
        return count
    }

    /// A text in the code, which is ASCII and needs no escapes.
    @inline(__always)
    private static func plain(_ text: StaticString) -> UnsafeBufferPointer<UInt8> {
        let bytes = UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
        assert(PlainText.run(in: bytes, from: 0) == bytes.count)
        return bytes
    }

    @inline(__always)
    private static func withBytes(of text: String, _ body: (UnsafeBufferPointer<UInt8>) -> Void) {
        text.utf8.span.withUnsafeBufferPointer(body)
    }

    private mutating func append(_ text: UnsafeBufferPointer<UInt8>, isName: Bool) {
        let plain = PlainText.run(in: text, from: 0)
        if plain == text.count {
            self.appendPlain(text, isName: isName)
        } else {
            self.appendEscaped(text, plain: plain, isName: isName)
        }
    }

    /// Quoted text without escapes, and the marks around it, in one piece: most texts are such.
    @inline(__always)
    private mutating func appendPlain(_ text: UnsafeBufferPointer<UInt8>, isName: Bool) {
        let needsComma = self.needsComma
        self.bytes.append(addingCapacity: text.count + 4) { out in
            out.withUnsafeMutableBufferPointer { buffer, count in
                if needsComma { Self.put(UInt8(ascii: ","), into: buffer, &count) }
                Self.put(quoted: text, into: buffer, &count)
                if isName { Self.put(UInt8(ascii: ":"), into: buffer, &count) }
            }
        }
        self.needsComma = !isName
    }

    private mutating func appendMember(_ name: UnsafeBufferPointer<UInt8>, _ value: UnsafeBufferPointer<UInt8>) {
        let plain = PlainText.run(in: value, from: 0)
        guard plain == value.count else {
            self.appendPlain(name, isName: true)
            return self.appendEscaped(value, plain: plain, isName: false)
        }
        self.appendMember(name, length: value.count) { _ = $0.initialize(fromContentsOf: value) }
    }

    /// Name and value in one piece, neither with escapes.
    @inline(__always)
    private mutating func appendMember(
        _ name: UnsafeBufferPointer<UInt8>, length: Int, writtenBy write: (UnsafeMutableBufferPointer<UInt8>) -> Void
    ) {
        let needsComma = self.needsComma
        self.bytes.append(addingCapacity: name.count + length + 6) { out in
            out.withUnsafeMutableBufferPointer { buffer, count in
                if needsComma { Self.put(UInt8(ascii: ","), into: buffer, &count) }
                Self.put(quoted: name, into: buffer, &count)
                Self.put(UInt8(ascii: ":"), into: buffer, &count)
                Self.put(UInt8(ascii: "\""), into: buffer, &count)
                write(UnsafeMutableBufferPointer(rebasing: buffer[count..<count + length]))
                count += length
                Self.put(UInt8(ascii: "\""), into: buffer, &count)
            }
        }
        self.needsComma = true
    }

    @inline(__always)
    private static func put(_ byte: UInt8, into buffer: UnsafeMutableBufferPointer<UInt8>, _ count: inout Int) {
        buffer.initializeElement(at: count, to: byte)
        count += 1
    }

    @inline(__always)
    private static func put(
        quoted text: UnsafeBufferPointer<UInt8>, into buffer: UnsafeMutableBufferPointer<UInt8>, _ count: inout Int
    ) {
        self.put(UInt8(ascii: "\""), into: buffer, &count)
        _ = buffer[count...].initialize(fromContentsOf: text)
        count += text.count
        self.put(UInt8(ascii: "\""), into: buffer, &count)
    }

    /// - Parameter plain: how many bytes at its beginning need no escapes.
    private mutating func appendEscaped(_ text: UnsafeBufferPointer<UInt8>, plain: Int, isName: Bool) {
        self.separate()
        self.bytes.append(UInt8(ascii: "\""))
        var start = 0
        var index = plain
        while index < text.count {
            let byte = text[index]
            if byte < 0x80 {
                self.bytes.append(contentsOf: UnsafeBufferPointer(rebasing: text[start..<index]))
                self.appendEscape(byte)
                start = index + 1
            }
            index += 1
            index += PlainText.run(in: text, from: index)
        }
        self.bytes.append(contentsOf: UnsafeBufferPointer(rebasing: text[start...]))
        self.bytes.append(UInt8(ascii: "\""))
        if isName { self.bytes.append(UInt8(ascii: ":")) }
        self.needsComma = !isName
    }

    private mutating func appendEscape(_ byte: UInt8) {
        self.bytes.append(UInt8(ascii: "\\"))
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): self.bytes.append(byte)
        case 0x08: self.bytes.append(UInt8(ascii: "b"))
        case 0x09: self.bytes.append(UInt8(ascii: "t"))
        case 0x0A: self.bytes.append(UInt8(ascii: "n"))
        case 0x0C: self.bytes.append(UInt8(ascii: "f"))
        case 0x0D: self.bytes.append(UInt8(ascii: "r"))
        default:
            self.bytes.append(contentsOf: "u00".utf8)
            for digit in [byte >> 4, byte & 15] {
                self.bytes.append(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10)
            }
        }
    }
}
