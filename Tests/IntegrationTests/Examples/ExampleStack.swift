import ARMSimulator
import GatewayTestSupport
import StrictJSON

/// A gateway whose rules allow what the examples do, before an upstream that a test speaks for.
enum ExampleStack {
    /// The subscription that some examples name; the others have a placeholder.
    static let named = "24fb23e3-6ba3-41f0-9b6e-e41131d5d61e"

    static let rules: String = {
        let machines = [LocalStack.subscription, Self.named].flatMap { subscription in
            [
                "{subscription: \(subscription), resourceGroup: \"*\", virtualMachine: \"*\"}",
                "{subscription: \(subscription), resourceGroup: \"*\", scaleSet: \"*\", instance: \"*\"}",
            ]
        }.joined(separator: ", ")
        let locations = [LocalStack.subscription, Self.named].map { "{subscription: \($0), location: southeastasia}" }
            .joined(separator: ", ")
        let head = "effect: allow\n    principals: [user:\(LocalStack.operatorID)]"
        return """
            rules:
              - id: example-run
                \(head)
                operations: [run]
                targets: [\(machines)]
                commands:
                  - {builtIn: ipconfig}
                  - {anyScript: true, commandId: RunPowerShellScript, parameters: any, protectedParameters: any}
              - id: example-managed
                \(head)
                operations: [create, update]
                targets: [\(machines)]
                commands:
                  - {anyScript: true, commandId: RunPowerShellScript, parameters: any, protectedParameters: any}
                storedSecrets: true
                runAs: [default, user1]
                managedIdentities:
                  [system, 22d35efb-0c99-4041-8c5b-6d24db33a69a, 4231e4d2-33e4-4e23-96b2-17888afa6072]
                limits: {timeoutSeconds: 3600, asyncExecution: false}
                outputBlobs: ["https://mystorageaccount.blob.core.windows.net/myscriptoutputcontainer/*"]
                errorBlobs:
                  - https://mystorageaccount.blob.core.windows.net/mycontainer/*
                  - https://mystorageaccount.blob.core.windows.net/scriptcontainer/*
              - id: example-diagnostic
                \(head)
                operations: [create, update]
                family: diagnostic
                targets: [\(machines)]
                commands: [{builtIn: FleetDiagnosticsWindows}]
                storedSecrets: true
                limits: {timeoutSeconds: 3600}
              - id: example-look
                \(head)
                operations: [read, list, delete]
                targets: [\(machines)]
              - id: example-look-diagnostic
                \(head)
                operations: [read, list, delete]
                family: diagnostic
                targets: [\(machines)]
              - id: example-catalog
                \(head)
                operations: [catalog]
                targets: [\(locations)]
            """
    }()

    /// `properties` of what the upstream has stored under every name.
    static func stored(isDiagnostic: Bool) -> String {
        isDiagnostic
            ? #"{"source":{"commandId":"FleetDiagnosticsWindows"},"timeoutInSeconds":120,"provisioningState":"Succeeded"}"#
            : #"{"source":{"script":"stored"},"parameters":[{"name":"p0","value":"v0"}],"asyncExecution":false,"#
                + #""runAsUser":"user1","timeoutInSeconds":120,"provisioningState":"Succeeded"}"#
    }

    static func resource(_ properties: String) -> String {
        #"{"name":"myRunCommand","id":"/some/id","type":"some/type","location":"westus","properties":\#(properties)}"#
    }

    /// - Parameter script: told where ARM is, so that its links can name it.
    static func withRunning<Result: Sendable>(
        script: @escaping @Sendable (AnsweringUpstream.Request) -> AnsweringUpstream.Reply,
        _ body: @Sendable (LocalStack, AnsweringUpstream) async throws -> Result
    ) async throws -> Result {
        var options = LocalStack.Options()
        options.rules = self.rules
        let chosen = options
        return try await LocalStack.Surroundings.with(chosen) { surroundings in
            try await AnsweringUpstream.with(try surroundings.authority.issueServer(), script: script) { upstream in
                var options = chosen
                options.upstreamPort = upstream.port
                options.credential = """
                    {type: clientSecret, tenant: \(LocalStack.tenant), \
                    clientID: 44444444-0000-0000-0000-000000000001, clientSecretFile: client-secret, \
                    authority: "https://localhost:\(surroundings.ports.https)/", trustRoots: authority.pem, \
                    resource: "https://management.azure.com"}
                    """
                return try await surroundings.withGateway(options) { try await body($0, upstream) }
            }
        }
    }

    static let operation = "0d95e5cb-d70c-4979-8ef9-4f8dbd5e149f"

    /// The link that ARM gives; it names itself as the gateway addresses it.
    static func link(_ request: AnsweringUpstream.Request, monitors: Bool) -> String {
        let host = request.header("host") ?? ""
        let subscription = request.target.split(separator: "/").dropFirst().first.map(String.init) ?? ""
        let version = request.target.split(separator: "api-version=").last.map(String.init) ?? ""
        return "https://\(host)/subscriptions/\(subscription)/providers/Microsoft.Compute/locations/westus/operations/"
            + "\(self.operation)?\(monitors ? "monitor=true&" : "")api-version=\(version)"
    }

    static func links(_ request: AnsweringUpstream.Request) -> [(String, String)] {
        [
            ("Location", self.link(request, monitors: true)),
            ("Azure-AsyncOperation", self.link(request, monitors: false)),
        ]
    }
}
