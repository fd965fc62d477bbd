/// A strict reader of RFC 8259 JSON in UTF-8: one value, nothing before or after it but white space, every repeated
/// name refused, caps on size, depth, members and string length.
package struct JSONReader {
    private let bytes: UnsafeBufferPointer<UInt8>
    private let limits: JSONLimits
    private var names: NameKeys
    private var position = 0
    private var depth = 0

    /// Reads one JSON value.
    /// - Throws: ``JSONError`` with the reason, byte offset and path.
    package static func read(
        _ bytes: [UInt8], limits: JSONLimits = .request, names: JSONNameRule = .refuseCaseVariants
    ) throws(JSONError) -> JSONNode {
        let result = bytes.withUnsafeBufferPointer { buffer -> Result<JSONNode, JSONError> in
            var reader = JSONReader(bytes: buffer, limits: limits, names: names)
            do throws(JSONError) { return .success(try reader.document()) } catch { return .failure(error) }
        }
        return try result.get()
    }

    private init(bytes: UnsafeBufferPointer<UInt8>, limits: JSONLimits, names: JSONNameRule) {
        self.bytes = bytes
        self.limits = limits
        self.names = NameKeys(rule: names)
    }

    private mutating func document() throws(JSONError) -> JSONNode {
        guard self.bytes.count <= self.limits.bytes else { throw JSONError(.tooLarge, offset: self.limits.bytes) }
        if self.bytes.starts(with: [0xEF, 0xBB, 0xBF]) || self.bytes.starts(with: [0xFF, 0xFE])
            || self.bytes.starts(with: [0xFE, 0xFF])
        {
            throw JSONError(.byteOrderMark, offset: 0)
        }
        self.skipSpace()
        guard self.position < self.bytes.count else { throw JSONError(.empty, offset: self.position) }
        let node = try self.value()
        self.skipSpace()
        guard self.position == self.bytes.count else { throw JSONError(.trailingBytes, offset: self.position) }
        return node
    }

    private var current: UInt8? { self.position < self.bytes.count ? self.bytes[self.position] : nil }

    private mutating func skipSpace() {
        while self.position < self.bytes.count {
            switch self.bytes[self.position] {
            case 0x20, 0x09, 0x0A, 0x0D: self.position += 1
            default: return
            }
        }
    }

    private mutating func value() throws(JSONError) -> JSONNode {
        let start = self.position
        switch self.current {
        case UInt8(ascii: "{"): return JSONNode(.object(try self.object()), offset: start)
        case UInt8(ascii: "["): return JSONNode(.array(try self.array()), offset: start)
        case UInt8(ascii: "\""): return JSONNode(.string(try self.string()), offset: start)
        case UInt8(ascii: "t"):
            try self.literal("true")
            return JSONNode(.bool(true), offset: start)
        case UInt8(ascii: "f"):
            try self.literal("false")
            return JSONNode(.bool(false), offset: start)
        case UInt8(ascii: "n"):
            try self.literal("null")
            return JSONNode(.null, offset: start)
        case .some(UInt8(ascii: "-")), .some(UInt8(ascii: "0")...UInt8(ascii: "9")):
            return JSONNode(.number(try self.number()), offset: start)
        default: throw JSONError(.syntax, offset: start)
        }
    }

    private mutating func literal(_ text: StaticString) throws(JSONError) {
        let start = self.position
        for index in 0..<text.utf8CodeUnitCount {
            guard self.current == text.utf8Start[index] else { throw JSONError(.syntax, offset: start) }
            self.position += 1
        }
    }

    private mutating func enter() throws(JSONError) {
        self.depth += 1
        guard self.depth <= self.limits.depth else { throw JSONError(.tooDeep, offset: self.position) }
        self.position += 1
        self.skipSpace()
    }

    private mutating func object() throws(JSONError) -> [JSONMember] {
        try self.enter()
        var members: [JSONMember] = []
        if self.current == UInt8(ascii: "}") {
            self.position += 1
            self.depth -= 1
            return members
        }
        members.reserveCapacity(4)
        var scope = self.names.begin()
        while true {
            let nameOffset = self.position
            guard self.current == UInt8(ascii: "\"") else { throw JSONError(.syntax, offset: nameOffset) }
            let (content, isEscaped, isASCII) = try self.quoted()
            let name = try Self.text(content, isEscaped: isEscaped, isASCII: isASCII, offset: nameOffset)
            let key = isEscaped || !isASCII ? nil : PlainText.caselessKey(of: content)
            guard self.names.insert(name, key: key, in: &scope, after: members) else {
                throw JSONError(.repeatedName, offset: nameOffset).inside(Self.component(name))
            }
            self.skipSpace()
            guard self.current == UInt8(ascii: ":") else { throw JSONError(.syntax, offset: self.position) }
            self.position += 1
            self.skipSpace()
            members.append(JSONMember(name: name, nameOffset: nameOffset, value: try self.value(of: name)))
            guard members.count <= self.limits.members else { throw JSONError(.tooManyMembers, offset: nameOffset) }
            if try self.ended(with: UInt8(ascii: "}")) {
                self.names.end(scope)
                return members
            }
        }
    }

    /// The value of a member, whose name an error tells.
    private mutating func value(of name: String) throws(JSONError) -> JSONNode {
        do throws(JSONError) { return try self.value() } catch { throw error.inside(Self.component(name)) }
    }

    private mutating func array() throws(JSONError) -> [JSONNode] {
        try self.enter()
        var elements: [JSONNode] = []
        if self.current == UInt8(ascii: "]") {
            self.position += 1
            self.depth -= 1
            return elements
        }
        elements.reserveCapacity(4)
        while true {
            do throws(JSONError) { elements.append(try self.value()) } catch {
                throw error.inside("[\(elements.count)]")
            }
            guard elements.count <= self.limits.elements else {
                throw JSONError(.tooManyElements, offset: self.position)
            }
            if try self.ended(with: UInt8(ascii: "]")) { return elements }
        }
    }

    /// After a member or element: a comma goes on, the closing bracket ends.
    private mutating func ended(with bracket: UInt8) throws(JSONError) -> Bool {
        self.skipSpace()
        switch self.current {
        case UInt8(ascii: ","):
            self.position += 1
            self.skipSpace()
            return false
        case bracket:
            self.position += 1
            self.depth -= 1
            return true
        default: throw JSONError(.syntax, offset: self.position)
        }
    }

    private mutating func number() throws(JSONError) -> String {
        let start = self.position
        if self.current == UInt8(ascii: "-") { self.position += 1 }
        let whole = self.digits()
        guard whole > 0 else { throw JSONError(.syntax, offset: start) }
        if whole > 1, self.bytes[self.position - whole] == UInt8(ascii: "0") { throw JSONError(.syntax, offset: start) }
        if self.current == UInt8(ascii: ".") {
            self.position += 1
            guard self.digits() > 0 else { throw JSONError(.syntax, offset: start) }
        }
        if self.current == UInt8(ascii: "e") || self.current == UInt8(ascii: "E") {
            self.position += 1
            if self.current == UInt8(ascii: "+") || self.current == UInt8(ascii: "-") { self.position += 1 }
            guard self.digits() > 0 else { throw JSONError(.syntax, offset: start) }
        }
        guard self.position - start <= 64 else { throw JSONError(.numberTooLong, offset: start) }
        return String(decoding: UnsafeBufferPointer(rebasing: self.bytes[start..<self.position]), as: UTF8.self)
    }

    private mutating func digits() -> Int {
        let start = self.position
        while let byte = self.current, byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") { self.position += 1 }
        return self.position - start
    }

    private mutating func string() throws(JSONError) -> String {
        let start = self.position
        let (content, isEscaped, isASCII) = try self.quoted()
        return try Self.text(content, isEscaped: isEscaped, isASCII: isASCII, offset: start)
    }

    /// What stands between the quotes, as it is in the text.
    private mutating func quoted() throws(JSONError) -> (
        content: UnsafeBufferPointer<UInt8>, isEscaped: Bool, isASCII: Bool
    ) {
        let start = self.position
        var end = start + 1
        var isEscaped = false
        var isASCII = true
        scan: while true {
            end += PlainText.run(in: self.bytes, from: end)
            guard end < self.bytes.count else { throw JSONError(.syntax, offset: start) }
            switch self.bytes[end] {
            case UInt8(ascii: "\""): break scan
            case UInt8(ascii: "\\"):
                isEscaped = true
                // What is escaped need not be ASCII, and is refused later.
                if end + 1 < self.bytes.count, self.bytes[end + 1] >= 0x80 { isASCII = false }
                end += 2
            case 0..<0x20: throw JSONError(.controlCharacter, offset: end)
            case 0x80...:
                isASCII = false
                end += 1
            default: end += 1
            }
        }
        guard end - start - 1 <= self.limits.stringBytes else { throw JSONError(.stringTooLong, offset: start) }
        self.position = end + 1
        return (UnsafeBufferPointer(rebasing: self.bytes[(start + 1)..<end]), isEscaped, isASCII)
    }

    /// - Parameter offset: of the opening quote.
    private static func text(
        _ content: UnsafeBufferPointer<UInt8>, isEscaped: Bool, isASCII: Bool, offset: Int
    ) throws(JSONError) -> String {
        if isEscaped { return try self.unescaped(content, isASCII: isASCII, offset: offset + 1) }
        if isASCII { return String(decoding: content, as: UTF8.self) }
        guard let text = String(validating: content, as: UTF8.self) else { throw JSONError(.notUTF8, offset: offset) }
        return text
    }

    private static func unescaped(
        _ content: UnsafeBufferPointer<UInt8>, isASCII: Bool, offset: Int
    ) throws(JSONError) -> String {
        var out: [UInt8] = []
        out.reserveCapacity(content.count)
        var index = 0
        while index < content.count {
            guard content[index] == UInt8(ascii: "\\") else {
                let start = index
                repeat { index += 1 } while index < content.count && content[index] != UInt8(ascii: "\\")
                out.append(contentsOf: UnsafeBufferPointer(rebasing: content[start..<index]))
                continue
            }
            switch content[index + 1] {
            case UInt8(ascii: "\""): out.append(UInt8(ascii: "\""))
            case UInt8(ascii: "\\"): out.append(UInt8(ascii: "\\"))
            case UInt8(ascii: "/"): out.append(UInt8(ascii: "/"))
            case UInt8(ascii: "b"): out.append(0x08)
            case UInt8(ascii: "f"): out.append(0x0C)
            case UInt8(ascii: "n"): out.append(0x0A)
            case UInt8(ascii: "r"): out.append(0x0D)
            case UInt8(ascii: "t"): out.append(0x09)
            case UInt8(ascii: "u"):
                let (scalar, used) = try self.unicodeEscape(content, at: index, offset: offset)
                out.append(contentsOf: String(Character(scalar)).utf8)
                index += used
                continue
            default: throw JSONError(.syntax, offset: offset + index)
            }
            index += 2
        }
        // Escapes make whole scalars, so that only what stood there unescaped can be wrong.
        if isASCII { return String(decoding: out, as: UTF8.self) }
        guard let text = String(validating: out, as: UTF8.self) else { throw JSONError(.notUTF8, offset: offset) }
        return text
    }

    private static func unicodeEscape(
        _ content: UnsafeBufferPointer<UInt8>, at index: Int, offset: Int
    ) throws(JSONError) -> (Unicode.Scalar, used: Int) {
        guard let first = self.codeUnit(content, at: index) else { throw JSONError(.syntax, offset: offset + index) }
        if let scalar = Unicode.Scalar(UInt32(first)) { return (scalar, 6) }
        guard first < 0xDC00, let second = self.codeUnit(content, at: index + 6), (0xDC00...0xDFFF).contains(second),
            let scalar = Unicode.Scalar(0x10000 + ((UInt32(first) & 0x3FF) << 10) + (UInt32(second) & 0x3FF))
        else { throw JSONError(.loneSurrogate, offset: offset + index) }
        return (scalar, 12)
    }

    /// The UTF-16 unit of the escape `\uXXXX` that begins at `index`.
    private static func codeUnit(_ content: UnsafeBufferPointer<UInt8>, at index: Int) -> UInt16? {
        guard index + 6 <= content.count, content[index] == UInt8(ascii: "\\"), content[index + 1] == UInt8(ascii: "u")
        else { return nil }
        var unit: UInt16 = 0
        for digit in content[(index + 2)..<(index + 6)] {
            switch digit {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): unit = unit << 4 | UInt16(digit - UInt8(ascii: "0"))
            case UInt8(ascii: "a")...UInt8(ascii: "f"): unit = unit << 4 | UInt16(digit - UInt8(ascii: "a") + 10)
            case UInt8(ascii: "A")...UInt8(ascii: "F"): unit = unit << 4 | UInt16(digit - UInt8(ascii: "A") + 10)
            default: return nil
            }
        }
        return unit
    }

    /// A member as part of a path. Only what looks like a name is shown: a value may stand where a name should.
    private static func component(_ name: String) -> String {
        let isPlain =
            name.utf8.count <= 64 && !name.isEmpty
            && name.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "$"):
                    true
                default: false
                }
            }
        return isPlain ? "." + name : ".(a member)"
    }
}
