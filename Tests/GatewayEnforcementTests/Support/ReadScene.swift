import ARMModel
import AuditModel
import PolicyCore
import StrictJSON

@testable import GatewayEnforcement

/// A scene whose policy also lets the person list, delete, read the catalogue and make companion reads, and lets a
/// colleague list the same machines.
extension Scene {
    static let vm = group + "/virtualMachines/web-01"
    static let listPath = vm + "/runCommands"
    static let list = listPath + "?api-version=2024-11-01"
    static let instanceList = group + "/virtualMachineScaleSets/web-set/virtualMachines/3/runCommands"
    static let catalogPath = "/subscriptions/\(subscription)/providers/Microsoft.Compute/locations/westus/runCommands"
    static let catalog = catalogPath + "?api-version=2024-11-01"

    static let colleague: Principal = {
        var other = Scene.person
        other.id = "10000000-0000-0000-0000-000000000002"
        return other
    }()

    static func withReads(
        results: [UpstreamResult] = [], passesCallerToken: Bool = false, yields: Int = 0,
        change: (inout [Rule]) throws -> Void = { _ in }
    ) throws -> Scene {
        var rules = try Scene.rules()
        var reads = rules[0]
        reads.id = "reads"
        reads.commands = nil
        reads.operations = OperationSet([.list, .companion])
        reads.principals = PrincipalSet(
            [Self.person.id, Self.colleague.id].compactMap { DirectoryID($0).map { .user($0) } })
        var deletion = reads
        deletion.id = "deletion"
        deletion.operations = OperationSet([.delete])
        deletion.principals = rules[0].principals
        var diagnostic = reads
        diagnostic.id = "diagnostic"
        diagnostic.family = .diagnostic
        diagnostic.operations = OperationSet([.list, .delete])
        var catalog = Rule(id: "catalog", effect: .allow)
        catalog.principals = reads.principals
        catalog.operations = OperationSet([.catalog])
        catalog.targets = [TargetPattern(subscription: try Glob(Self.subscription), location: try Glob("westus"))]
        rules += [reads, deletion, diagnostic, catalog]
        try change(&rules)
        return try Scene(rules: rules, results: results, passesCallerToken: passesCallerToken, yields: yields)
    }

    /// An allowed call of each of these operations.
    static let plainCalls: [(operation: ARMModel.Operation, method: String, target: String)] = [
        (.read, "GET", command), (.list, "GET", list), (.catalog, "GET", catalog),
        (.catalog, "GET", catalogPath + "/RunShellScript?api-version=2024-11-01"),
        (.companion, "GET", "/subscriptions?api-version=2022-12-01"),
        (.companion, "GET", "/tenants?api-version=2022-12-01"),
        (.companion, "GET", "/subscriptions/\(subscription)?api-version=2022-12-01"),
        (.companion, "GET", "/subscriptions/\(subscription)/locations?api-version=2022-12-01"),
        (.companion, "GET", "/subscriptions/\(subscription)/resourcegroups/rg-web-1?api-version=2024-11-01"),
        (.delete, "DELETE", command),
    ]
}

extension ARM {
    static func page(_ elements: String, next: String? = nil, more: String = "") -> UpstreamResult {
        let link = next.map { #","nextLink":"# + $0 } ?? ""
        return reply(200, #"{"value":["# + elements + "]" + link + more + "}")
    }

    /// In quotation marks, as it stands in a body.
    static func next(_ path: String, query: String = "api-version=2024-11-01&$skiptoken=abc%2F1") -> String {
        #""https://arm.example\#(path)?\#(query)""#
    }
}
