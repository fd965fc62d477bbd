import ARMModel
import Foundation
import PolicyBundle
import PolicyCore
import Testing
import YAMLReading

/// What refuses to load, each with its file and line.
@Suite struct BundleLoadingTests {
    /// A change to one file of a bundle that loads, and a problem that must stand at a line of it.
    struct Row: Sendable, CustomTestStringConvertible {
        var file: String
        var text: String
        var line: Int?
        var message: String
        var testDescription: String { self.message }

        init(_ file: String, _ text: String, _ line: Int?, _ message: String) {
            self.file = file
            self.text = text
            self.line = line
            self.message = message
        }
    }

    private static func rule(_ lines: String...) -> String { SampleBundle.rule + lines.map { "    \($0)\n" }.joined() }
    private static func rule(replacing old: String, by new: String) -> String {
        SampleBundle.rule.replacingOccurrences(of: old, with: new)
    }
    private static func commands(_ entry: String) -> String {
        Self.rule(replacing: "{script: hello}", by: entry)
    }
    private static func targets(_ entry: String) -> String { Self.rule(replacing: "{group: web}", by: entry) }
    private static func bundle(groups: String) -> String {
        "name: x\nrevision: r\ngroups: \(groups)\n" + "targetGroups: {web: [\(SampleBundle.target)]}\n"
    }
    private static func catalog(_ lines: String...) -> String {
        SampleBundle.catalog + lines.map { "    \($0)\n" }.joined()
    }
    private static let digest = String(repeating: "a", count: 64)
    private static let gallery =
        "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/g/providers/Microsoft.Compute/galleries/g/"
        + "scripts/s/versions/1.0.0"

