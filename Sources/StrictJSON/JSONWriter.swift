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
    package mutating func name(_ name: StaticString) {
        let text = UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount)
        assert(PlainText.run(in: text, from: 0) == text.count)
        self.appendPlain(text, isName: true)
    }

    @_disfavoredOverload
    package mutating func name(_ name: String) { self.append(name, isName: true) }

    package mutating func string(_ value: String) { self.append(value, isName: false) }

    package mutating func integer(_ value: Int64) {
        self.separate()
        self.bytes.append(contentsOf: value.description.utf8)
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
        self.name(name)
        self.string(value)
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

    private mutating func append(_ text: String, isName: Bool) {
        if text.utf8.withContiguousStorageIfAvailable({ self.append($0, isName: isName) }) == nil {
            Array(text.utf8).withUnsafeBufferPointer { self.append($0, isName: isName) }
        }
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
            if needsComma { out.append(UInt8(ascii: ",")) }
            out.append(UInt8(ascii: "\""))
            out.withUnsafeMutableBufferPointer { buffer, count in
                _ = buffer[count...].initialize(fromContentsOf: text)
                count += text.count
            }
            out.append(UInt8(ascii: "\""))
            if isName { out.append(UInt8(ascii: ":")) }
        }
        self.needsComma = !isName
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
