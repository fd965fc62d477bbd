import Foundation

/// Looks in a text for what Json.NET takes in spite of RFC 8259, or takes for something else than data: comments,
/// single quotes, names without quotes, trailing commas, `NaN`, hexadecimal and octal numbers, names that come twice
/// in any letter case, and its metadata names. Shares no code with the reader under test.
struct LenienceCheck {
    private var rest: ArraySlice<UInt8>

    /// - Returns: what was found, `nil` in a text that every reader takes alike.
    static func finding(in text: [UInt8]) -> String? {
        guard String(validating: text, as: UTF8.self) != nil else { return "not UTF-8" }
        var check = LenienceCheck(rest: text[...])
        do throws(Finding) {
            try check.value()
            check.space()
            guard check.rest.isEmpty else { throw Finding("text after the value") }
            return nil
        } catch {
            return error.text
        }
    }

    private struct Finding: Error {
        var text: String
        init(_ text: String) { self.text = text }
    }

    private mutating func space() {
        self.rest = self.rest.drop { $0 == 0x20 || $0 == 0x0A || $0 == 0x0D || $0 == 0x09 }
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard self.rest.first == UInt8(ascii: character) else { return false }
        self.rest = self.rest.dropFirst()
        return true
    }

    private mutating func value() throws(Finding) {
        self.space()
        if self.take("{") { return try self.members() }
        if self.take("[") { return try self.elements() }
        if self.rest.first == UInt8(ascii: "\"") {
            _ = try self.quoted()
            return
        }
        let word = self.rest.prefix { !",]} \n\r\t".utf8.contains($0) }
        self.rest = self.rest[word.endIndex...]
        let text = String(decoding: word, as: UTF8.self)
        guard ["true", "false", "null"].contains(text) || text.wholeMatch(of: /-?(0|[1-9][0-9]*)/) != nil else {
            throw Finding("a value that is no plain literal")
        }
    }

    private mutating func elements() throws(Finding) {
        self.space()
        if self.take("]") { return }
        repeat {
            try self.value()
            self.space()
        } while self.take(",")
        guard self.take("]") else { throw Finding("no end of an array") }
    }

    private mutating func members() throws(Finding) {
        var seen: Set<String> = []
        self.space()
        if self.take("}") { return }
        repeat {
            self.space()
            let name = try self.quoted()
            guard !["$id", "$ref", "$type", "$value", "$values"].contains(name.lowercased()) else {
                throw Finding("a metadata name")
            }
            // Every folding at hand, each name once in each.
            let foldings: Set<String> = [
                name, name.lowercased(), name.uppercased(), name.uppercased().lowercased(),
                name.lowercased(with: Locale(identifier: "tr")), name.uppercased(with: Locale(identifier: "tr")),
                name.precomposedStringWithCompatibilityMapping.lowercased(),
            ]
            guard seen.isDisjoint(with: foldings) else { throw Finding("a name twice") }
            seen.formUnion(foldings)
            self.space()
            guard self.take(":") else { throw Finding("no colon") }
            try self.value()
            self.space()
        } while self.take(",")
        guard self.take("}") else { throw Finding("no end of an object") }
    }

    private mutating func quoted() throws(Finding) -> String {
        guard self.take("\"") else { throw Finding("no double quote") }
        var raw: [UInt8] = [UInt8(ascii: "\"")]
        while let byte = self.rest.popFirst() {
            guard byte >= 0x20 else { throw Finding("a control character") }
            raw.append(byte)
            if byte == UInt8(ascii: "\\") {
                guard let next = self.rest.popFirst() else { break }
                guard "\"\\/bfnrtu".utf8.contains(next) else { throw Finding("an escape of no kind") }
                raw.append(next)
            }
            if byte == UInt8(ascii: "\"") {
                let text = try? JSONSerialization.jsonObject(with: Data(raw), options: [.fragmentsAllowed])
                guard let text = text as? String else { throw Finding("a string that is none") }
                return text
            }
        }
        throw Finding("no end of a string")
    }
}
