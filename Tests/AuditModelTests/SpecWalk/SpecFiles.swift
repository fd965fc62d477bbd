import Foundation
import StrictJSON

/// One version of the OpenAPI definitions, with the file that they refer to.
struct SpecFiles {
    var version: String
    var runCommand: JSONNode
    var common: JSONNode

    enum Failure: Error { case noDefinition(String), foreignReference(String), noType(String) }

    init(version: String) throws {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "Fixtures/azure/spec/ComputeRP/stable/" + version)
        func read(_ name: String) throws -> JSONNode {
            try JSONReader.read(
                Array(Data(contentsOf: folder.appending(path: name))), limits: .answer, names: .refuseIdentical)
        }
        self.version = version
        self.runCommand = try read("runCommand.json")
        self.common = try read("computeRPCommon.json")
    }

    /// Adds a member to a definition, as a later version of the specification might.
    mutating func add(_ name: String, _ schema: String, to definition: String) throws {
        let schema = try JSONReader.read(Array(schema.utf8))
        let path = ["definitions", definition, "properties", name]
        if Self.definition(definition, in: self.runCommand) != nil {
            self.runCommand = self.runCommand.setting(path, to: schema)
        } else {
            self.common = self.common.setting(path, to: schema)
        }
    }

    mutating func remove(_ name: String, from definition: String) {
        self.runCommand = self.runCommand.setting(["definitions", definition, "properties", name], to: nil)
    }

    private static func definition(_ name: String, in file: JSONNode) -> JSONNode? {
        file["definitions"]?.members?.first { $0.name == name }?.value
    }

    /// Every member of a definition, the outer before the inner.
    func members(of definition: String) throws -> [SpecMember] {
        guard let schema = Self.definition(definition, in: self.runCommand) else {
            throw Failure.noDefinition(definition)
        }
        return try self.members(of: schema, at: "", isReadOnly: false, isCommon: false)
    }

    private func members(
        of schema: JSONNode, at path: String, isReadOnly: Bool, isCommon: Bool
    ) throws -> [SpecMember] {
        var found: [SpecMember] = []
        for part in schema["allOf"]?.array ?? [] {
            let (inner, isCommon) = try self.resolved(part, isCommon)
            found += try self.members(of: inner, at: path, isReadOnly: isReadOnly, isCommon: isCommon)
        }
        for member in schema["properties"]?.members ?? [] {
            let place = path.isEmpty ? member.name : path + "." + member.name
            let (inner, innerIsCommon) = try self.resolved(member.value, isCommon)
            let readOnly = isReadOnly || member.value["readOnly"]?.bool == true || inner["readOnly"]?.bool == true
            var type = inner["type"]?.string ?? (inner["properties"] == nil ? nil : "object")
            var elements: (JSONNode, Bool)?
            if type == "array", let items = inner["items"] {
                let resolved = try self.resolved(items, innerIsCommon)
                elements = resolved
                type = "array of " + (resolved.0["type"]?.string ?? "object")
            }
            if type == "object", inner["additionalProperties"] != nil { type = "map" }
            guard let type else { throw Failure.noType(place) }
            found.append(SpecMember(path: place, type: type, isReadOnly: readOnly))
            found += try self.members(of: inner, at: place, isReadOnly: readOnly, isCommon: innerIsCommon)
            if let (element, isCommon) = elements {
                found += try self.members(of: element, at: place + "[]", isReadOnly: readOnly, isCommon: isCommon)
            }
        }
        return found
    }

    private func resolved(_ schema: JSONNode, _ isCommon: Bool) throws -> (JSONNode, isCommon: Bool) {
        guard let reference = schema["$ref"]?.string else { return (schema, isCommon) }
        let parts = reference.split(separator: "#/definitions/", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2, ["", "./computeRPCommon.json"].contains(parts[0]) else {
            throw Failure.foreignReference(reference)
        }
        let isCommon = isCommon || !parts[0].isEmpty
        guard let found = Self.definition(parts[1], in: isCommon ? self.common : self.runCommand) else {
            throw Failure.noDefinition(reference)
        }
        return (found, isCommon)
    }
}

/// A member of a request body, as the specification has it.
struct SpecMember {
    /// Dotted; `[]` stands for a list's element: `properties.parameters[].name`.
    var path: String
    /// `string`, `boolean`, `integer`, `object`, `map`, `array of string`, `array of object`.
    var type: String
    var isReadOnly: Bool

    var name: String { self.path.split(separator: ".").last.map(String.init) ?? self.path }
    /// The list that this is a member of an element of.
    var list: String? {
        self.path.range(of: "[]", options: .backwards).map { String(self.path[..<$0.lowerBound]) }
    }
}

extension JSONNode {
    /// The same value with a member set, or left out; objects on the way are made.
    func setting(_ path: some Collection<String>, to value: JSONNode?) -> JSONNode {
        guard let name = path.first else { return value ?? self }
        var members = self.members ?? []
        let inner: JSONNode? =
            path.count == 1
            ? value
            : (members.first { $0.name == name }?.value ?? JSONNode(.object([]))).setting(path.dropFirst(), to: value)
        if let index = members.firstIndex(where: { $0.name == name }) {
            if let inner { members[index].value = inner } else { members.remove(at: index) }
        } else if let inner {
            members.append(JSONMember(name: name, value: inner))
        }
        return JSONNode(.object(members))
    }
}
