/// Binds a JSON value to a shape as Json.NET does: exact name first, then any case; the last of two wins; numbers and
/// truth values become strings where strings are due and the other way round; null is kept, so that a merge can see it.
///
/// The answer has canonical names, each once, and none of the members that the service sets itself.
struct BodyBinding {
    var apiVersion: String

    /// Throws a 400 in the words of the service: `InvalidRequestContent` for a member of the outermost object of a
    /// resource (ARM's own layer reads that), `BadRequest` otherwise.
    func bind(_ value: SimulatorJSON, to shape: BodyShape, isResource: Bool) throws -> SimulatorJSON {
        guard case .object = value else {
            throw ARMFailure(
                400, "InvalidRequestContent",
                "The request content was invalid and could not be deserialized: 'Error converting value to an object. "
                    + "Path '', line 1, position 1.'.", byGateway: isResource)
        }
        return try self.bind(value, shape, path: "", isResource: isResource)
    }

    private func bind(_ value: SimulatorJSON, _ shape: BodyShape, path: String, isResource: Bool) throws
        -> SimulatorJSON
    {
        if case .null = value { return .null }
        switch shape {
        case .any: return value
        case .string: return try self.string(value, path)
        case .bool: return try self.bool(value, path)
        case .int: return try self.int(value, path)
        case .map:
            guard let members = value.members else {
                throw self.conversion("Dictionary`2[System.String,System.String]", path)
            }
            return .object(try members.map { .init($0.name, try self.string($0.value, "\(path).\($0.name)")) })
        case .list(let element):
            guard let elements = value.array else { throw self.conversion("List`1", path) }
            return .array(
                try elements.enumerated().map {
                    try self.bind($0.element, element, path: "\(path)[\($0.offset)]", isResource: isResource)
                })
        case .object(let object):
            return try self.object(value, object, path: path, isResource: isResource)
        }
    }

    private func object(
        _ value: SimulatorJSON, _ shape: BodyShape.ObjectShape, path: String, isResource: Bool
    ) throws -> SimulatorJSON {
        guard let members = value.members else { throw self.conversion(shape.type, path) }
        var bound: [SimulatorJSON.Member] = []
        for member in members {
            let inner = path.isEmpty ? member.name : "\(path).\(member.name)"
            let known = shape.members.filter { $0.since <= self.apiVersion }
            guard
                let place = known.first(where: { $0.name == member.name })
                    ?? known.first(where: { $0.name.lowercased() == member.name.lowercased() })
            else { throw self.unknown(member, of: shape.type, path: inner, byGateway: isResource && path.isEmpty) }
            if place.isReadOnly { continue }
            bound.removeAll { $0.name == place.name }
            bound.append(
                .init(place.name, try self.bind(member.value, place.shape, path: inner, isResource: isResource)))
        }
        for place in shape.members where place.isRequired {
            if let found = bound.first(where: { $0.name == place.name }), found.value != .null { continue }
            let inner = path.isEmpty ? place.name : "\(path).\(place.name)"
            throw ARMFailure(
                400, "InvalidParameter", "Required parameter '\(inner)' is missing (null).", target: inner)
        }
        return .object(bound)
    }

    private func string(_ value: SimulatorJSON, _ path: String) throws -> SimulatorJSON {
        switch value {
        case .string, .null: return value
        case .number(let text): return .string(text)
        case .bool(let truth): return .string(truth ? "True" : "False")
        default: throw self.conversion("System.String", path)
        }
    }

    private func bool(_ value: SimulatorJSON, _ path: String) throws -> SimulatorJSON {
        switch value {
        case .bool: return value
        case .number: if let number = value.int { return .bool(number != 0) }
        case .string(let text):
            if let truth = Bool(text.lowercased()) { return .bool(truth) }
        default: break
        }
        throw self.conversion("System.Boolean", path)
    }

    private func int(_ value: SimulatorJSON, _ path: String) throws -> SimulatorJSON {
        let number: Int? =
            switch value {
            case .number: value.int
            case .string(let text): Int(text)
            default: nil
            }
        guard let number, Int32(exactly: number) != nil else { throw self.conversion("System.Int32", path) }
        return .number(String(number))
    }

    private func conversion(_ type: String, _ path: String) -> ARMFailure {
        ARMFailure(400, "BadRequest", "Error converting value to type '\(type)'. Path '\(path)'.", target: path)
    }

    private func unknown(
        _ member: SimulatorJSON.Member, of type: String, path: String, byGateway: Bool
    ) -> ARMFailure {
        let message =
            "Could not find member '\(member.name)' on object of type '\(type)'. Path '\(path)', "
            + "line \(member.line), position \(member.position)."
        guard byGateway else { return ARMFailure(400, "BadRequest", message, target: path) }
        return ARMFailure(
            400, "InvalidRequestContent",
            "The request content was invalid and could not be deserialized: '\(message)'.", byGateway: true)
    }
}
