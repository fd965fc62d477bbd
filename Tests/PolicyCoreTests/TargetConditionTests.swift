import ARMModel
import PolicyCore
import Testing

@Suite struct TargetConditionTests {
    private static func target(
        _ group: String?, vm: String? = nil, set: String? = nil, instance: String? = nil, run: String? = nil,
        location: String? = nil, subscription: String? = Sample.subscription
    ) throws -> TargetPattern {
        var machine: MachinePattern?
        if let vm { machine = .virtualMachine(try Glob(vm)) }
        if let set { machine = .scaleSet(try Glob(set), instance: try instance.map { text in try Glob(text) }) }
        return TargetPattern(
            subscription: try subscription.map { text in try Glob(text) },
            resourceGroup: try group.map { text in try Glob(text) }, machine: machine,
            runCommand: try run.map { text in try Glob(text) }, location: try location.map { text in try Glob(text) })
    }

    private static func truth(
        _ pattern: TargetPattern, _ operation: ARMModel.Operation, _ target: ResourceTarget, _ effect: Decision.Effect
    ) -> Truth? {
        var rule = Rule(id: "r", effect: effect)
        rule.targets = [pattern]
        return Sample.policy(rule).evaluate(Sample.request(operation, target: target))[0].answers
            .first { $0.condition == .target }?.truth
    }

    private let instance = ResourceTarget(
        subscription: Sample.subscription.uppercased(), resourceGroup: "RG-WEB-1",
        machine: .scaleSetInstance(scaleSet: "web-set", instance: "3"), runCommand: "report")

    @Test func allowCoversWhatIsNamed() throws {
        let vm = try Self.target("rg-web-*", vm: "web-*")
        #expect(Self.truth(vm, .run, Sample.machine, .allow) == .holds)
        #expect(Self.truth(vm, .create, self.instance, .allow) == .fails)
        let set = try Self.target("rg-web-*", set: "WEB-*", instance: "*")
        #expect(Self.truth(set, .update, self.instance, .allow) == .holds)
        #expect(Self.truth(set, .update, Sample.managed, .allow) == .fails)
        #expect(
            Self.truth(try Self.target("rg-web-*", set: "web-*", instance: "4"), .update, self.instance, .allow)
                == .fails)
        #expect(Self.truth(try Self.target("rg-web-*", set: "web-*"), .update, self.instance, .allow) == .holds)
        var elsewhere = Sample.machine
        elsewhere.subscription = Sample.tenant
        #expect(Self.truth(vm, .run, elsewhere, .allow) == .fails)
        // An incomplete target allows nothing.
        #expect(Self.truth(try Self.target("rg-web-*"), .run, Sample.machine, .allow) == .fails)
        #expect(
            Self.truth(try Self.target("rg-web-*", vm: "*", subscription: nil), .run, Sample.machine, .allow) == .fails)
        #expect(Self.truth(try Self.target(nil, vm: "*"), .run, Sample.machine, .allow) == .fails)
    }

    @Test func nameOfManagedCommand() throws {
        let named = try Self.target("rg-web-*", vm: "web-*", run: "rep*")
        #expect(Self.truth(named, .create, Sample.managed, .allow) == .holds)
        #expect(
            Self.truth(try Self.target("rg-web-*", vm: "web-*", run: "x*"), .create, Sample.managed, .allow) == .fails)
        // An action has no such name, a list shows all: only * covers them.
        #expect(Self.truth(named, .run, Sample.machine, .allow) == .fails)
        #expect(Self.truth(named, .list, Sample.machine, .allow) == .fails)
        let all = try Self.target("rg-web-*", vm: "web-*", run: "*")
        #expect(Self.truth(all, .run, Sample.machine, .allow) == .holds)
        #expect(Self.truth(all, .list, Sample.machine, .allow) == .holds)
        #expect(Self.truth(named, .list, Sample.machine, .deny) == .unknown)
        #expect(Self.truth(named, .run, Sample.machine, .deny) == .fails)
        #expect(Self.truth(all, .run, Sample.machine, .deny) == .holds)
    }

    @Test func catalogAndCompanion() throws {
        let vm = try Self.target("rg-web-*", vm: "web-*")
        let region = try Self.target(nil, location: "west*")
        let document = ResourceTarget(subscription: Sample.subscription, location: "WestUS")
        #expect(Self.truth(region, .catalog, document, .allow) == .holds)
        #expect(Self.truth(vm, .catalog, document, .allow) == .fails)
        #expect(Self.truth(region, .run, Sample.machine, .allow) == .fails)
        #expect(Self.truth(vm, .companion, ResourceTarget(), .allow) == .holds)
        #expect(Self.truth(vm, .companion, ResourceTarget(subscription: Sample.subscription), .allow) == .holds)
        #expect(Self.truth(vm, .companion, ResourceTarget(subscription: Sample.tenant), .allow) == .fails)
        let group = ResourceTarget(subscription: Sample.subscription, resourceGroup: "rg-web-9")
        #expect(Self.truth(vm, .companion, group, .allow) == .holds)
        #expect(Self.truth(region, .companion, group, .allow) == .fails)
    }

    @Test func denyTakesAbsentForAny() throws {
        let group = try Self.target("rg-web-*", subscription: nil)
        #expect(Self.truth(group, .run, Sample.machine, .deny) == .holds)
        #expect(Self.truth(group, .update, self.instance, .deny) == .holds)
        #expect(
            Self.truth(group, .catalog, ResourceTarget(subscription: Sample.subscription, location: "x1"), .deny)
                == .fails)
        let machine = try Self.target(nil, vm: "web-*", subscription: nil)
        #expect(Self.truth(machine, .run, Sample.machine, .deny) == .holds)
        #expect(Self.truth(machine, .update, self.instance, .deny) == .fails)
    }
}
