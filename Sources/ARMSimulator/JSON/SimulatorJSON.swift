/// A JSON value of the simulator: what its lenient reader understood, and what it answers.
///
/// Members of an object keep their order and their repetitions; numbers keep their text.
package indirect enum SimulatorJSON: Sendable, Equatable {
    case null
    case bool(Bool)
    case number(String)
    case string(String)
    case array([SimulatorJSON])
    case object([Member])

    /// One member of an object, with the place where its name ended in the text it was read from (0 if there is none).
    package struct Member: Sendable, Equatable {
        /// As it was spelled.
        package var name: String
        /// What the name stands for.
        package var value: SimulatorJSON
        var line = 0
        var position = 0

        /// Without a place it is one that was never read.
        package init(_ name: String, _ value: SimulatorJSON, line: Int = 0, position: Int = 0) {
            self.name = name
            self.value = value
            self.line = line
            self.position = position
        }

        /// The place takes no part.
        package static func == (left: Member, right: Member) -> Bool {
            left.name == right.name && left.value == right.value
        }
    }

    /// The last member of exactly this name, or nil.
    package subscript(name: String) -> SimulatorJSON? {
        guard case .object(let members) = self else { return nil }
        return members.last { $0.name == name }?.value
    }

    /// The text of a string, or nil.
    package var string: String? {
        if case .string(let text) = self { return text }
        return nil
    }

    /// The number as an integer, or nil.
    package var int: Int? {
        guard case .number(let text) = self else { return nil }
        return Int(text) ?? Double(text).flatMap { Int(exactly: $0.rounded(.towardZero)) }
    }

    /// The truth value, or nil.
    package var bool: Bool? {
        if case .bool(let value) = self { return value }
        return nil
    }

    /// The elements of an array, or nil.
    package var array: [SimulatorJSON]? {
        if case .array(let elements) = self { return elements }
        return nil
    }

    /// The members of an object, or nil.
    package var members: [Member]? {
        if case .object(let members) = self { return members }
        return nil
    }
}

extension SimulatorJSON: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
    ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    /// A string.
    package init(stringLiteral value: String) { self = .string(value) }
    /// A number.
    package init(integerLiteral value: Int) { self = .number(String(value)) }
    /// A truth value.
    package init(booleanLiteral value: Bool) { self = .bool(value) }
    /// An array.
    package init(arrayLiteral elements: SimulatorJSON...) { self = .array(elements) }
    /// An object with its members in this order.
    package init(dictionaryLiteral elements: (String, SimulatorJSON)...) {
        self = .object(elements.map { Member($0.0, $0.1) })
    }
}
