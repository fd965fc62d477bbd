/// Where in a body what stands, so that a mutation can be a replacement of bytes. For well-formed JSON only.
struct BodyMap: Sendable {
    /// With their quotes.
    private(set) var names: [Range<Int>] = []
    private(set) var strings: [Range<Int>] = []
    private(set) var numbers: [Range<Int>] = []
    /// `true`, `false` and `null`.
    private(set) var literals: [Range<Int>] = []
    /// For each object with members, each member from its name to its value's end.
    private(set) var objects: [[Range<Int>]] = []
    /// For each array with elements.
    private(set) var arrays: [[Range<Int>]] = []
    /// Each value of any kind.
    private(set) var values: [Range<Int>] = []
    /// Places between two tokens.
    private(set) var gaps: [Int] = []

    private let bytes: [UInt8]
    private var at = 0

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        self.value()
    }

    private var current: UInt8 { self.at < self.bytes.count ? self.bytes[self.at] : 0 }

    private mutating func space() {
        while [0x20, 0x0A, 0x0D, 0x09].contains(self.current) { self.at += 1 }
        self.gaps.append(self.at)
    }

    private mutating func string() -> Range<Int> {
        let start = self.at
        self.at += 1
        while self.at < self.bytes.count, self.current != UInt8(ascii: "\"") {
            self.at += self.current == UInt8(ascii: "\\") ? 2 : 1
        }
        self.at += 1
        return start..<self.at
    }

    private mutating func value() {
        self.space()
        let start = self.at
        switch self.current {
        case UInt8(ascii: "{"): self.object()
        case UInt8(ascii: "["): self.array()
        case UInt8(ascii: "\""): self.strings.append(self.string())
        default:
            while self.at < self.bytes.count, !",]} \n\r\t".utf8.contains(self.current) { self.at += 1 }
            let isNumber = self.bytes[start] == UInt8(ascii: "-") || self.bytes[start] <= UInt8(ascii: "9")
            if isNumber { self.numbers.append(start..<self.at) } else { self.literals.append(start..<self.at) }
        }
        self.values.append(start..<self.at)
        self.space()
    }

    private mutating func object() {
        var members: [Range<Int>] = []
        self.at += 1
        self.space()
        while self.at < self.bytes.count, self.current != UInt8(ascii: "}") {
            if self.current == UInt8(ascii: ",") {
                self.at += 1
                self.space()
            }
            let start = self.at
            self.names.append(self.string())
            self.space()
            self.at += 1
            self.value()
            members.append(start..<(self.values.last?.upperBound ?? self.at))
        }
        self.at += 1
        if !members.isEmpty { self.objects.append(members) }
    }

    private mutating func array() {
        var elements: [Range<Int>] = []
        self.at += 1
        self.space()
        while self.at < self.bytes.count, self.current != UInt8(ascii: "]") {
            if self.current == UInt8(ascii: ",") { self.at += 1 }
            self.value()
            if let value = self.values.last { elements.append(value) }
        }
        self.at += 1
        if !elements.isEmpty { self.arrays.append(elements) }
    }
}
