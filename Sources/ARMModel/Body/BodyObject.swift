import StrictJSON

/// One object of a request body, with its members checked against the table: known in this api-version, spelt
/// exactly, not `null`. Values are then read by type.
struct BodyObject {
    private let members: [JSONMember]
    /// Dotted path without `$`, empty at the top.
    private let path: String

    /// - Parameter table: members of the whole body; only those directly below `path` count here.
    init(_ node: JSONNode, path: String, table: [RequestMember], version: APIVersion) throws(RequestError) {
        guard case .object(let members) = node.value else {
            throw Self.wrongType(node, path: path, expected: "an object")
        }
        self.members = members
        self.path = path
        let prefix = path.isEmpty ? 0 : path.utf8.count + 1
        for index in members.indices {
            guard let place = table.firstIndex(named: members[index].name, below: path) else {
                throw Self.unknownMember(members[index], path: path, prefix: prefix, table: table)
            }
            guard version >= table[place].since else {
                throw RequestError(
                    .invalidRequestContent, "this member exists since api-version \(table[place].since)",
                    target: "$." + table[place].path, offset: members[index].nameOffset)
            }
            if case .null = members[index].value.value {
                throw RequestError(
                    .invalidRequestContent, "null is not taken (leave the member out, or PUT the command anew)",
                    target: "$." + table[place].path, offset: members[index].value.offset)
            }
        }
    }

    private static func unknownMember(
        _ member: JSONMember, path: String, prefix: Int, table: [RequestMember]
    ) -> RequestError {
        let names = table.map(\.path).filter { entry in
            entry.utf8.count > prefix && (path.isEmpty || entry.hasPrefix(path + "."))
                && !entry.utf8.dropFirst(prefix).contains(UInt8(ascii: "."))
        }.map { String($0.utf8.dropFirst(prefix)) ?? "" }
        let meant = names.first { CaseFolding.areVariants($0, member.name) }
        let hint = meant.map { "its exact spelling is \($0)" } ?? "defined here: \(names.joined(separator: ", "))"
        let place = path.isEmpty ? "$" : "$." + path
        return RequestError(
            .invalidRequestContent, "an unknown member (\(hint))", target: place, offset: member.nameOffset)
    }

    static func wrongType(_ node: JSONNode, path: String, expected: String) -> RequestError {
        RequestError(
            .invalidRequestContent, "expected \(expected), found \(node.kindName)",
            target: path.isEmpty ? "$" : "$." + path, offset: node.offset)
    }

    private func place(_ name: StaticString) -> Int? { self.members.firstIndex(named: name) }
    private func member(_ name: StaticString) -> JSONNode? { self.place(name).map { self.members[$0].value } }
    /// The member's JSON path, for an error.
    func target(_ name: StaticString) -> String { "$." + self.full(name) }

    private func full(_ name: StaticString) -> String {
        let name = name.withUTF8Buffer { String(decoding: $0, as: UTF8.self) }
        return self.path.isEmpty ? name : self.path + "." + name
    }

    func string(_ name: StaticString) throws(RequestError) -> String? {
        guard let place = self.place(name) else { return nil }
        guard case .string(let text) = self.members[place].value.value else {
            throw Self.wrongType(self.members[place].value, path: self.full(name), expected: "a string")
        }
        return text
    }

    func bool(_ name: StaticString) throws(RequestError) -> Bool? {
        guard let node = self.member(name) else { return nil }
        guard let flag = node.bool else { throw Self.wrongType(node, path: self.full(name), expected: "a boolean") }
        return flag
    }

    func int32(_ name: StaticString) throws(RequestError) -> Int? {
        guard let node = self.member(name) else { return nil }
        guard case .number = node.value else {
            throw Self.wrongType(node, path: self.full(name), expected: "an integer")
        }
        guard let number = node.integer.flatMap(Int32.init(exactly:)) else {
            throw RequestError(
                .invalidRequestContent, "expected an integer of 32 bits",
                target: "$." + self.full(name), offset: node.offset)
        }
        return Int(number)
    }

