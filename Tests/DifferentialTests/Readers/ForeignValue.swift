import Foundation

/// A JSON value as some other reader understood it, with texts as bytes.
indirect enum ForeignValue: Sendable, Hashable {
    case null
    case bool(Bool)
    /// In decimal, an integer without fraction or exponent.
    case number(String)
    case string([UInt8])
    case array([ForeignValue])
    case object([[UInt8]: ForeignValue])

    subscript(_ name: StaticString) -> ForeignValue? {
        guard case .object(let members) = self else { return nil }
        return members[Array("\(name)".utf8)]
    }

    var bytes: [UInt8]? {
        if case .string(let bytes) = self { return bytes }
        return nil
    }

    var elements: [ForeignValue]? {
        if case .array(let elements) = self { return elements }
        return nil
    }

    var members: [[UInt8]: ForeignValue]? {
        if case .object(let members) = self { return members }
        return nil
    }

    static func number(_ value: Double) -> ForeignValue {
        .number(Int64(exactly: value).map(String.init) ?? String(value))
    }
}

/// A reader that is not ours.
struct ForeignReader: Sendable {
    var name: String
    /// `nil` where it refuses.
    var read: @Sendable ([UInt8]) -> ForeignValue?

    /// On Linux `JSONSerialization` loses a byte-order mark that begins a string, unless it is an escape. The one that
    /// begins the text is left to it.
    private static func markEscaped(_ bytes: [UInt8]) -> [UInt8] {
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        guard let first = bytes.first, bytes.dropFirst().contains(mark[0]) else { return bytes }
        return [first] + Array(bytes.dropFirst()).replacing(mark, with: Array(#"\ufeff"#.utf8))
    }

    static let foundation: [ForeignReader] = [
        ForeignReader(name: "JSONSerialization") { bytes in
            (try? JSONSerialization.jsonObject(with: Data(Self.markEscaped(bytes)), options: [.fragmentsAllowed]))
                .flatMap(ForeignValue.init(object:))
        },
        ForeignReader(name: "JSONDecoder") { bytes in
            (try? JSONDecoder().decode(DecodedJSON.self, from: Data(bytes)))?.value
        },
    ]
}

extension ForeignValue {
    /// What `JSONSerialization` makes.
    init?(object: Any) {
        switch object {
        case is NSNull: self = .null
        case let text as String: self = .string(Array(text.utf8))
        case let number as NSNumber:
            // A boolean is a number to it, told apart only by its C type.
            switch String(cString: number.objCType) {
            case "c", "B": self = .bool(number.boolValue)
            case "d", "f": self = .number(number.doubleValue)
            default: self = .number(number.stringValue)
            }
        case let elements as [Any]:
            let values = elements.compactMap(ForeignValue.init(object:))
            guard values.count == elements.count else { return nil }
            self = .array(values)
        case let members as [String: Any]:
            var values: [[UInt8]: ForeignValue] = [:]
            for (name, member) in members {
                guard let value = ForeignValue(object: member) else { return nil }
                values[Array(name.utf8)] = value
            }
            self = .object(values)
        default: return nil
        }
    }
}

/// Any JSON, for `JSONDecoder`.
private struct DecodedJSON: Decodable {
    var value: ForeignValue

    private struct Name: CodingKey {
        var stringValue: String
        var intValue: Int? { nil }
        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    init(from decoder: any Decoder) throws {
        if let container = try? decoder.container(keyedBy: Name.self) {
            var members: [[UInt8]: ForeignValue] = [:]
            for name in container.allKeys {
                members[Array(name.stringValue.utf8)] = try container.decode(DecodedJSON.self, forKey: name).value
            }
            self.value = .object(members)
        } else if var container = try? decoder.unkeyedContainer() {
            var elements: [ForeignValue] = []
            while !container.isAtEnd { elements.append(try container.decode(DecodedJSON.self).value) }
            self.value = .array(elements)
        } else {
            let container = try decoder.singleValueContainer()
            if container.decodeNil() {
                self.value = .null
            } else if let flag = try? container.decode(Bool.self) {
                self.value = .bool(flag)
            } else if let number = try? container.decode(Int64.self) {
                self.value = .number(String(number))
            } else if let number = try? container.decode(Double.self) {
                self.value = .number(number)
            } else {
                self.value = .string(Array(try container.decode(String.self).utf8))
            }
        }
    }
}
