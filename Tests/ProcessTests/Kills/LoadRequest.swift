import NIOHTTP1

/// One request of the load, drawn by lot.
struct LoadRequest: Sendable {
    enum Kind: String, Sendable, CaseIterable {
        case run, read, update, refused
    }

    /// Stored commands of the scale set's instance, so that updates need not all wait for one another.
    static let storedCommands = 4

    var kind: Kind
    var method: HTTPMethod
    /// Path and query.
    var target: String
    var body: String?
    /// What a gateway in good health answers.
    var expectedStatus: Int

    static func drawn() -> LoadRequest {
        switch Int.random(in: 0..<20) {
        case 0..<12: Self.run(Workspace.script, .run, status: 202)
        case 12..<13: Self.run("echo not approved", .refused, status: 403)
        case 13..<18:
            LoadRequest(
                kind: .read, method: .GET,
                target: Self.stored(Int.random(in: 0..<Self.storedCommands), query: "&$expand=instanceView"), body: nil,
                expectedStatus: 200)
        default:
            LoadRequest(
                kind: .update, method: .PATCH, target: Self.stored(Int.random(in: 0..<Self.storedCommands)),
                body: #"{"properties": {"parameters": [{"name": "word", "value": "w\#(Int.random(in: 0..<1_000))"}]}}"#,
                expectedStatus: 200)
        }
    }

    private static func run(_ script: String, _ kind: Kind, status: Int) -> LoadRequest {
        LoadRequest(
            kind: kind, method: .POST,
            target: "/subscriptions/\(Workspace.subscription)/resourceGroups/rg-web/providers/Microsoft.Compute/"
                + "virtualMachines/web-\(Int.random(in: 1...50))/runCommand?api-version=2025-04-01",
            body: #"{"commandId": "RunShellScript", "script": ["\#(script)"]}"#, expectedStatus: status)
    }

    static func stored(_ number: Int, query: String = "") -> String {
        "/subscriptions/\(Workspace.subscription)/resourceGroups/rg-web/providers/Microsoft.Compute/"
            + "virtualMachineScaleSets/web/virtualMachines/0/runCommands/stored-\(number)?api-version=2023-09-01\(query)"
    }
}
