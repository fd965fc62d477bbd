import Foundation
import StrictJSON

/// One version of the OpenAPI definitions, with the file that they refer to.
struct SpecFiles {
    var version: String
    var runCommand: JSONNode
    var common: JSONNode
    /// What the definitions refer to outside their own folder: `common-types/v1/common.json`.
    var shared: JSONNode

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
        self.shared = try JSONReader.read(Array(Self.resource.utf8))
    }

    /// `Resource` as that file has it, without the descriptions. Source: azure-rest-api-specs.
    private static let resource = """
        {"definitions":{"Resource":{"type":"object","properties":{"id":{"readOnly":true,"type":"string"},
        "name":{"readOnly":true,"type":"string"},"type":{"readOnly":true,"type":"string"},
        "location":{"type":"string"},
        "tags":{"type":"object","additionalProperties":{"type":"string"}}},"required":["location"]}}}
        """

    /// Adds a member to a definition, as a later version of the specification might.
    mutating func add(_ name: String, _ schema: String, to definition: String) throws {
        let schema = try JSONReader.read(Array(schema.utf8))
        let path = ["definitions", definition, "properties", name]
        if Self.definition(definition, in: self.runCommand) != nil {
            self.runCommand = self.runCommand.setting(path, to: schema)
        } else if Self.definition(definition, in: self.shared) != nil {
            self.shared = self.shared.setting(path, to: schema)
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
        return try self.members(of: schema, at: "", isReadOnly: false, in: \.runCommand)
    }

    /// - Parameter file: where the schema stands, for references within it.
    private func members(
        of schema: JSONNode, at path: String, isReadOnly: Bool, in file: KeyPath<SpecFiles, JSONNode>
    ) throws -> [SpecMember] {
        var found: [SpecMember] = []
        for part in schema["allOf"]?.array ?? [] {
            let (inner, file) = try self.resolved(part, file)
            found += try self.members(of: inner, at: path, isReadOnly: isReadOnly, in: file)
        }
        for member in schema["properties"]?.members ?? [] {
            let place = path.isEmpty ? member.name : path + "." + member.name
            let (inner, innerFile) = try self.resolved(member.value, file)
            let readOnly = isReadOnly || member.value["readOnly"]?.bool == true || inner["readOnly"]?.bool == true
            var type = inner["type"]?.string ?? (inner["properties"] == nil ? nil : "object")
            var elements: (JSONNode, KeyPath<SpecFiles, JSONNode>)?
            if type == "array", let items = inner["items"] {
                let resolved = try self.resolved(items, innerFile)
                elements = resolved
                type = "array of " + (resolved.0["type"]?.string ?? "object")
            }
            if type == "object", inner["additionalProperties"] != nil { type = "map" }
            guard let type else { throw Failure.noType(place) }
            found.append(SpecMember(path: place, type: type, isReadOnly: readOnly))
            found += try self.members(of: inner, at: place, isReadOnly: readOnly, in: innerFile)
            if let (element, file) = elements {
                found += try self.members(of: element, at: place + "[]", isReadOnly: readOnly, in: file)
            }
        }
        return found
    }

    private func resolved(
        _ schema: JSONNode, _ file: KeyPath<SpecFiles, JSONNode>
    ) throws -> (JSONNode, KeyPath<SpecFiles, JSONNode>) {
        guard let reference = schema["$ref"]?.string else { return (schema, file) }
        let parts = reference.split(separator: "#/definitions/", omittingEmptySubsequences: false).map(String.init)
        let files: [String: KeyPath<SpecFiles, JSONNode>] = [
            "": file, "./computeRPCommon.json": \.common, "../../../common-types/v1/common.json": \.shared,
        ]
        guard parts.count == 2, let place = files[parts[0]] else { throw Failure.foreignReference(reference) }
        guard let found = Self.definition(parts[1], in: self[keyPath: place]) else {
            throw Failure.noDefinition(reference)
        }
        return (found, place)
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
