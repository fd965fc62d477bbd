/// A parsed JSON value that remembers where it stood, so that an error can name the byte.
package struct JSONNode: Sendable, Hashable {
    package var value: JSONValue
    /// Byte offset of the value's first byte in the text it was read from.
    package var offset: Int

    package init(_ value: JSONValue, offset: Int = 0) {
        self.value = value
        self.offset = offset
    }
}

package enum JSONValue: Sendable, Hashable {
    case null
    case bool(Bool)
    /// The number as written; see ``JSONNode/integer``.
    case number(String)
    case string(String)
    case array([JSONNode])
    /// Members in the order of the text.
    case object([JSONMember])
}

package struct JSONMember: Sendable, Hashable {
    package var name: String
    package var nameOffset: Int
    package var value: JSONNode

    package init(name: String, nameOffset: Int = 0, value: JSONNode) {
        self.name = name
        self.nameOffset = nameOffset
        self.value = value
    }
}

extension JSONMember {
    package func isNamed(_ name: StaticString) -> Bool { Self.isSame(self.name, name) }

    @inline(__always)
    fileprivate static func isSame(_ text: String, _ name: StaticString) -> Bool {
        let count = name.utf8CodeUnitCount
        // The length alone tells most names apart.
        guard text.utf8.count == count else { return false }
        let wanted = name.utf8Start
        return text.utf8.span.withUnsafeBufferPointer { own in
            for index in 0..<count where own[index] != wanted[index] { return false }
            return true
        }
    }
}

extension [JSONMember] {
    /// Where the member with exactly these bytes as its name stands.
    package func firstIndex(named name: StaticString) -> Int? {
        for index in self.indices where JSONMember.isSame(self[index].name, name) { return index }
        return nil
    }
}

extension JSONNode {
    /// The member with exactly these bytes as its name. (`==` on strings would also take the Kelvin sign for a K.)
    package subscript(name: StaticString) -> JSONNode? {
        guard case .object(let members) = self.value, let index = members.firstIndex(named: name) else { return nil }
        return members[index].value
    }

    package var string: String? {
        if case .string(let text) = self.value { return text }
        return nil
    }

    package var bool: Bool? {
        if case .bool(let flag) = self.value { return flag }
        return nil
    }

    package var array: [JSONNode]? {
        if case .array(let elements) = self.value { return elements }
        return nil
    }

    package var members: [JSONMember]? {
        if case .object(let members) = self.value { return members }
        return nil
    }

    /// The number, if it is written as an integer (no fraction, no exponent) that fits 64 bits.
    package var integer: Int64? {
        guard case .number(let text) = self.value else { return nil }
        return Int64(text)
    }

    package var isNull: Bool {
        if case .null = self.value { return true }
        return false
    }

    /// What kind of value it is, in JSON's words, for messages.
    package var kindName: String {
        switch self.value {
        case .null: "null"
        case .bool: "boolean"
        case .number: "number"
        case .string: "string"
        case .array: "array"
        case .object: "object"
        }
    }
}
