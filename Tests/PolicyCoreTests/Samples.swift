import ARMModel
import PolicyCore
import Redaction

/// Requests and rules that the tables of these tests vary.
enum Sample {
    static let subscription = "00000000-0000-0000-0000-00000000000a"
    static let person = "10000000-0000-0000-0000-000000000001"
    static let application = "20000000-0000-0000-0000-000000000001"
    static let group = "30000000-0000-0000-0000-000000000001"
    static let tenant = "40000000-0000-0000-0000-000000000001"
    static let script = ScriptText("echo hello")

    static func id(_ text: String) throws -> DirectoryID {
        guard let id = DirectoryID(text) else { throw Malformed() }
        return id
    }

    static func address(_ text: String) throws -> WebAddress {
        guard let address = WebAddress(text) else { throw Malformed() }
        return address
    }

    struct Malformed: Error {}

    static let caller = Principal(
        kind: .user, id: Self.person, tenant: Self.tenant, groups: .known([Self.group]))

    static var machine: ResourceTarget {
        ResourceTarget(
            subscription: Self.subscription, resourceGroup: "rg-web-1", machine: .virtualMachine("web-01"),
            runCommand: nil)
    }

    static var managed: ResourceTarget {
        var target = Self.machine
        target.runCommand = "report"
        return target
    }

    static func command(_ change: (inout Command) -> Void = { _ in }) -> Command {
        var command = Command(source: .inline(commandID: nil, script: Self.script))
        change(&command)
        return command
    }

    static func action(_ source: ScriptSource? = nil, parameters: [Parameter] = []) -> Command {
        var command = Command(source: source ?? .inline(commandID: "RunShellScript", script: Self.script))
        command.parameters = .known(parameters)
        return command
    }

    static func request(
        _ operation: Operation = .create, command: Command? = Self.command(), principal: Principal = Self.caller,
        target: ResourceTarget? = nil, family: CommandFamily = .standard, apiVersion: String = "2024-11-01"
    ) -> PolicyRequest {
        PolicyRequest(
            principal: principal, operation: operation, family: family,
            target: target ?? (operation == .run ? Self.machine : Self.managed), apiVersion: apiVersion,
            command: operation.runsScript ? command : nil)
    }

    /// Allows the sample script on the sample machine.
    static func allow(_ id: String = "allow", _ change: (inout Rule) throws -> Void = { _ in }) throws -> Rule {
        var rule = Rule(id: id, effect: .allow)
        rule.principals = PrincipalSet([.user(try Self.id(Self.person))])
        rule.operations = OperationSet(Operation.allCases.filter { $0 != .poll })
        rule.targets = [
            TargetPattern(
                subscription: try Glob(Self.subscription), resourceGroup: try Glob("rg-web-*"),
                machine: .virtualMachine(try Glob("web-*")))
        ]
        rule.commands = CommandSet([CommandRule(source: .script(digest: Self.script.digest), carrier: .shell)])
        try change(&rule)
        return rule
    }

    static func deny(_ id: String = "deny", _ change: (inout Rule) throws -> Void = { _ in }) throws -> Rule {
        var rule = Rule(id: id, effect: .deny)
        try change(&rule)
        return rule
    }

    static func policy(_ rules: Rule...) -> Policy { Policy(rules: rules, digest: "d") }
}
