import ARMModel
import PolicyCore
import Redaction
import Testing

@Suite struct DecisionTests {
    @Test func nothingMatchesDenies() throws {
        let empty = Policy(rules: [], digest: "d").decide(Sample.request())
        #expect(empty.effect == .deny)
        #expect(empty.rule == nil)
        #expect(empty.reasons.map(\.code) == ["NoRule"])
        let unlimited = Rule(id: "nothing named", effect: .allow)
        #expect(Sample.policy(unlimited).decide(Sample.request(.read)).effect == .deny)
    }

    @Test func denyWinsInAnyOrder() throws {
        let allow = try Sample.allow()
        let deny = try Sample.deny {
            $0.description = "Not on a Friday."
            $0.operations = OperationSet([.create])
        }
        for rules in [[allow, deny], [deny, allow]] {
            let decision = Policy(rules: rules, digest: "d").decide(Sample.request())
            #expect(decision.effect == .deny)
            #expect(decision.rule == "deny")
            #expect(
                decision.reasons == [
                    Reason(code: "DeniedByRule", message: "A rule denies this: Not on a Friday.", target: "deny")
                ])
            #expect(Policy(rules: rules, digest: "d").decide(Sample.request(.update)).effect == .allow)
        }
    }

    /// The trap of the action API: where a script comes along, it replaces the built-in's own.
    @Test func allowedBuiltInNeverLetsAScriptRideAlong() throws {
        let rule = try Sample.allow {
            $0.commands = CommandSet([
                CommandRule(source: .builtIn(commandID: "IPConfig")),
                CommandRule(source: .script(digest: Sample.script.digest), carrier: .shell),
            ])
        }
        let policy = Sample.policy(rule)
        func effect(_ source: ScriptSource, _ parameters: [Parameter] = []) -> Decision {
            policy.decide(Sample.request(.run, command: Sample.action(source, parameters: parameters)))
        }
        #expect(effect(.builtIn(commandID: "ipconfig")).effect == .allow)
        #expect(effect(.inline(commandID: "RunShellScript", script: Sample.script)).effect == .allow)
        for script in ["id", "", "\n", Sample.script.text] {
            let decision = effect(.inline(commandID: "IPConfig", script: ScriptText(script)))
            #expect(decision.effect == .deny)
            #expect(decision.reasons.map(\.code) == ["ScriptUnderBuiltIn"])
        }
        #expect(effect(.builtIn(commandID: "IPConfig"), [Parameter(name: "a", value: "")]).effect == .deny)
        #expect(effect(.builtIn(commandID: "RunShellScript")).effect == .deny)
        #expect(effect(.inline(commandID: "RunPowerShellScript", script: Sample.script)).effect == .deny)
    }

    /// All of a digest counts, not only what places it in a table.
    @Test func digestsThatBeginAlikeAreTwo() throws {
        let digest = Sample.script.digest
        let last = digest.hasSuffix("0") ? "1" : "0"
        for other in [digest.dropLast() + last, digest.prefix(8) + digest.dropFirst(8).uppercased() + "x"] {
            let entries = [String(other), String(digest.prefix(8)), ""].map { CommandRule(source: .script(digest: $0)) }
            let decision = Sample.policy(try Sample.allow { $0.commands = CommandSet(entries) })
                .decide(Sample.request())
            #expect(decision.reasons.map(\.code) == ["ScriptNotListed"])
            let both = entries + [CommandRule(source: .script(digest: digest), scriptName: "it")]
            let allowed = Sample.policy(try Sample.allow { $0.commands = CommandSet(both) }).decide(Sample.request())
            #expect(allowed.scriptName == "it")
            let denied = Sample.policy(
                try Sample.allow { $0.commands = CommandSet(both) },
                try Sample.deny { $0.commands = CommandSet(entries) })
            #expect(denied.decide(Sample.request()).effect == .allow)
        }
    }

    /// Of several entries for one script, the first that takes the parameters is the one on record.
    @Test func entryOnRecordIsTheOneThatAllows() throws {
        func entry(_ name: String, _ values: Set<String>) -> CommandRule {
            CommandRule(
                source: .script(digest: Sample.script.digest), carrier: .shell,
                parameters: .listed(["a": ParameterConstraint(values: .oneOf(values), isRequired: true)]),
                scriptName: name)
        }
        let policy = Sample.policy(
            try Sample.allow {
                $0.commands = CommandSet([entry("1", ["x"]), entry("2", ["y"]), entry("3", ["x", "y", "z"])])
            })
        for (value, name) in [("x", "1"), ("y", "2"), ("z", "3"), ("w", nil)] {
            let request = Sample.request(.run, command: Sample.action(parameters: [Parameter(name: "a", value: value)]))
            let decision = policy.decide(request)
            #expect(decision.scriptName == name)
            #expect((decision.effect == .allow) == (name != nil))
        }
        let reasons = policy.decide(Sample.request(.run, command: Sample.action())).reasons
        #expect(reasons.map(\.code) == ["ParameterMissing"])
    }

    /// A request is a value: what a copy becomes does not touch the one it came from.
    @Test func copiesOfARequestAreTheirOwn() throws {
        let policy = Sample.policy(try Sample.allow())
        let request = Sample.request()
        let changes: [(inout PolicyRequest) -> Void] = [
            { $0.principal.id = Sample.application }, { $0.command?.runAsUser = .known("svc") },
            { $0.command = nil }, { $0.operation = .poll }, { $0.target.resourceGroup = "other" },
            { $0.command?.source = .known(.inline(commandID: nil, script: ScriptText("id"))) },
            { $0.command?.source = .known(.builtIn(commandID: "IPConfig")) },
        ]
        for change in changes {
            var copy = request
            change(&copy)
            #expect(policy.decide(copy).effect == .deny)
            #expect(policy.decide(request).effect == .allow)
        }
    }

    @Test func anyScriptIsMarkedAndStillObeysTheFloor() throws {
        let rule = try Sample.allow {
            $0.commands = CommandSet([
                CommandRule(source: .anyScript, carrier: .shell, parameters: .any, protectedParameters: .any),
                CommandRule(source: .script(digest: Sample.script.digest), carrier: .shell, scriptName: "hello"),
            ])
        }
        let policy = Sample.policy(rule)
        let listed = policy.decide(Sample.request())
        #expect(listed.effect == .allow)
        #expect(!listed.isAnyScript)
        #expect(listed.scriptName == "hello")
        let other = Sample.command {
            $0.source = .known(.inline(commandID: nil, script: ScriptText("id")))
            $0.parameters = .known([Parameter(name: "x", value: "anything; at all")])
        }
        let any = policy.decide(Sample.request(command: other))
        #expect(any.effect == .allow)
        #expect(any.isAnyScript)
        for parameter in [Parameter(name: "LD_PRELOAD", value: "x"), Parameter(name: "", value: "; id")] {
            var steering = other
            steering.parameters = .known([parameter])
            let decision = policy.decide(Sample.request(command: steering))
            #expect(decision.effect == .deny)
            #expect(decision.reasons.map(\.code) == ["BelowFloor"])
            #expect(policy.couldAllow(Sample.request(.update, command: steering)) != nil)
        }
    }

    @Test func timeoutIsWrittenIn() throws {
        let policy = Sample.policy(try Sample.allow { $0.limits.timeoutSeconds = 600 })
        for (timeout, written) in [(nil, 600), (0, 600), (-5, 600), (1, nil), (600, nil)] as [(Int?, Int?)] {
            for operation in [Operation.create, .update] {
                let command = Sample.command { $0.timeoutSeconds = .known(timeout) }
                let decision = policy.decide(Sample.request(operation, command: command))
                #expect(decision.effect == .allow)
                #expect(decision.obligations.timeoutSeconds == written)
            }
        }
        // An action has no time-out: a limit that it could exceed does not hold for it.
        #expect(policy.decide(Sample.request(.run, command: Sample.action())).effect == .deny)
        let long = Sample.policy(try Sample.allow { $0.limits.timeoutSeconds = 5_400 })
        let decision = long.decide(Sample.request(.run, command: Sample.action()))
        #expect(decision.effect == .allow)
        #expect(decision.obligations.timeoutSeconds == nil)
    }

    @Test func nearestRuleSaysWhatIsInTheWay() throws {
        let far = try Sample.allow("far") {
            $0.operations = OperationSet([.read])
            $0.targets = []
        }
        let near = try Sample.allow("near") { $0.apiVersions = ["2023-09-01"] }
        let decision = Sample.policy(far, near).decide(Sample.request())
        #expect(
            decision.reasons == [
                Reason(
                    code: "ApiVersionNotListed", message: "The rule does not list this api-version.", target: "near")
            ])
        // Of two that lack one condition, the one that lists the script is nearer.
        let other = try Sample.allow("other") { $0.commands = CommandSet([]) }
        let wrong = Sample.command { $0.parameters = .known([Parameter(name: "secretName", value: "secretValue")]) }
        let reasons = Sample.policy(other, try Sample.allow("listed")).decide(Sample.request(command: wrong)).reasons
        #expect(reasons.map(\.target) == ["listed"])
        #expect(reasons.map(\.code) == ["ParameterNotListed"])
        #expect(
            reasons.allSatisfy { $0.message.contains("properties.parameters[0]") && !$0.message.contains("secret") })
    }

    @Test func operationsAndFamilies() throws {
        let policy = Sample.policy(try Sample.allow())
        for operation in [Operation.delete, .read, .list] {
            #expect(policy.decide(Sample.request(operation)).effect == .allow)
            #expect(
                policy.decide(Sample.request(operation, family: .diagnostic)).reasons.map(\.code) == ["FamilyNotListed"]
            )
        }
        #expect(policy.decide(Sample.request(.poll)).reasons.map(\.code) == ["OperationNotMediated"])
        let diagnostic = Sample.policy(try Sample.allow { $0.family = .diagnostic })
        #expect(diagnostic.decide(Sample.request(.create, family: .diagnostic)).effect == .allow)
        #expect(diagnostic.decide(Sample.request(.create)).effect == .deny)
        let action = Sample.request(.run, command: Sample.action(), family: .diagnostic)
        #expect(diagnostic.decide(action).reasons.map(\.code) == ["OperationNotMediated"])
        #expect(policy.decide(Sample.request(.create, command: nil)).reasons.map(\.code).contains("SourceMissing"))
    }

    /// An update before the stored command is read.
    @Test func couldAllow() throws {
        let allow = try Sample.allow { $0.limits.timeoutSeconds = 600 }
        let policy = Sample.policy(allow)
        let unread = Sample.request(.update, command: .unread)
        #expect(policy.couldAllow(unread) == nil)
        #expect(policy.decide(unread).effect == .deny)
        var long = Command.unread
        long.timeoutSeconds = .known(601)
        #expect(policy.couldAllow(Sample.request(.update, command: long))?.reasons.map(\.code) == ["TimeoutTooLong"])
        var elsewhere = Sample.managed
        elsewhere.resourceGroup = "other"
        let refused = policy.couldAllow(Sample.request(.update, command: .unread, target: elsewhere))
        #expect(refused?.reasons.map(\.code) == ["TargetNotListed"])

        // A deny that depends on what is stored waits; one that does not, does not.
        let doubtful = try Sample.deny { $0.runAs = AccountSet(hasDefault: true) }
        #expect(Sample.policy(allow, doubtful).couldAllow(unread) == nil)
        let decided = Sample.policy(allow, doubtful).decide(unread)
        #expect(decided.rule == "deny")
        let certain = try Sample.deny { $0.operations = OperationSet([.update]) }
        #expect(Sample.policy(allow, certain).couldAllow(unread)?.rule == "deny")
    }

    /// Facts §8.1: fields that look harmless and run code as root, each against a rule that allows one script.
    @Test func harmlessFieldsAreConstrained() throws {
        let policy = Sample.policy(try Sample.allow())
        let address = try Sample.address("https://a.example/b/c?sig=1")
        let changes: [(String, (inout Command) -> Void)] = [
            ("variable", { $0.parameters = .known([Parameter(name: "BASH_ENV", value: "/tmp/x")]) }),
            (
                "protected variable",
                { $0.protectedParameters = .known([ProtectedParameter(name: "LD_PRELOAD", value: Secret("x"))]) }
            ),
            ("empty name", { $0.parameters = .known([Parameter(name: "", value: "; id")]) }),
            ("any parameter", { $0.parameters = .known([Parameter(name: "x", value: "y")]) }),
            ("user", { $0.runAsUser = .known("x; id") }),
            ("account", { $0.runAsUser = .known("svc") }),
            ("password", { $0.runAsPassword = .known(Secret("$(id)")) }),
            ("script address", { $0.source = .known(.address(address, identity: .known(nil))) }),
            ("gallery", { $0.source = .known(.gallery("/subscriptions/x")) }),
            ("output", { $0.outputBlob = .known(address) }),
            ("errors", { $0.errorBlob = .known(address) }),
            ("identity", { $0.errorBlobIdentity = .known(.system) }),
            ("shell", { $0.scriptShell = .known("Powershell7") }),
        ]
        #expect(policy.decide(Sample.request()).effect == .allow)
        for (name, change) in changes {
            let decision = policy.decide(Sample.request(command: Sample.command(change)))
            #expect(decision.effect == .deny, "\(name)")
            #expect(!decision.reasons.isEmpty, "\(name)")
        }
    }

    /// The index only leaves out rules that would fail: it must agree with asking every rule.
    @Test func indexAgreesWithAskingEveryRule() throws {
        var rules: [Rule] = []
        let scripts = (0..<40).map { ScriptText("echo \($0)") }
        for (number, script) in scripts.enumerated() {
            rules.append(
                try Sample.allow("allow-\(number)") {
                    $0.commands = CommandSet(
                        [
                            CommandRule(source: .script(digest: script.digest), carrier: .shell),
                            CommandRule(source: .builtIn(commandID: "BuiltIn\(number)")),
                        ], galleryScripts: ["/g/\(number)"])
                })
            guard number % 7 == 3 else { continue }
            rules.append(
                try Sample.deny("deny-\(number)") {
                    $0.commands = CommandSet([
                        CommandRule(source: .script(digest: script.digest)),
                        CommandRule(source: .builtIn(commandID: "builtin\(number)")),
                    ])
                })
        }
        let policy = Policy(rules: rules, digest: "d")
        var sources: [ScriptSource?] = [nil, .address(try Sample.address("https://a.b/c"), identity: .known(nil))]
        for (number, script) in scripts.enumerated() {
            sources.append(.inline(commandID: number % 2 == 0 ? nil : "runshellscript", script: script))
            sources.append(.inline(commandID: "BuiltIn\(number)", script: script))
            sources.append(.builtIn(commandID: "BUILTIN\(number)"))
            sources.append(.gallery("/G/\(number)"))
        }
        var allowed = 0
        for source in sources {
            var command = Sample.command()
            command.source = .known(source)
            let request = Sample.request(command: command)
            let answers = policy.evaluate(request)
            let denying = answers.first { $0.effect == .deny && $0.applies }
            let allowing = answers.first { $0.effect == .allow && $0.applies }
            let decision = policy.decide(request)
            #expect(decision.effect == (denying == nil && allowing != nil ? .allow : .deny))
            #expect(decision.rule == (denying ?? allowing)?.rule)
            if decision.effect == .allow { allowed += 1 }
        }
        #expect(allowed > 80)
    }
}
