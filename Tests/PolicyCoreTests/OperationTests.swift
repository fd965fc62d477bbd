import ARMModel
import PolicyCore
import Redaction
import Testing

/// The operations that run nothing, on each kind of target; and every field that may turn into code or reach out, in
/// each place where it can stand.
@Suite struct OperationTests {
    static let other = "00000000-0000-0000-0000-00000000000b"
    static let instance: ResourceTarget = {
        var target = Sample.managed
        target.machine = .scaleSetInstance(scaleSet: "set-1", instance: "3")
        return target
    }()

    /// What runs nothing, on a machine, an instance, and their stored commands.
    @Test func plainOperationsOnMachines() throws {
        let single = try Sample.allow("single") { $0.operations = OperationSet([.read, .list, .delete]) }
        let instances = try Sample.allow("instances") {
            $0.operations = OperationSet([.read, .list])
            $0.targets = [
                TargetPattern(
                    subscription: try Glob(Sample.subscription), resourceGroup: try Glob("RG-web-*"),
                    machine: .scaleSet(try Glob("set-*"), instance: try Glob("3")))
            ]
        }
        let policy = Sample.policy(single, instances)
        func rule(
            _ operation: ARMModel.Operation, _ target: ResourceTarget, _ family: CommandFamily = .standard
        ) -> String? {
            policy.decide(Sample.request(operation, target: target, family: family)).rule
        }
        var list = Sample.managed
        list.runCommand = nil
        var instanceList = Self.instance
        instanceList.runCommand = nil
        #expect(rule(.read, Sample.managed) == "single")
        #expect(rule(.list, list) == "single")
        #expect(rule(.delete, Sample.managed) == "single")
        #expect(rule(.read, Self.instance) == "instances")
        #expect(rule(.list, instanceList) == "instances")
        #expect(rule(.delete, Self.instance) == nil)
        var another = Self.instance
        another.machine = .scaleSetInstance(scaleSet: "SET-1", instance: "4")
        #expect(rule(.read, another) == nil)
        for operation in [ARMModel.Operation.read, .list, .delete] {
            #expect(rule(operation, Sample.managed, .diagnostic) == nil)
        }
        // What is not named is denied: a rule to look allows no change, and the other way round.
        #expect(policy.decide(Sample.request(.create)).effect == .deny)
        let remove = Sample.policy(try Sample.allow { $0.operations = OperationSet([.delete]) })
        for operation in [ARMModel.Operation.read, .list, .catalog, .companion, .create, .update] {
            #expect(remove.decide(Sample.request(operation)).effect == .deny, "\(operation)")
        }
    }

    @Test func diagnosticFamilyByNameOnly() throws {
        let policy = Sample.policy(try Sample.allow { $0.family = .diagnostic })
        for operation in [ARMModel.Operation.create, .update, .delete, .read, .list] {
            #expect(policy.decide(Sample.request(operation, family: .diagnostic)).effect == .allow, "\(operation)")
            #expect(policy.decide(Sample.request(operation)).effect == .deny, "\(operation)")
        }
        let action = Sample.request(.run, command: Sample.action(), family: .diagnostic)
        #expect(policy.decide(action).reasons.map(\.code) == ["OperationNotMediated"])
        // A deny without a family is for both.
        let deny = try Sample.deny { $0.operations = OperationSet([.delete]) }
        let denied = Sample.policy(try Sample.allow { $0.family = .diagnostic }, deny)
        #expect(denied.decide(Sample.request(.delete, family: .diagnostic)).rule == "deny")
    }

    @Test func locationDocuments() throws {
        let policy = Sample.policy(
            try Sample.allow {
                $0.operations = OperationSet([.catalog])
                $0.targets = [TargetPattern(subscription: try Glob(Sample.subscription), location: try Glob("west*"))]
            })
        func isAllowed(_ subscription: String, _ location: String, commandID: String? = nil) -> Bool {
            var target = ResourceTarget(subscription: subscription, location: location)
            target.catalogCommandID = commandID
            return policy.decide(Sample.request(.catalog, target: target)).effect == .allow
        }
        #expect(isAllowed(Sample.subscription, "westus"))
        #expect(isAllowed(Sample.subscription.uppercased(), "WestUS", commandID: "RunShellScript"))
        #expect(!isAllowed(Sample.subscription, "eastus"))
        #expect(!isAllowed(Self.other, "westus"))
        // A machine's target is no location's.
        let machines = Sample.policy(try Sample.allow())
        let target = ResourceTarget(subscription: Sample.subscription, location: "westus")
        #expect(machines.decide(Sample.request(.catalog, target: target)).effect == .deny)
    }

    @Test func companionReads() throws {
        let policy = Sample.policy(try Sample.allow { $0.operations = OperationSet([.companion]) })
        func isAllowed(_ target: ResourceTarget, _ policy: Policy, as caller: Principal = Sample.caller) -> Bool {
            policy.decide(Sample.request(.companion, principal: caller, target: target)).effect == .allow
        }
        var group = ResourceTarget(subscription: Sample.subscription)
        group.resourceGroup = "RG-WEB-9"
        var foreign = group
        foreign.resourceGroup = "rg-pay"
        let nowhere = ResourceTarget()
        let stranger = Principal(kind: .user, id: Sample.application)
        // `GET /subscriptions` and `/tenants` name no subscription: it is their answers that are cut.
        for target in [nowhere, ResourceTarget(subscription: Sample.subscription), group] {
            #expect(isAllowed(target, policy))
            #expect(!isAllowed(target, policy, as: stranger))
            #expect(!isAllowed(target, Sample.policy(try Sample.allow { $0.operations = OperationSet([.read]) })))
        }
        #expect(!isAllowed(ResourceTarget(subscription: Self.other), policy))
        #expect(!isAllowed(foreign, policy))
        let deny = try Sample.deny { $0.operations = OperationSet([.companion]) }
        #expect(!isAllowed(nowhere, Sample.policy(try Sample.allow(), deny)))
    }

