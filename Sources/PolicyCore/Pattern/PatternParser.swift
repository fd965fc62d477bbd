/// Reads the pattern language of policies and refuses everything else.
///
/// Literals, `.`, classes with ranges and `^`, `\d \D \w \W \s \S \n \t`, escaped punctuation, groups `( )` and
/// `(?: )`, `|`, and the repetitions `* + ? {m} {m,} {m,n}` with bounds up to 1,024. No anchors (a pattern always
/// covers the whole value), no back references, no look-around, no lazy or possessive repetition.
struct PatternParser {
    static let longestPattern = 512
    static let deepestGroup = 32
    static let largestBound = 1_024

    private let scalars: [Unicode.Scalar]
    private var place = 0
    private var depth = 0

    static func parse(_ text: String) throws(PatternError) -> PatternNode {
        var parser = PatternParser(scalars: Array(text.unicodeScalars))
        guard !parser.scalars.isEmpty else {
            throw PatternError(message: "is empty; use oneOf: [\"\"] for an empty value", place: 1)
        }
        guard parser.scalars.count <= self.longestPattern else {
            throw PatternError(message: "is longer than \(self.longestPattern) characters", place: 1)
        }
        let node = try parser.choice()
        if parser.peek != nil { throw parser.error("has a ) without its (") }
        return node
    }

    private init(scalars: [Unicode.Scalar]) { self.scalars = scalars }

    private var peek: Unicode.Scalar? { self.place < self.scalars.count ? self.scalars[self.place] : nil }

    private func error(_ message: String) -> PatternError { PatternError(message: message, place: self.place + 1) }

