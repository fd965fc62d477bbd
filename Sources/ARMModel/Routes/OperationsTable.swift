/// What the manual says about operations and api-versions, written from the tables that the gateway itself reads, so
/// that the two cannot differ.
package enum OperationsTable {
    /// One part of the manual's page, by the name that stands in its markers.
    package struct Section: Sendable, Hashable {
        package var name: String
        /// Markdown, without a line feed at its end.
        package var text: String
    }

    package static let sections = [
        Section(name: "operations", text: Self.operations),
        Section(name: "versions", text: Self.versions),
        Section(name: "members", text: Self.members),
        Section(name: "refused", text: Self.refused),
    ]

    /// The page with every generated part written anew; what stands outside of the markers is kept.
    /// - Returns: `nil` if a marker is missing.
    package static func page(from page: String) -> String? {
        var lines = page.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        for section in self.sections {
            guard let begin = lines.firstIndex(of: "<!-- begin \(section.name) -->"),
                let end = lines.firstIndex(of: "<!-- end \(section.name) -->"), begin < end
            else { return nil }
            let text = section.text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
            lines.replaceSubrange(begin + 1..<end, with: [""] + text + [""])
        }
        return lines.joined(separator: "\n")
    }

    // MARK: Operations

    private static var operations: String {
        self.table(
            ["operation", "family", "Azure's operation id", "request", "query", "body", "since"],
            RouteTable.routes.map { route in
                [
                    self.code(route.operation.rawValue), route.family.rawValue, self.code(route.name),
                    self.code(route.method.rawValue + " " + self.spelling(of: route)),
                    route.query.map { self.code($0.rawValue) }.joined(separator: " "), self.word(for: route.body),
                    route.since.text,
                ]
            })
    }

    /// A route's path as Azure's documentation writes it.
    package static func spelling(of route: Route) -> String {
        route.path.map { segment in
            switch segment {
            case .word(let word): "/" + word.text
            case .subscription: "/{subscriptionId}"
            case .resourceGroup: "/{resourceGroupName}"
            case .virtualMachine: "/{vmName}"
            case .scaleSet: "/{vmScaleSetName}"
            case .instance: "/{instanceId}"
            case .runCommand: "/{runCommandName}"
            case .location: "/{location}"
            case .operationID: "/{operationId}"
            case .commandID: "/{commandId}"
            }
        }.joined()
    }

    private static func word(for body: Route.Body) -> String {
        switch body {
        case .none: "none"
        case .action: "action"
        case .managedCreate: "create"
        case .managedUpdate: "update"
        }
    }

    // MARK: Versions

    /// Consecutive api-versions that have the same operations.
    package struct VersionRange: Sendable, Hashable {
        /// Oldest first, never empty.
        package var versions: [APIVersion]
        package var title: String {
            let first = self.versions.first?.text ?? ""
            guard self.versions.count > 1, let last = self.versions.last?.text else { return first }
            return first + " to " + last
        }
    }

    package static func ranges(of api: APIVersion.API) -> [VersionRange] {
        let routes = RouteTable.routes.filter { $0.since.api == api }
        var ranges: [VersionRange] = []
        for version in api.versions.compactMap({ APIVersion($0, of: api) }) {
            let begins = routes.contains { $0.since == version }
            if begins || ranges.isEmpty {
                ranges.append(VersionRange(versions: [version]))
            } else {
                ranges[ranges.count - 1].versions.append(version)
            }
        }
        return ranges
    }

    private static func title(of api: APIVersion.API) -> String {
        switch api {
        case .compute: "Microsoft.Compute"
        case .subscriptions: "Subscriptions and tenants"
        case .resourceGroups: "Resource groups"
        }
    }

    private static var versions: String {
        APIVersion.API.allCases.map { api in
            let ranges = self.ranges(of: api)
            let rows = RouteTable.routes.filter { $0.since.api == api }.map { route in
                [self.code(route.name)]
                    + ranges.map { range in
                        range.versions.allSatisfy { $0 >= route.since } ? "yes" : "no"
                    }
            }
            let lists = ranges.map { range in
                "- \(range.title): " + range.versions.map { self.code($0.text) }.joined(separator: ", ")
            }
            return "### \(self.title(of: api))\n\n" + self.table(["operation id"] + ranges.map(\.title), rows)
                + "\n\nThe versions of each range:\n\n" + lists.joined(separator: "\n")
        }.joined(separator: "\n\n")
    }

    // MARK: Members

    private static var members: String {
        let updatable = Set(RequestMembers.managedUpdate.map(\.path))
        let created = Set(RequestMembers.managedCreate.map(\.path))
        let all = RequestMembers.managedCreate + RequestMembers.managedUpdate.filter { !created.contains($0.path) }
        return "### Body of an action\n\n"
            + self.table(
                ["member", "type", "since", "on record"], RequestMembers.action.map { self.cells($0, isIn: []) })
            + "\n\n### Bodies of create and update\n\n"
            + self.table(
                ["member", "type", "create", "update", "since", "on record"],
                all.map { self.cells($0, isIn: [created.contains($0.path), updatable.contains($0.path)]) })
    }

    private static func cells(_ member: RequestMember, isIn bodies: [Bool]) -> [String] {
        [self.code(member.path), self.word(for: member.kind)] + bodies.map { $0 ? "yes" : "no" }
            + [member.since.text, self.recording(of: member)]
    }

    private static func word(for kind: RequestMember.Kind) -> String {
        switch kind {
        case .string: "string"
        case .boolean: "boolean"
        case .integer: "32-bit integer"
        case .object: "object"
        case .strings: "list of strings"
        case .stringMap: "object of strings"
        case .parameters: "list of `{name, value}`"
        case .readOnly: "read-only: type-checked, not forwarded"
        }
    }

    private static func recording(of member: RequestMember) -> String {
        switch (member.sensitivity, member.kind) {
        case (.secret, _): "fingerprint only"
        case (.secretQuery, _): "its query as a fingerprint only"
        case (.plain, .readOnly): "that it was there"
        case (.plain, .parameters): "values, or digests with `parameterValues: digest`"
        case (.plain, .object): ""
        case (.plain, .strings): "text, or a digest with `scriptText: digest`"
        case (.plain, .string) where member.path == "properties.source.script":
            "text, or a digest with `scriptText: digest`"
        case (.plain, _): "as sent"
        }
    }

    // MARK: What stays shut

    private static var refused: String {
        self.table(
            ["request", "what the caller is told"],
            ClosedDoors.all.map { door in
                let segments = door.path.utf8.split(separator: UInt8(ascii: "/")).map { String(Substring($0)) }
                return [self.code(door.method.rawValue + " " + door.path), RouteTable.reasonForRefusal(of: segments)]
            })
    }

    // MARK: Markdown

    private static func code(_ text: String) -> String { "`\(text)`" }

    private static func table(_ head: [String], _ rows: [[String]]) -> String {
        let lines = [head, head.map { _ in "---" }] + rows
        return lines.map { "| " + $0.joined(separator: " | ") + " |" }.joined(separator: "\n")
    }
}