    func object(_ name: StaticString, table: [RequestMember], version: APIVersion) throws(RequestError) -> BodyObject? {
        guard let node = self.member(name) else { return nil }
        return try BodyObject(node, path: self.full(name), table: table, version: version)
    }

    /// A list of strings.
    func strings(_ name: StaticString) throws(RequestError) -> [String]? {
        guard let place = self.place(name) else { return nil }
        guard case .array(let elements) = self.members[place].value.value else {
            throw Self.wrongType(self.members[place].value, path: self.full(name), expected: "an array of strings")
        }
        var out: [String] = []
        out.reserveCapacity(elements.count)
        for index in elements.indices {
            guard case .string(let text) = elements[index].value else {
                throw Self.wrongType(elements[index], path: self.full(name) + "[\(index)]", expected: "a string")
            }
            out.append(text)
        }
        return out
    }

    /// An object of strings under names of the caller's choosing.
    func stringMap(_ name: StaticString) throws(RequestError) -> [(name: String, value: String)]? {
        guard let node = self.member(name) else { return nil }
        guard let members = node.members else {
            throw Self.wrongType(node, path: self.full(name), expected: "an object of strings")
        }
        var out: [(name: String, value: String)] = []
        for member in members {
            guard let text = member.value.string else {
                throw Self.wrongType(member.value, path: self.full(name), expected: "strings as values")
            }
            out.append((member.name, text))
        }
        return out
    }

    /// What Json.NET may take for metadata of its own.
    private static let metadataNames: Set<String> = ["$id", "$ref", "$type", "$value", "$values"]

    /// `tags`, without names that are none to every reader.
    func tags() throws(RequestError) -> [(name: String, value: String)]? {
        guard let tags = try self.stringMap("tags") else { return nil }
        // Folding makes no `$`, so most names need none.
        let isMetadata = tags.contains { tag in
            tag.name.utf8.contains(UInt8(ascii: "$")) && Self.metadataNames.contains(CaseFolding.folded(tag.name))
        }
        guard !isMetadata else {
            throw RequestError(
                .invalidParameter, "a tag's name means something else to JSON readers", target: self.target("tags"))
        }
        return tags
    }

    /// As many `{name, value}` as a list may have: each is judged by itself, and nothing needs so many.
    static let mostParameters = 4_096

    /// A list of `{name, value}`, both required strings, and nothing else in an element.
    func parameters(_ name: StaticString) throws(RequestError) -> [Parameter]? {
        guard let place = self.place(name) else { return nil }
        guard case .array(let elements) = self.members[place].value.value else {
            throw Self.wrongType(
                self.members[place].value, path: self.full(name), expected: "an array of {name, value}")
        }
        guard elements.count <= Self.mostParameters else {
            throw RequestError(
                .invalidRequestContent, "a list has at most \(Self.mostParameters) parameters",
                target: self.target(name), offset: self.members[place].value.offset)
        }
        var out: [Parameter] = []
        out.reserveCapacity(elements.count)
        for index in elements.indices {
            // Only an error needs it.
            var path: String { self.full(name) + "[\(index)]" }
            guard case .object(let members) = elements[index].value else {
                throw Self.wrongType(elements[index], path: path, expected: "an object {name, value}")
            }
            guard members.count == 2, let name = members.firstIndex(named: "name"),
                let value = members.firstIndex(named: "value")
            else {
                throw RequestError(
                    .invalidRequestContent,
                    "expected exactly the members name and value", target: "$." + path, offset: elements[index].offset)
            }
            guard case .string(let key) = members[name].value.value else {
                throw Self.wrongType(members[name].value, path: path + ".name", expected: "a string")
            }
            guard case .string(let value) = members[value].value.value else {
                throw Self.wrongType(members[value].value, path: path + ".value", expected: "a string")
            }
            out.append(Parameter(name: key, value: value))
        }
        return out
    }

    /// Read-only members that were sent, after a look at their type.
    func readOnly(_ name: StaticString, expected: String, matches: (JSONNode) -> Bool) throws(RequestError) -> String? {
        guard let node = self.member(name) else { return nil }
        guard matches(node) else { throw Self.wrongType(node, path: self.full(name), expected: expected) }
        return self.full(name)
    }
}