    static let rows: [Row] = [
        Row("bundle.yaml", "revision: r\n", 1, "'name' is missing"),
        Row("bundle.yaml", "name: x\nrevision: r\nother: 1\n", 3, "unknown key 'other'"),
        Row("bundle.yaml", "name: x\nname: y\n", 1, "more than once"),
        Row("bundle.yaml", "name: [x\n", 2, "not YAML"),
        Row("bundle.yaml", Self.bundle(groups: "{sre: [group:nobody]}"), 3, "there is no group named nobody"),
        Row("bundle.yaml", Self.bundle(groups: "{sre: [group:a], a: [group:b], b: [group:sre]}"), 3, "contains itself"),
        Row("bundle.yaml", Self.bundle(groups: "{sre: [group:sre]}"), 3, "group sre contains itself, by way of sre"),
        Row("bundle.yaml", Self.bundle(groups: "{sre: []}"), 3, "'groups.sre' is empty"),
        Row("bundle.yaml", Self.bundle(groups: "{sre: [any]}"), 3, "any cannot be a member"),
        Row("bundle.yaml", Self.bundle(groups: "{sre: [user:bob]}"), 3, "needs a GUID"),
        Row(
            "bundle.yaml", Self.bundle(groups: "{30000000-0000-0000-0000-000000000001: [certificate:a.example]}"), 3,
            "is no name for a group"),
        Row(
            "bundle.yaml", "name: x\nrevision: r\ngroups: {sre: [certificate:a.b]}\ntargetGroups: {web: []}\n", 4,
            "'targetGroups.web' is empty"),
        Row("rules/a.yaml", "rules: []\n", 1, "lists no rule"),
        Row("rules/a.yaml", "rule: []\n", 1, "unknown key 'rule'"),
        Row("rules/a.yaml", Self.rule("colour: red"), 9, "unknown key 'rules[0].colour'"),
        Row("rules/a.yaml", Self.rule("require: {justification: true}"), 9, "is not implemented in this version"),
        Row("rules/a.yaml", Self.rule("when: {days: [mon]}"), 9, "is not implemented in this version"),
        Row("rules/a.yaml", Self.rule("mode: shadow"), 9, "is not implemented in this version"),
        Row("rules/a.yaml", Self.rule("scriptURIs: {mode: inline}"), 9, "'rules[0].scriptURIs.hosts' is missing"),
        Row(
            "rules/a.yaml", Self.rule("scriptURIs: {hosts: [a.example.com]}"), 9,
            "'rules[0].scriptURIs.mode' is missing"),
        Row(
            "rules/a.yaml", Self.rule("scriptURIs: {mode: pass, hosts: [a.example.com]}"), 9,
            "'rules[0].scriptURIs.mode' must be inline"),
        Row(
            "rules/a.yaml", Self.rule("scriptURIs: {mode: inline, hosts: []}"), 9,
            "'rules[0].scriptURIs.hosts' is empty"),
        Row(
            "rules/a.yaml", Self.rule("scriptURIs: {mode: inline, hosts: [\"*.example.com\"]}"), 9,
            "takes exact host names, without *"),
        Row(
            "rules/a.yaml", Self.rule("scriptURIs: {mode: inline, hosts: [A.example.com]}"), 9,
            "takes host names in lower case"),
        Row("rules/a.yaml", Self.rule("scriptURIs: {mode: inline, hosts: [10.0.0.1]}"), 9, "takes no IP address"),
        Row(
            "rules/a.yaml", Self.rule("scriptURIs: {mode: inline, hosts: [\"a.example.com:443\"]}"), 9,
            "takes host names without a port"),
        Row(
            "rules/a.yaml", Self.rule("scriptURIs: {mode: inline, hosts: [\"https://a.example.com/x\"]}"), 9,
            "takes host names alone"),
        Row("rules/a.yaml", Self.rule("scriptURIs: {mode: inline, hosts: [localhost]}"), 9, "takes full host names"),
        Row(
            "rules/a.yaml", Self.rule("scriptURIs: {mode: inline, hosts: [a.example.com], maximumBytes: 0}"), 9,
            "scriptURIs.maximumBytes'"),
        Row(
            "rules/a.yaml", Self.rule("scriptURIs: {mode: inline, hosts: [a.example.com], maximumBytes: 1048577}"), 9,
            "scriptURIs.maximumBytes'"),
        Row(
            "rules/a.yaml", Self.rule("scriptURIs: {mode: inline, hosts: [a.example.com], redirects: true}"), 9,
            "unknown key 'rules[0].scriptURIs.redirects'"),
        Row("rules/a.yaml", Self.rule("scriptURIs: inline"), 9, "'rules[0].scriptURIs' must be a mapping"),
        Row("rules/a.yaml", SampleBundle.rule + SampleBundle.rule.dropFirst(7), 9, "is the id of another rule, at"),
        Row("rules/a.yaml", Self.rule(replacing: "effect: allow", by: "effect: permit"), 4, "must be allow or deny"),
        Row("rules/a.yaml", Self.rule(replacing: "    effect: allow\n", by: ""), 2, "'rules[0].effect' is missing"),
        Row(
            "rules/a.yaml", Self.rule(replacing: "  - id: hello\n    description: x\n", by: "  - description: x\n"), 2,
            "'rules[0].id' is missing"),
        Row("rules/a.yaml", Self.rule(replacing: "[group:sre]", by: "[]"), 5, "'rules[0].principals' is empty"),
        Row(
            "rules/a.yaml", Self.rule(replacing: "[group:sre]", by: "[group:nobody]"), 5,
            "there is no group named nobody"),
        Row("rules/a.yaml", Self.rule(replacing: "[group:sre]", by: "[any, group:sre]"), 5, "any stands alone"),
        Row(
            "rules/a.yaml", Self.rule(replacing: "    principals: [group:sre]\n", by: ""), 2,
            "'rules[0].principals' is missing"),
        Row("rules/a.yaml", Self.rule(replacing: "[run, create]", by: "[]"), 6, "'rules[0].operations' is empty"),
        Row("rules/a.yaml", Self.rule(replacing: "[run, create]", by: "[poll]"), 6, "holds an unknown word"),
        Row(
            "rules/a.yaml", Self.rule(replacing: "    operations: [run, create]\n", by: ""), 2,
            "'rules[0].operations' is missing"),
        Row(
            "rules/a.yaml", Self.rule(replacing: "    commands: [{script: hello}]\n", by: ""), 2,
            "'rules[0].commands' is missing"),
        Row(
            "rules/a.yaml", Self.rule(replacing: "    targets: [{group: web}]\n", by: ""), 2,
            "'rules[0].targets' is missing"),
        Row("rules/a.yaml", Self.rule(replacing: "[{group: web}]", by: "[]"), 7, "'rules[0].targets' is empty"),
        Row("rules/a.yaml", Self.targets("{group: db}"), 7, "names no target group"),
        Row(
            "rules/a.yaml", Self.targets("{group: web, virtualMachine: x}"), 7,
            "unknown key 'rules[0].targets[0].virtualMachine'"),
        Row("rules/a.yaml", Self.targets("{resourceGroup: a, virtualMachine: b}"), 7, "needs a subscription"),
        Row(
            "rules/a.yaml", Self.targets("{subscription: \"*\", virtualMachine: b}"), 7,
            "needs the machine's resourceGroup"),
        Row("rules/a.yaml", Self.targets("{subscription: \"*\", resourceGroup: b}"), 7, "names no machine"),
        Row(
            "rules/a.yaml", Self.targets("{subscription: \"*\", location: b}"), 7,
            "which only the operation catalog has"),
        Row(
            "rules/a.yaml", Self.targets("{subscription: mine, resourceGroup: a, virtualMachine: b}"), 7,
            "must be a GUID or a glob"),
        Row(
            "rules/a.yaml", Self.targets("{subscription: \"*\", resourceGroup: a, virtualMachine: \"b?\"}"), 7,
            "holds a character that no name has"),
        Row(
            "rules/a.yaml", Self.targets("{subscription: \"*\", resourceGroup: a, virtualMachine: b, scaleSet: c}"), 7,
            "names both"),
        Row(
            "rules/a.yaml", Self.targets("{subscription: \"*\", resourceGroup: a, virtualMachine: b, instance: \"1\"}"),
            7, "an instance without its scaleSet"),
        Row("rules/a.yaml", Self.targets("{}"), 7, "names nothing"),
        Row("rules/a.yaml", Self.rule(replacing: "[{script: hello}]", by: "[]"), 8, "'rules[0].commands' is empty"),
        Row("rules/a.yaml", Self.commands("{script: goodbye}"), 8, "names no script of scripts/catalog.yaml"),
        Row("rules/a.yaml", Self.commands("{script: hello, commandId: RunShellScript}"), 8, "stands in the catalogue"),
        Row("rules/a.yaml", Self.commands("{script: hello, builtIn: x}"), 8, "exactly one of"),
        Row("rules/a.yaml", Self.commands("{parameters: {}}"), 8, "exactly one of"),
        Row("rules/a.yaml", Self.commands("{sha256: abc, commandId: RunShellScript}"), 8, "64 hexadecimal digits"),
        Row(
            "rules/a.yaml", Self.commands("{sha256: \(Self.digest)}"), 8, "'rules[0].commands[0].commandId' is missing"),
        Row(
            "rules/a.yaml", Self.commands("{sha256: \(Self.digest), commandId: ifconfig}"), 8,
            "under any other built-in"),
        Row(
            "rules/a.yaml", Self.commands("{sha256: \(Self.digest), commandId: RunShellScript, parameters: any}"), 8,
            "only with anyScript"),
        Row(
            "rules/a.yaml",
            Self.commands("{sha256: \(Self.digest), commandId: RunShellScript, parameters: {PATH: {}}}"), 8,
            "steers a shell"),
        Row(
            "rules/a.yaml", Self.commands("{sha256: \(Self.digest), commandId: RunShellScript, parameters: {a-b: {}}}"),
            8, "cannot be allowed"),
        Row(
            "rules/a.yaml",
            Self.commands(
                "{sha256: \(Self.digest), commandId: RunShellScript, parameters: {a: {}}, protectedParameters: {A: {}}}"
            ), 8, "a second time"),
        Row(
            "rules/a.yaml",
            Self.commands("{sha256: \(Self.digest), commandId: RunShellScript, parameters: {a: {pattern: \"^a\"}}}"), 8,
            "has an anchor"),
        Row(
            "rules/a.yaml",
            Self.commands("{sha256: \(Self.digest), commandId: RunShellScript, parameters: {a: {patern: a}}}"), 8,
            "is 'pattern' meant?"),
        Row(
            "rules/a.yaml",
            Self.commands(
                "{sha256: \(Self.digest), commandId: RunShellScript, parameters: {a: {pattern: a, oneOf: [a]}}}"), 8,
            "beside a pattern"),
        Row(
            "rules/a.yaml",
            Self.commands("{sha256: \(Self.digest), commandId: RunShellScript, parameters: {a: {oneOf: []}}}"), 8,
            "is empty"),
        Row("rules/a.yaml", Self.commands("{builtIn: runshellscript}"), 8, "exists to carry a script"),
        Row("rules/a.yaml", Self.commands("{builtIn: RunPowerShellScript}"), 8, "exists to carry a script"),
        Row("rules/a.yaml", Self.commands("{builtIn: a b}"), 8, "must be a command id"),
        Row("rules/a.yaml", Self.commands("{builtIn: a, parameters: any}"), 8, "only with anyScript"),
        Row("rules/a.yaml", Self.commands("{anyScript: false, commandId: RunShellScript}"), 8, "may only be true"),
        Row("rules/a.yaml", Self.rule("limits: {timeoutSeconds: 5399}"), 9, "is under 5400"),
        Row("rules/a.yaml", Self.rule("limits: {timeoutSeconds: 0}"), 9, "must be from 1"),
        Row("rules/a.yaml", Self.rule("limits: {seconds: 6000}"), 9, "unknown key 'rules[0].limits.seconds'"),
        Row("rules/a.yaml", Self.rule("family: diagnostic"), 9, "does not go with run"),
        Row("rules/a.yaml", Self.rule("family: other"), 9, "must be one of standard, diagnostic"),
        Row("rules/a.yaml", Self.rule("runAs: []"), 9, "'rules[0].runAs' is empty"),
        Row("rules/a.yaml", Self.rule("runAs: [\"a b\"]"), 9, "no account can be called"),
        Row("rules/a.yaml", Self.rule("managedIdentities: [mine]"), 9, "takes system and GUIDs"),
        Row("rules/a.yaml", Self.rule("outputBlobs: [\"http://a.example/b/c\"]"), 9, "must begin with https"),
        Row("rules/a.yaml", Self.rule("galleryScripts: [\"/subscriptions/x\"]"), 9, "with a fixed version"),
        Row(
            "rules/a.yaml",
            Self.rule(replacing: "commands: [{script: hello}]", by: "galleryScripts: [\(Self.gallery)]")
                + "    scriptURIs: {mode: inline, hosts: [scripts.example.com]}\n", 9, "a gallery script has no address"
        ),
        Row("rules/a.yaml", Self.rule("scriptShells: [bash]"), 9, "known are Default, Powershell7"),
        Row("rules/a.yaml", Self.rule("apiVersions: [2024-01-01]"), 9, "holds an unknown word"),
        Row(
            "rules/a.yaml", "rules:\n  - {id: x, effect: deny, limits: {timeoutSeconds: 5}}\n", 2,
            "has no meaning in a deny rule"),
        Row(
            "rules/a.yaml", "rules:\n  - {id: x, effect: deny, storedSecrets: false}\n", 2,
            "may only be true in a deny rule"),
        Row(
            "rules/a.yaml", "rules:\n  - {id: x, effect: deny, targets: [{instance: \"1\"}]}\n", 2,
            "an instance without its scaleSet"),
        Row("rules/b.yml", "rules: []\n", nil, "only rule files named *.yaml belong here"),
        Row("scripts/catalog.yaml", "scripts: {}\n", 1, "is empty"),
        Row("scripts/catalog.yaml", Self.catalog("colour: red"), 5, "unknown key 'scripts.hello.colour'"),
        Row(
            "scripts/catalog.yaml", SampleBundle.catalog.replacingOccurrences(of: "hello.sh", with: "../bundle.yaml"),
            3, "inside scripts/"),
        Row(
            "scripts/catalog.yaml", SampleBundle.catalog.replacingOccurrences(of: "hello.sh", with: "/etc/passwd"), 3,
            "inside scripts/"),
        Row(
            "scripts/catalog.yaml", SampleBundle.catalog.replacingOccurrences(of: "hello.sh", with: "none.sh"), 3,
            "does not exist"),
        Row(
            "scripts/catalog.yaml", SampleBundle.catalog.replacingOccurrences(of: "RunShellScript", with: "ifconfig"),
            4, "must be RunShellScript or"),
        Row("scripts/hello.sh", "\u{FEFF}echo hello\n", 3, "byte-order mark"),
        Row("scripts/hello.sh", "\n", 3, "is empty"),
        Row(
            "scripts/hello.sh", String(repeating: ":\n", count: 65_536) + "id\n", 3,
            "has 65537 lines; an action carries at most 65536"),
        Row(
            "scripts/hello.sh", String(repeating: ":", count: 262_145), 3,
            "has 262145 bytes, which is more than the 262144 that are taken"),
    ]