    private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
        guard self.peek == scalar else { return false }
        self.place += 1
        return true
    }

    private mutating func choice() throws(PatternError) -> PatternNode {
        var branches = [try self.sequence()]
        while self.take("|") { branches.append(try self.sequence()) }
        return branches.count == 1 ? branches[0] : .choice(branches)
    }

    private mutating func sequence() throws(PatternError) -> PatternNode {
        var parts: [PatternNode] = []
        while let next = self.peek, next != "|", next != ")" { parts.append(try self.repetition()) }
        guard !parts.isEmpty else {
            throw self.error("has an empty alternative or group; use ? for what may be absent")
        }
        return parts.count == 1 ? parts[0] : .sequence(parts)
    }

    private mutating func repetition() throws(PatternError) -> PatternNode {
        let atom = try self.atom()
        let node: PatternNode
        if self.take("*") {
            node = .repeated(atom, least: 0, most: nil)
        } else if self.take("+") {
            node = .repeated(atom, least: 1, most: nil)
        } else if self.take("?") {
            node = .repeated(atom, least: 0, most: 1)
        } else if self.take("{") {
            let bounds = try self.bounds()
            node = .repeated(atom, least: bounds.0, most: bounds.1)
        } else {
            return atom
        }
        if let next = self.peek, "*+?{".unicodeScalars.contains(next) {
            throw self.error("repeats a repetition; lazy and possessive forms are not part of the language")
        }
        return node
    }

    /// Behind `{`; leaves the place behind `}`.
    private mutating func bounds() throws(PatternError) -> (Int, Int?) {
        guard let least = try self.number() else {
            throw self.error("has a { that no number follows; a literal is \\{")
        }
        var most: Int? = least
        if self.take(",") { most = try self.number() }
        guard self.take("}") else { throw self.error("has a { without its }") }
        if let most, most < least || most == 0 { throw self.error("has a repetition whose bounds exclude everything") }
        return (least, most)
    }

    private mutating func number() throws(PatternError) -> Int? {
        var value: Int?
        while let next = self.peek, ("0"..."9").contains(next) {
            let sum = (value ?? 0) * 10 + Int(next.value - 0x30)
            guard sum <= Self.largestBound else { throw self.error("repeats more than \(Self.largestBound) times") }
            value = sum
            self.place += 1
        }
        return value
    }

    private mutating func atom() throws(PatternError) -> PatternNode {
        guard let scalar = self.peek else { throw self.error("ends too early") }
        switch scalar {
        case "(":
            self.depth += 1
            guard self.depth <= Self.deepestGroup else { throw self.error("nests groups too deep") }
            self.place += 1
            if self.take("?") {
                guard self.take(":") else { throw self.error("has a (? group; only (?: ) is part of the language") }
            }
            let inner = try self.choice()
            guard self.take(")") else { throw self.error("has a ( without its )") }
            self.depth -= 1
            return inner
        case "[":
            self.place += 1
            return .one(try self.scalarClass())
        case ".":
            self.place += 1
            return .one(.any)
        case "\\":
            self.place += 1
            return .one(try self.escape())
        case "^", "$":
            throw self.error("has an anchor; a pattern covers the whole value anyway, and a literal is \\\(scalar)")
        case "*", "+", "?", "{": throw self.error("has a repetition with nothing to repeat; a literal is \\\(scalar)")
        case "]", "}": throw self.error("has a \(scalar) without its opening; a literal is \\\(scalar)")
        default:
            self.place += 1
            return .one(ScalarClass(scalar))
        }
    }

    /// Behind the backslash.
    private mutating func escape() throws(PatternError) -> ScalarClass {
        guard let scalar = self.peek else { throw self.error("ends in a backslash") }
        let result: ScalarClass
        switch scalar {
        case "d": result = .digit
        case "D": result = ScalarClass(ScalarClass.digit.ranges, isNegated: true)
        case "w": result = .word
        case "W": result = ScalarClass(ScalarClass.word.ranges, isNegated: true)
        case "s": result = .space
        case "S": result = ScalarClass(ScalarClass.space.ranges, isNegated: true)
        case "n": result = ScalarClass("\n")
        case "t": result = ScalarClass("\t")
        default:
            guard scalar.isASCII, scalar.properties.isPatternSyntax else {
                throw self.error("has an escape that is not part of the language")
            }
            result = ScalarClass(scalar)
        }
        self.place += 1
        return result
    }

    /// Behind `[`.
    private mutating func scalarClass() throws(PatternError) -> ScalarClass {
        let isNegated = self.take("^")
        var ranges: [ClosedRange<UInt32>] = []
        while let scalar = self.peek, scalar != "]" {
            let first = try self.classMember()
            // A hyphen is a range only between two single characters.
            guard self.peek == "-", self.place + 1 < self.scalars.count, self.scalars[self.place + 1] != "]" else {
                ranges += first.ranges
                continue
            }
            self.place += 1
            let last = try self.classMember()
            ranges.append(try self.range(from: first, to: last))
        }
        guard self.take("]") else { throw self.error("has a [ without its ]") }
        guard !ranges.isEmpty else { throw self.error("has an empty class") }
        return ScalarClass(ranges, isNegated: isNegated)
    }

    private mutating func classMember() throws(PatternError) -> ScalarClass {
        guard let scalar = self.peek else { throw self.error("has a [ without its ]") }
        self.place += 1
        if scalar == "\\" {
            let result = try self.escape()
            if result.isNegated { throw self.error("has a negated escape in a class") }
            return result
        }
        if scalar == "[" { throw self.error("has a [ in a class; a literal is \\[") }
        return ScalarClass(scalar)
    }

    private func range(from first: ScalarClass, to last: ScalarClass) throws(PatternError) -> ClosedRange<UInt32> {
        guard first.ranges.count == 1, last.ranges.count == 1, let low = first.ranges.first,
            let high = last.ranges.first,
            low.count == 1, high.count == 1, low.lowerBound <= high.lowerBound
        else { throw self.error("has a range that runs backwards or between sets") }
        let ends = low.lowerBound...high.lowerBound
        // [A-z] takes in [ \ ] ^ _ and the backtick, which is never meant.
        for kind: ClosedRange<UInt32> in [0x30...0x39, 0x41...0x5A, 0x61...0x7A]
        where kind.contains(ends.lowerBound) != kind.contains(ends.upperBound) {
            throw self.error("has a range between characters of two kinds")
        }
        return ends
    }
}
