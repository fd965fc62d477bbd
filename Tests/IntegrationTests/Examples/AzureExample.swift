import Foundation
import StrictJSON

/// One of the specification's examples, with its names made valid: a request, and what Azure answers it.
struct AzureExample: Sendable, CustomStringConvertible {
    enum Kind: String, Sendable, CaseIterable {
        case machineAction, instanceAction, create, update, delete, read, list, catalogEntry, catalog
    }

    /// `2024-07-01/VirtualMachineRunCommand.json`
    var name: String
    var node: JSONNode
    var kind: Kind
    var isDiagnostic: Bool
    /// Without api-version; as Azure's documents spell it.
    var path: String
    /// The request body, where the operation has one.
    var body: JSONNode?

    var description: String { self.name }
    var version: String { String(self.name.prefix(10)) }
    var method: String {
        switch self.kind {
        case .machineAction, .instanceAction: "POST"
        case .create: "PUT"
        case .update: "PATCH"
        case .delete: "DELETE"
        case .read, .list, .catalogEntry, .catalog: "GET"
        }
    }

    /// What the examples show as answers: status, headers, body.
    var answers: [(status: Int, headers: [(String, String)], body: JSONNode?)] {
        (self.node["responses"]?.members ?? []).map { answer in
            (
                Int(answer.name) ?? 0,
                (answer.value["headers"]?.members ?? []).map { ($0.name, $0.value.string ?? "") },
                answer.value["body"]
            )
        }
    }

    init?(name: String, node: JSONNode) {
        guard let given = node["parameters"] else { return nil }
        self.name = name
        self.node = node
        let file = name.split(separator: "/").last.map(String.init) ?? ""
        self.isDiagnostic = file.contains("Diagnostic")
        let isInstance = given["vmScaleSetName"] != nil
        self.body = (given["parameters"] ?? given["runCommand"]).flatMap { $0.members == nil ? nil : $0 }
        if given["location"] != nil {
            self.kind = given["commandId"] == nil ? .catalog : .catalogEntry
        } else if given["parameters"]?.members != nil {
            self.kind = isInstance ? .instanceAction : .machineAction
        } else if given["runCommandName"] == nil {
            self.kind = .list
        } else if self.body != nil {
            self.kind = file.contains("Create") ? .create : .update
        } else {
            self.kind = file.contains("Delete") ? .delete : .read
        }
        let written = given["subscriptionId"]?.string ?? ""
        let subscription = UUID(uuidString: written) == nil ? LocalStack.subscription : written
        var path = "/subscriptions/" + subscription
        if let group = given["resourceGroupName"]?.string { path += "/resourceGroups/" + group }
        path += "/providers/Microsoft.Compute"
        if let location = given["location"]?.string {
            path += "/locations/\(location)/runCommands"
            if let id = given["commandId"]?.string { path += "/" + id }
        } else {
            if let set = given["vmScaleSetName"]?.string, let instance = given["instanceId"]?.string {
                path += "/virtualMachineScaleSets/\(set)/virtualMachines/" + instance
            } else {
                path += "/virtualMachines/" + (given["vmName"]?.string ?? "")
            }
            if self.kind == .machineAction || self.kind == .instanceAction {
                path += "/runCommand"
            } else {
                path += self.isDiagnostic ? "/diagnosticRunCommands" : "/runCommands"
                if let command = given["runCommandName"]?.string { path += "/" + command }
            }
        }
        self.path = path
    }

    static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Fixtures/azure/examples")

    /// Every example of every api-version.
    static func all() throws -> [AzureExample] {
        let names = try FileManager.default.subpathsOfDirectory(atPath: self.folder.path()).filter {
            $0.hasSuffix(".json")
        }
        return try names.sorted().map { name in
            let data = try Data(contentsOf: self.folder.appending(path: name))
            let node = try JSONReader.read(Array(data), limits: .answer, names: .refuseIdentical)
            guard let example = AzureExample(name: name, node: node) else { throw Unexpected("no example: \(name)") }
            return example
        }
    }
}

/// A body to send, and whether it is the example's own or was changed so far that something can allow it.
struct ExampleRequest: Sendable, CustomStringConvertible {
    var example: AzureExample
    var body: JSONNode?
    var isAsWritten: Bool
    var description: String { self.example.name + (self.isAsWritten ? "" : ", made allowable") }

    /// The path as clients of that time spell it: up to 2024-11-01 the action on an instance has a small m.
    func path(in version: String) -> String {
        guard self.example.kind == .instanceAction, version < "2025-04-01" else { return self.example.path }
        return self.example.path.replacing("/virtualMachines/", with: "/virtualmachines/")
    }

    static func all() throws -> [ExampleRequest] {
        try AzureExample.all().flatMap { example in
            let written = ExampleRequest(example: example, body: example.body, isAsWritten: true)
            guard let body = example.body else { return [written] }
            let allowable = self.allowable(body)
            guard !JSONDifference.between(body, allowable).isEmpty else { return [written] }
            return [written, ExampleRequest(example: example, body: allowable, isAsWritten: false)]
        }
    }

    /// Three things in the examples that no policy can allow: a password in angle brackets, an address instead of a
    /// script where no rule has hosts, and a runner of scripts without a script.
    private static func allowable(_ node: JSONNode) -> JSONNode {
        switch node.value {
        case .object(var members):
            if node["scriptUri"] != nil {
                members.removeAll { $0.name == "scriptUri" || $0.name == "scriptUriManagedIdentity" }
                members.append(JSONMember(name: "script", value: JSONNode(.string("Get-Date\n"))))
            }
            if node["commandId"]?.string == "RunPowerShellScript", node["script"] == nil {
                let lines = ["Get-Date", "Get-Host", ""].map { JSONNode(.string($0)) }
                members.append(JSONMember(name: "script", value: JSONNode(.array(lines))))
            }
            for index in members.indices {
                let isPassword = members[index].name == "runAsPassword"
                members[index].value =
                    isPassword ? JSONNode(.string("Passw0rd-0123456789")) : self.allowable(members[index].value)
            }
            return JSONNode(.object(members))
        case .array(let elements): return JSONNode(.array(elements.map(self.allowable)))
        default: return node
        }
    }
}
