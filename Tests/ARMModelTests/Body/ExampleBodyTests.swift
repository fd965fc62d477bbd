import ARMModel
import GatewayTestSupport
import StrictJSON
import Testing

/// The specification's own examples, every body in every version.
@Suite struct ExampleBodyTests {
    private enum Kind { case action, update, create }

    private static func kind(_ body: JSONNode) -> Kind {
        body["commandId"] != nil ? .action : body["location"] != nil ? .create : .update
    }

    /// Facts §4.2, by hand: the newest member that a body has.
    private static func since(_ body: JSONNode) -> String {
        guard let properties = body["properties"] else { return "2017-03-30" }
        let newer: [JSONNode?] = [
            properties["treatFailureAsDeploymentFailure"], properties["outputBlobManagedIdentity"],
            properties["errorBlobManagedIdentity"], properties["source"]?["scriptUriManagedIdentity"],
        ]
        return newer.contains { $0 != nil } ? "2023-03-01" : "2020-06-01"
    }

    @Test func areReadAsTheirVersionSays() throws {
        var counts: [Kind: Int] = [:]
        for example in try AzureFixtures.examples() {
            guard let body = example.body else { continue }
            counts[Self.kind(body), default: 0] += 1
            #expect(example.version >= Self.since(body))
            for version in APIVersion.every {
                let asAction = refusal { _ = try ActionBody(body, version: version) }
                let asUpdate = refusal { _ = try ManagedUpdate(body, version: version) }
                let asCreate = refusal { _ = try ManagedCreate(body, version: version) }
                let isKnown = version.text >= Self.since(body)
                switch Self.kind(body) {
                case .action:
                    #expect(asAction == nil, "\(example) \(version)")
                    #expect(asUpdate?.code == .invalidRequestContent)
                    #expect(asCreate?.code == .invalidRequestContent)
                case .update:
                    #expect((asUpdate == nil) == isKnown, "\(example) \(version)")
                    #expect(asAction?.code == .invalidRequestContent)
                    #expect(asCreate?.code == .invalidRequestContent)
                case .create:
                    #expect((asCreate == nil) == isKnown, "\(example) \(version)")
                    #expect(asUpdate?.code == .invalidRequestContent)
                    #expect(asAction?.code == .invalidRequestContent)
                }
            }
        }
        // All of them were there.
        #expect(counts == [.action: 10, .update: 9, .create: 10])
    }

    @Test func theirTargetsAreRoutesOfTheirVersion() throws {
        var found = 0
        for example in try AzureFixtures.examples() {
            let parameters = try #require(example.parameters)
            func name(_ key: StaticString) -> String { parameters[key]?.string ?? "" }
            let group = "/subscriptions/\(RouteMatchingTests.subscription)/resourceGroups/\(name("resourceGroupName"))"
            let version = "?api-version=" + name("api-version")
            let compute = group + "/providers/Microsoft.Compute"
            let (method, path): (String, String)
            let machine =
                parameters["vmScaleSetName"] == nil
                ? "/virtualMachines/\(name("vmName"))"
                : "/virtualMachineScaleSets/\(name("vmScaleSetName"))/virtualMachines/\(name("instanceId"))"
            let segment = example.name.contains("Diagnostic") ? "diagnosticRunCommands" : "runCommands"
            switch example.body.map(Self.kind) {
            case .action: (method, path) = ("POST", compute + machine + "/runCommand")
            case .update:
                (method, path) = ("PATCH", compute + machine + "/\(segment)/\(name("runCommandName"))")
            case .create:
                (method, path) = ("PUT", compute + machine + "/\(segment)/\(name("runCommandName"))")
            case nil: continue
            }
            found += 1
            let head = try ARMRequestHead(method: method, target: path + version)
            #expect(head.apiVersion.text == example.version)
            #expect(head.upstreamPath == path)
        }
        #expect(found == 29)
    }

    /// What ARM is sent means what the caller said.
    @Test func forwardedBodiesMeanTheSame() throws {
        var compared = 0
        for example in try AzureFixtures.examples() {
            guard let body = example.body, let version = APIVersion(example.version) else { continue }
            switch Self.kind(body) {
            case .action:
                let received = try ActionBody(body, version: version)
                let bytes = ForwardedBody.action(received)
                let sent = try ActionBody(JSONReader.read(bytes), version: version)
                #expect(fields(of: sent.command) == fields(of: received.command))
                #expect(ForwardedBody.action(sent) == bytes)
            case .create:
                let received = try ManagedCreate(body, version: version)
                var judged = received.command
                let bytes = try ForwardedBody.create(received, command: judged, timeoutSeconds: nil, version: version)
                let sent = try ManagedCreate(JSONReader.read(bytes), version: version)
                // Flags that were left out go out as their defaults.
                judged.asyncExecution = .known((judged.asyncExecution.value ?? nil) ?? false)
                if version >= .v2023_03_01 {
                    judged.treatFailureAsDeploymentFailure = .known(
                        (judged.treatFailureAsDeploymentFailure.value ?? nil) ?? false)
                }
                #expect(fields(of: sent.command) == fields(of: judged))
                #expect(sent.location == received.location)
                #expect(
                    try ForwardedBody.create(sent, command: sent.command, timeoutSeconds: nil, version: version)
                        == bytes)
            case .update:
                let received = try ManagedUpdate(body, version: version)
                // Flags that were left out go out as their defaults.
                var base = Command(source: nil)
                base.asyncExecution = .known(false)
                base.treatFailureAsDeploymentFailure = .known(false)
                let merged = received.applied(to: base)
                let bytes = try ForwardedBody.update(received, merged: merged, timeoutSeconds: nil, version: version)
                let sent = try ManagedUpdate(JSONReader.read(bytes), version: version)
                #expect(fields(of: sent.applied(to: base)) == fields(of: merged))
                #expect(
                    try ForwardedBody.update(
                        sent, merged: sent.applied(to: base), timeoutSeconds: nil, version: version) == bytes)
            }
            compared += 1
        }
        #expect(compared == 29)
    }

    /// `C:\test` in an example holds a tab, because its JSON says `\t`.
    @Test func aTabStaysATab() throws {
        let example = try AzureFixtures.read("examples/2024-07-01/VirtualMachineRunCommand_Update.json")
        let update = try ManagedUpdate(#require(example["parameters"]?["runCommand"]), version: .newest)
        guard case .some(.inline(_, let script)) = update.properties.source ?? nil else {
            Issue.record("no script")
            return
        }
        #expect(script.text.hasSuffix("C:\test\testFile.txt"))
    }
}