    @Test(arguments: Self.rows)
    func refuses(row: Row) throws {
        let bundle = try SampleBundle([row.file: row.text])
        defer { bundle.remove() }
        // A problem with a script stands where the catalogue names it.
        let file = row.file == "scripts/hello.sh" ? "scripts/catalog.yaml" : row.file
        let error = try #require(throws: BundleProblems.self) { try PolicyBundle.load(directory: bundle.path) }
        let found = error.problems.contains { problem in
            problem.severity == .error && problem.file == bundle.path + "/" + file && problem.line == row.line
                && problem.message.contains(row.message)
        }
        #expect(found, "\(error.description)")
    }

    /// A rule may be for scripts of a gallery and for nothing else.
    @Test func galleryScriptsAloneAreEnough() throws {
        let rules = Self.rule(replacing: "commands: [{script: hello}]", by: "galleryScripts: [\(Self.gallery)]")
            .replacingOccurrences(of: "[run, create]", with: "[create]")
        let bundle = try SampleBundle(["rules/a.yaml": rules])
        defer { bundle.remove() }
        let loaded = try PolicyBundle.load(directory: bundle.path)
        #expect(loaded.warnings.isEmpty)
        let commands = try #require(loaded.policy.rules.first?.commands)
        #expect(commands.entries.isEmpty)
        #expect(commands.galleryScripts.count == 1)
        func decide(_ source: ScriptSource) throws -> Decision {
            loaded.policy.decide(
                PolicyRequest(
                    principal: Principal(kind: .user, id: "10000000-0000-0000-0000-000000000001"), operation: .create,
                    family: .standard,
                    target: ResourceTarget(
                        subscription: "00000000-0000-0000-0000-00000000000a", resourceGroup: "rg",
                        machine: .virtualMachine("web-01"), runCommand: "tidy"), apiVersion: "2025-04-01",
                    command: Command(source: source)))
        }
        #expect(try decide(.gallery(Self.gallery)).effect == .allow)
        #expect(try decide(.inline(commandID: nil, script: ScriptText("echo hello"))).effect == .deny)
        let run = try SampleBundle([
            "rules/a.yaml": rules.replacingOccurrences(of: "[create]", with: "[run]")
        ])
        defer { run.remove() }
        #expect(
            try PolicyBundle.load(directory: run.path).warnings.contains { $0.message.contains("no gallery script") })
    }

    /// The longest script that an action can carry.
    @Test func aScriptOfTheMostLinesLoads() throws {
        let bundle = try SampleBundle(["scripts/hello.sh": String(repeating: ":\n", count: 65_536)])
        defer { bundle.remove() }
        #expect(try PolicyBundle.load(directory: bundle.path).warnings.isEmpty)
    }

    @Test func loads() throws {
        let bundle = try SampleBundle()
        defer { bundle.remove() }
        let loaded = try PolicyBundle.load(directory: bundle.path)
        #expect(loaded.name == "x")
        #expect(loaded.revision == "r")
        #expect(loaded.policy.rules.map(\.id) == ["hello"])
        #expect(loaded.warnings.isEmpty)
    }

    /// Every member that the policy language has and this version reads, in one rule.
    @Test func everyMemberLoads() throws {
        let digest = ScriptText("echo").digest.uppercased()
        let rules = """
            rules:
              - id: everything
                description: All members.
                effect: allow
                principals: [group:sre, "app:20000000-0000-0000-0000-000000000001", certificate:spiffe://contoso/runner]
                operations: [create, update, delete, read, list, catalog, companion]
                family: standard
                targets:
                  - {subscription: 00000000-0000-0000-0000-000000000000, resourceGroup: rg-*, virtualMachine: w-*, runCommand: "*"}
                  - {subscription: 00000000-0000-0000-0000-000000000000, resourceGroup: rg-*, scaleSet: w-*, instance: "*"}
                  - {subscription: 00000000-0000-0000-0000-000000000000, location: westus}
                  - {group: web}
                commands:
                  - {script: hello}
                  - {sha256: \(digest), commandId: RunShellScript, parameters: {a: {oneOf: ["1"]}}, protectedParameters: {t: {}}}
                  - {builtIn: IPConfig, parameters: {}}
                storedSecrets: false
                scriptURIs: {mode: inline, hosts: [contososcripts.blob.core.windows.net], maximumBytes: 1048576}
                galleryScripts: [/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/g/providers/Microsoft.Compute/galleries/g/scripts/s/versions/1.0.0]
                managedIdentities: [system, 20000000-0000-0000-0000-000000000001]
                runAs: [default, svc-maint]
                limits: {timeoutSeconds: 600, asyncExecution: false, treatFailureAsDeploymentFailure: true}
                outputBlobs: [https://contosologs.blob.core.windows.net/run/*]
                errorBlobs: [https://contosologs.blob.core.windows.net/run/*]
                scriptShells: [Default]
                apiVersions: ["2023-09-01", "2024-11-01"]

            """
        let bundle = try SampleBundle(["rules/a.yaml": rules])
        defer { bundle.remove() }
        let loaded = try PolicyBundle.load(directory: bundle.path)
        let rule = try #require(loaded.policy.rules.first)
        #expect(loaded.warnings.isEmpty)
        #expect(rule.targets?.count == 4)
        #expect(rule.commands?.entries.count == 3)
        #expect(rule.commands?.entries[1].source == .script(digest: digest.lowercased()))
        #expect(rule.commands?.galleryScripts.count == 1)
        #expect(rule.runAs == AccountSet(hasDefault: true, names: ["svc-maint"]))
        #expect(
            rule.limits
                == Limits(timeoutSeconds: 600, asyncExecution: false, treatFailureAsDeploymentFailure: true))
        #expect(
            rule.scriptAddresses
                == ScriptAddressRule(hosts: ["contososcripts.blob.core.windows.net"], maximumBytes: 1_048_576))
        #expect(rule.scriptShells == ["Default"] && rule.apiVersions == ["2023-09-01", "2024-11-01"])
    }

    /// What comes from an address is allowed by its digest, so a rule without one could never allow it.
    @Test(arguments: [
        ("{anyScript: true, commandId: RunShellScript, parameters: any}", true), ("{builtIn: IPConfig}", true),
        ("{script: hello}", false), ("{script: hello}, {builtIn: IPConfig}", false),
        ("{sha256: \(Self.digest), commandId: RunShellScript}", false),
    ])
    func scriptAddressesNeedAListedScript(commands: String, isRefused: Bool) throws {
        let rule = Self.commands(commands) + "    scriptURIs: {mode: inline, hosts: [a.example.com]}\n"
        let bundle = try SampleBundle(["rules/a.yaml": rule])
        defer { bundle.remove() }
        guard isRefused else {
            let rule = try #require(try PolicyBundle.load(directory: bundle.path).policy.rules.first)
            #expect(rule.scriptAddresses == ScriptAddressRule(hosts: ["a.example.com"], maximumBytes: 262_144))
            return
        }
        let error = try #require(throws: BundleProblems.self) { try PolicyBundle.load(directory: bundle.path) }
        let problem = try #require(error.problems.first { $0.severity == .error })
        #expect(problem.message.contains("needs commands with a script or sha256"))
        #expect(problem.file == "rules/a.yaml" || problem.file.hasSuffix("/rules/a.yaml"))
        #expect(problem.line == 9)
    }

    @Test func scriptAddressesThatMeanNothingAreWarnedOf() throws {
        let address = "    scriptURIs: {mode: inline, hosts: [a.example.com]}\n"
        let action = Self.rule(replacing: "[run, create]", by: "[run]") + address
        let look = Self.rule(replacing: "[run, create]", by: "[read]") + address
        let deny = "rules:\n  - {id: d, effect: deny, scriptURIs: {hosts: [a.example.com], maximumBytes: 1}}\n"
        for (text, message) in [
            (action, "carries no address"), (look, "has no effect"), (deny, "has no meaning in a deny rule"),
        ] {
            let bundle = try SampleBundle(["rules/a.yaml": text])
            defer { bundle.remove() }
            let warnings = try PolicyBundle.load(directory: bundle.path).warnings
            #expect(warnings.contains { $0.message.contains(message) }, "\(warnings)")
        }
        let bundle = try SampleBundle([
            "rules/b.yaml": "rules:\n  - {id: d, effect: deny, scriptURIs: {mode: inline, hosts: [a.example.com]}}\n"
        ])
        defer { bundle.remove() }
        #expect(try PolicyBundle.load(directory: bundle.path).warnings.isEmpty)
    }

    /// A case asks whether a script may be fetched, and how the policy decides once it was.
    @Test func casesOfScriptAddresses() throws {
        func policyCase(_ name: String, _ command: String, _ expectation: String) -> String {
            """
              - name: \(name)
                request:
                  principal: {kind: user, id: 10000000-0000-0000-0000-000000000001}
                  operation: create
                  target: {subscription: 00000000-0000-0000-0000-00000000000a, resourceGroup: rg, virtualMachine: web-1, runCommand: c}
                  command: \(command)
                expect: \(expectation)

            """
        }
        let address = "scriptUri: \"https://a.example.com/hello.sh?sig=1\""
        let cases =
            "cases:\n"
            + policyCase(
                "not fetched", "{\(address)}", "{effect: deny, reason: ScriptAddressNotAllowed, mayFetch: true}")
            + policyCase("fetched", "{\(address), scriptFile: hello.sh}", "{effect: allow, rule: hello}")
            + policyCase("fetched, another text", "{\(address), script: id}", "{effect: deny, reason: ScriptNotListed}")
            + policyCase(
                "another host", "{scriptUri: \"https://b.example.com/hello.sh\"}", "{effect: deny, mayFetch: false}")
            + policyCase(
                "another host, fetched", "{scriptUri: \"https://b.example.com/hello.sh\", scriptFile: hello.sh}",
                "{effect: deny, reason: ScriptAddressNotAllowed}")
        let bundle = try SampleBundle([
            "rules/a.yaml": Self.rule("scriptURIs: {mode: inline, hosts: [a.example.com]}"), "tests/a.yaml": cases,
        ])
        defer { bundle.remove() }
        let policy = try PolicyBundle.load(directory: bundle.path).policy
        let read = try PolicyCaseReader.read(directory: bundle.path)
        #expect(read.count == 5)
        for one in read { #expect(one.failures(against: policy).isEmpty, "\(one.name)") }
        var wrong = try #require(read.first)
        wrong.expectation.mayFetch = false
        #expect(wrong.failures(against: policy).count == 1)

        let odd = try SampleBundle([
            "tests/a.yaml": "cases:\n"
                + policyCase("odd", "{\(address), commandId: RunShellScript, script: id}", "{effect: deny}")
        ])
        defer { odd.remove() }
        #expect(throws: BundleProblems.self) { try PolicyCaseReader.read(directory: odd.path) }
    }

    @Test func oneRuleWithAThousandScripts() throws {
        let scripts = (0..<1_000).map { ScriptText("echo \($0)") }
        let entries = scripts.map { "      - {sha256: \($0.digest), commandId: RunShellScript}\n" }.joined()
        let rule = SampleBundle.rule.replacingOccurrences(of: " [{script: hello}]\n", with: "\n" + entries)
        let bundle = try SampleBundle(["rules/a.yaml": rule])
        defer { bundle.remove() }
        let policy = try PolicyBundle.load(directory: bundle.path).policy
        let target = ResourceTarget(
            subscription: "00000000-0000-0000-0000-00000000000a", resourceGroup: "rg", machine: .virtualMachine("web-1")
        )
        func effect(_ script: ScriptText) -> Decision.Effect {
            policy.decide(
                PolicyRequest(
                    principal: Principal(kind: .user, id: "10000000-0000-0000-0000-000000000001"), operation: .run,
                    target: target, apiVersion: "2025-04-01",
                    command: Command(source: .inline(commandID: "RunShellScript", script: script)))
            ).effect
        }
        #expect(scripts.allSatisfy { effect($0) == .allow })
        #expect(effect(ScriptText("echo 1000")) == .deny)
    }

    @Test func tellsAllProblemsTogether() throws {
        let bundle = try SampleBundle([
            "bundle.yaml": "name: x\nextra: 1\n", "rules/b.yaml": "rules:\n  - {id: a, effect: maybe}\n",
            "scripts/catalog.yaml": "scripts:\n  hello: {file: none.sh}\n",
        ])
        defer { bundle.remove() }
        let error = try #require(throws: BundleProblems.self) { try PolicyBundle.load(directory: bundle.path) }
        #expect(Set(error.problems.filter { $0.severity == .error }.map(\.file)).count == 4)
        #expect(error.problems == error.problems.sorted())
    }

    @Test func emptyAndAbsentBundlesAreRefused() throws {
        let bundle = try SampleBundle(["rules/a.yaml": nil])
        defer { bundle.remove() }
        let empty = try #require(throws: BundleProblems.self) { try PolicyBundle.load(directory: bundle.path) }
        #expect(empty.description.contains("has no rules"))
        let absent = try #require(throws: BundleProblems.self) {
            try PolicyBundle.load(directory: bundle.path + "/none")
        }
        #expect(absent.description.contains("does not exist"))
    }

    @Test func linksOutOfTheBundleAreRefused() throws {
        let other = try SampleBundle()
        let bundle = try SampleBundle(["scripts/hello.sh": nil])
        defer {
            bundle.remove()
            other.remove()
        }
        try FileManager.default.createSymbolicLink(
            atPath: bundle.path + "/scripts/hello.sh", withDestinationPath: other.path + "/scripts/hello.sh")
        let error = try #require(throws: BundleProblems.self) { try PolicyBundle.load(directory: bundle.path) }
        #expect(error.description.contains("leads out of the bundle"))
        // One that stays inside is how mounts of Kubernetes look.
        let inside = try SampleBundle(["scripts/hello.sh": nil, "scripts/.data": "echo hello\n"])
        defer { inside.remove() }
        try FileManager.default.createSymbolicLink(
            atPath: inside.path + "/scripts/hello.sh", withDestinationPath: ".data")
        _ = try PolicyBundle.load(directory: inside.path)
    }

    @Test func severalTenantsNeedQualifiedIDs() throws {
        let tenant = "40000000-0000-0000-0000-000000000001"
        let bundle = try SampleBundle()
        defer { bundle.remove() }
        let error = try #require(throws: BundleProblems.self) {
            try PolicyBundle.load(directory: bundle.path, requiresTenants: true)
        }
        #expect(error.problems.map(\.line) == [4])
        let text = SampleBundle.bundle.replacingOccurrences(of: "user:", with: "user:\(tenant)/")
            .replacingOccurrences(of: "group:3", with: "group:\(tenant)/3")
        let qualified = try SampleBundle(["bundle.yaml": text])
        defer { qualified.remove() }
        _ = try PolicyBundle.load(directory: qualified.path, requiresTenants: true)
    }

    @Test func warns() throws {
        let any = Self.commands("{anyScript: true, commandId: RunShellScript, parameters: any}")
        let bundle = try SampleBundle([
            "rules/a.yaml": any, "scripts/stray.sh": "x", "scripts/hello.sh": "echo hello\r\n",
            "rules/b.yaml": "rules:\n  - {id: all, effect: deny}\n", "rule.yaml": "",
        ])
        defer { bundle.remove() }
        let warnings = try PolicyBundle.load(directory: bundle.path).warnings.map(\.message)
        #expect(warnings.count == 5)
        for part in ["run whatever they like", "does not name this file", "has CR", "denies everything", "not a part"] {
            #expect(warnings.contains { $0.contains(part) }, "\(part)")
        }
    }
}
