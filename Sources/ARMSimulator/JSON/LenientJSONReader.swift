/// Reads JSON with the lenience of Json.NET's defaults, which is what the service behind ARM is assumed to use.
///
/// Beyond RFC 8259 it takes a byte-order mark, comments of both kinds, single quotes, unquoted names, raw control
/// characters in strings, trailing commas, hexadecimal numbers, `NaN`, `Infinity` and `undefined` (read as null), and
/// whatever follows the first value. Names are not compared here: repetitions are kept, in order. It exists to be as
/// generous as the worst case a gateway must reckon with, so nothing of it may be shared with the gateway.
struct LenientJSONReader {
    /// Why a text could not be read, in the words of the parser that is imitated, with line and column.
    struct Failure: Error, Equatable {
        var message: String
    }

    /// Json.NET refuses deeper nesting than this from version 13 on.
    static let maximumDepth = 64

    private let bytes: [UInt8]
    private var index = 0
    private var line = 1
    private var lineStart = 0

    private init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// The first value of `bytes`.
    static func read(_ bytes: [UInt8]) throws -> SimulatorJSON {
        var reader = LenientJSONReader(bytes)
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { reader.index = 3 }
        try reader.skipSpace()
        return try reader.value(depth: 1)
    }

    private var current: UInt8? { self.index < self.bytes.count ? self.bytes[self.index] : nil }

    private func failure(_ what: String) -> Failure {
        Failure(message: "\(what) Path '', line \(self.line), position \(self.index - self.lineStart).")
    }

    private func unexpected() -> Failure {
        guard let byte = self.current else { return self.failure("Unexpected end when reading JSON.") }
        let shown = byte >= 0x20 && byte < 0x7F ? String(UnicodeScalar(byte)) : "byte \(byte)"
        return self.failure("Unexpected character encountered while parsing value: \(shown).")
    }

    private mutating func advance() {
        if self.bytes[self.index] == UInt8(ascii: "\n") {
            self.line += 1
            self.lineStart = self.index + 1
        }
        self.index += 1
    }

    private mutating func skipSpace() throws {
        while let byte = self.current {
            if [0x20, 0x09, 0x0A, 0x0D].contains(byte) {
                self.advance()
            } else if byte == UInt8(ascii: "/") {
                try self.skipComment()
            } else {
                return
            }
        }
    }

    private mutating func skipComment() throws {
        self.advance()
        if self.current == UInt8(ascii: "/") {
            while let byte = self.current, byte != UInt8(ascii: "\n") { self.advance() }
        } else if self.current == UInt8(ascii: "*") {
            self.advance()
            while true {
                guard let byte = self.current else { throw self.failure("Unexpected end while parsing comment.") }
                self.advance()
                if byte == UInt8(ascii: "*"), self.current == UInt8(ascii: "/") {
                    self.advance()
                    return
                }
            }
        } else {
            throw self.unexpected()
        }
    }

    private mutating func value(depth: Int) throws -> SimulatorJSON {
        guard depth <= Self.maximumDepth else {
            throw self.failure("The reader's MaxDepth of \(Self.maximumDepth) has been exceeded.")
        }
        guard let byte = self.current else { throw self.unexpected() }
        switch byte {
        case UInt8(ascii: "{"): return try self.object(depth: depth)
        case UInt8(ascii: "["): return try self.array(depth: depth)
        case UInt8(ascii: "\""), UInt8(ascii: "'"): return .string(try self.quoted())
        default: return try self.bareValue()
        }
    }

    private mutating func object(depth: Int) throws -> SimulatorJSON {
        self.advance()
        var members: [SimulatorJSON.Member] = []
        while true {
            try self.skipSpace()
            guard let byte = self.current else { throw self.unexpected() }
            if byte == UInt8(ascii: "}") {
                self.advance()
                return .object(members)
            }
            let name =
                byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") ? try self.quoted() : try self.bareName()
            try self.skipSpace()
            guard self.current == UInt8(ascii: ":") else {
                throw self.failure("Invalid character after parsing property name. Expected ':'.")
            }
            self.advance()
            let (line, position) = (self.line, self.index - self.lineStart)
            try self.skipSpace()
            members.append(.init(name, try self.value(depth: depth + 1), line: line, position: position))
            try self.skipSpace()
            if self.current == UInt8(ascii: ",") {
                self.advance()
            } else if self.current != UInt8(ascii: "}") {
                throw self.failure("After parsing a value an unexpected character was encountered.")
            }
        }
    }