    @Test func companionAnswersAreCut() throws {
        let readers = try Sample.allow("read") {
            $0.operations = OperationSet([.read])
            $0.targets = [
                TargetPattern(
                    subscription: try Glob("aaaaaaaa-*"), resourceGroup: try Glob("*"),
                    machine: .virtualMachine(try Glob("*")))
            ]
        }
        let others = try Sample.allow("others") {
            $0.principals = PrincipalSet([.user(try Sample.id(Sample.application))])
            $0.targets = [TargetPattern(subscription: try Glob("*"))]
        }
        let hidden = try Sample.deny {
            $0.operations = OperationSet([.companion])
            $0.targets = [TargetPattern(subscription: try Glob("aaaaaaaa-0000-0000-0000-000000000009"))]
        }
        let running = try Sample.deny("running") {
            $0.operations = OperationSet([.run])
            $0.targets = [TargetPattern(subscription: try Glob("*"))]
        }
        let policy = Sample.policy(try Sample.allow(), readers, others, hidden, running)
        let scope = policy.subscriptions(visibleTo: Sample.request(.companion, target: ResourceTarget()))
        #expect(scope.contains(Sample.subscription))
        #expect(scope.contains("AAAAAAAA-0000-0000-0000-000000000001"))
        #expect(!scope.contains("aaaaaaaa-0000-0000-0000-000000000009"))
        #expect(!scope.contains(Self.other))
        // Groups that the token left out name nobody.
        let grouped = Sample.policy(
            try Sample.allow { $0.principals = PrincipalSet([.group(try Sample.id(Sample.group))]) })
        var request = Sample.request(.companion, target: ResourceTarget())
        #expect(grouped.subscriptions(visibleTo: request).contains(Sample.subscription))
        request.principal.groups = .unknown
        #expect(!grouped.subscriptions(visibleTo: request).contains(Sample.subscription))
    }

    /// Managed identities in all three places, each of the three kinds.
    @Test func managedIdentities() throws {
        let client = "50000000-0000-0000-0000-00000000000a"
        let object = "60000000-0000-0000-0000-00000000000b"
        let blob = "https://logs.blob.core.windows.net/run/a.txt"
        let address = try Sample.address(blob)
        let identities: [(ManagedIdentity, IdentitySet)] = [
            (.system, IdentitySet(hasSystem: true, ids: [])),
            (.clientID(client.uppercased()), IdentitySet(hasSystem: false, ids: [try #require(GUID(client))])),
            (.objectID(object), IdentitySet(hasSystem: false, ids: [try #require(GUID(object))])),
        ]
        let places: [@Sendable (inout Command, ManagedIdentity) -> Void] = [
            { $0.outputBlobIdentity = .known($1) }, { $0.errorBlobIdentity = .known($1) },
        ]
        for (position, (identity, listed)) in identities.enumerated() {
            for place in places {
                let command = Sample.command {
                    $0.outputBlob = .known(address)
                    $0.errorBlob = .known(address)
                    place(&$0, identity)
                }
                func effect(_ set: IdentitySet?) throws -> Decision.Effect {
                    let pattern = try BlobPattern("https://logs.blob.core.windows.net/run/*")
                    return Sample.policy(
                        try Sample.allow {
                            $0.managedIdentities = set
                            $0.outputBlobs = [pattern]
                            $0.errorBlobs = [pattern]
                        }
                    ).decide(Sample.request(command: command)).effect
                }
                #expect(try effect(listed) == .allow)
                #expect(try effect(nil) == .deny)
                #expect(try effect(identities[(position + 1) % 3].1) == .deny)
            }
            // The third place stands beside a script's address, where no rule makes up for it.
            let command = try ScriptAddressTests.named(identity: .known(identity))
            let policy = Sample.policy(try ScriptAddressTests.fetching { $0.managedIdentities = listed })
            #expect(policy.decide(Sample.request(command: command)).effect == .deny)
            guard case .refused = policy.mayFetch(Sample.request(command: command)) else {
                Issue.record("granted")
                return
            }
        }
    }

    @Test func galleryScriptsByExactID() throws {
        let id =
            "/subscriptions/\(Sample.subscription)/resourceGroups/g/providers/Microsoft.Compute/galleries/G/"
            + "scripts/s/versions/1.0.0"
        let policy = Sample.policy(try Sample.allow { $0.commands = CommandSet([], galleryScripts: [id]) })
        func effect(_ id: String) -> Decision.Effect {
            policy.decide(Sample.request(command: Sample.command { $0.source = .known(.gallery(id)) })).effect
        }
        #expect(effect(id) == .allow)
        #expect(effect(id.uppercased()) == .allow)
        for other in [
            id.replacing("1.0.0", with: "1.0.1"), id.replacing("1.0.0", with: "latest"), id + "/", id + "?x",
            String(id.dropLast(6)), "//" + id.dropFirst(), id.replacing("galleries/G", with: "galleries/%47"),
            // LATIN SMALL LETTER LONG S folds to an s elsewhere.
            id.replacing("scripts", with: "\u{17F}cripts"),
        ] {
            #expect(effect(other) == .deny, "\(other)")
        }
    }
}