    private mutating func array(depth: Int) throws -> SimulatorJSON {
        self.advance()
        var elements: [SimulatorJSON] = []
        while true {
            try self.skipSpace()
            if self.current == UInt8(ascii: "]") {
                self.advance()
                return .array(elements)
            }
            elements.append(try self.value(depth: depth + 1))
            try self.skipSpace()
            if self.current == UInt8(ascii: ",") {
                self.advance()
            } else if self.current != UInt8(ascii: "]") {
                throw self.failure("After parsing a value an unexpected character was encountered.")
            }
        }
    }

    private mutating func word() -> String {
        let start = self.index
        while let byte = self.current, Self.isWord(byte) { self.advance() }
        return String(decoding: self.bytes[start..<self.index], as: UTF8.self)
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), 0x30...0x39,
            UInt8(ascii: "_"), UInt8(ascii: "$"), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."), 0x80...:
            true
        default: false
        }
    }

    private mutating func bareName() throws -> String {
        let name = self.word()
        guard !name.isEmpty else { throw self.failure("Invalid property identifier character.") }
        return name
    }

    private mutating func bareValue() throws -> SimulatorJSON {
        let start = self.unexpected()
        let text = self.word()
        switch text {
        case "true": return .bool(true)
        case "false": return .bool(false)
        case "null", "undefined": return .null
        case "NaN", "Infinity", "-Infinity": return .string(text)
        default: break
        }
        if let hexadecimal = text.wholeHexadecimal { return .number(String(hexadecimal)) }
        guard let first = text.utf8.first, first == UInt8(ascii: "-") || (0x30...0x39).contains(first),
            let number = Double(text), number.isFinite
        else { throw start }
        return .number(Int(text).map(String.init) ?? text)
    }

    private mutating func quoted() throws -> String {
        let quote = self.bytes[self.index]
        self.advance()
        var units: [UInt8] = []
        while let byte = self.current {
            self.advance()
            if byte == quote { return String(decoding: units, as: UTF8.self) }
            if byte == UInt8(ascii: "\\") {
                units += try self.escape()
            } else {
                units.append(byte)
            }
        }
        throw self.failure("Unterminated string. Expected delimiter: \(String(UnicodeScalar(quote))).")
    }

    private mutating func escape() throws -> [UInt8] {
        guard let byte = self.current else { throw self.unexpected() }
        self.advance()
        switch byte {
        case UInt8(ascii: "b"): return [0x08]
        case UInt8(ascii: "f"): return [0x0C]
        case UInt8(ascii: "n"): return [0x0A]
        case UInt8(ascii: "r"): return [0x0D]
        case UInt8(ascii: "t"): return [0x09]
        case UInt8(ascii: "\\"), UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: "/"): return [byte]
        case UInt8(ascii: "u"): return try self.unicode()
        default: throw self.failure("Bad JSON escape sequence: \\\(String(UnicodeScalar(byte))).")
        }
    }

    private mutating func unicode() throws -> [UInt8] {
        var units = [try self.fourDigits()]
        if UTF16.isLeadSurrogate(units[0]), self.index + 1 < self.bytes.count,
            self.bytes[self.index] == UInt8(ascii: "\\"),
            self.bytes[self.index + 1] == UInt8(ascii: "u")
        {
            self.advance()
            self.advance()
            units.append(try self.fourDigits())
        }
        // A lone surrogate becomes the replacement character, as .NET writes it.
        return Array(String(decoding: units, as: UTF16.self).utf8)
    }

    private mutating func fourDigits() throws -> UInt16 {
        guard self.index + 4 <= self.bytes.count,
            let unit = UInt16(String(decoding: self.bytes[self.index..<self.index + 4], as: UTF8.self), radix: 16)
        else { throw self.failure("Unexpected end while parsing Unicode escape sequence.") }
        self.index += 4
        return unit
    }
}

extension String {
    fileprivate var wholeHexadecimal: Int? {
        self.hasPrefix("0x") || self.hasPrefix("0X") ? Int(self.dropFirst(2), radix: 16) : nil
    }
}
