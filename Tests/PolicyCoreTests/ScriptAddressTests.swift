import ARMModel
import PolicyCore
import Redaction
import Testing

/// Scripts by address: what may be fetched, and what a fetched text may do.
@Suite struct ScriptAddressTests {
    static let host = "scripts.example.com"
    static let address = "https://scripts.example.com/run/report.sh?sig=1"

    static func fetching(
        _ hosts: String..., bytes: Int = ScriptAddressRule.defaultMaximumBytes, id: String = "allow",
        _ change: (inout Rule) throws -> Void = { _ in }
    ) throws -> Rule {
        try Sample.allow(id) {
            $0.scriptAddresses = ScriptAddressRule(hosts: hosts.isEmpty ? [Self.host] : hosts, maximumBytes: bytes)
            try change(&$0)
        }
    }

    /// A command whose script has not been fetched.
    static func named(
        _ text: String = Self.address, identity: Known<ManagedIdentity?> = .known(nil),
        _ change: (inout Command) -> Void = { _ in }
    ) throws -> Command {
        let address = try Sample.address(text)
        return Sample.command {
            $0.source = .known(.address(address, identity: identity))
            change(&$0)
        }
    }

    /// A command with the text of the address in its place.
    static func fetched(_ script: ScriptText = Sample.script, from text: String = Self.address) throws -> Command {
        let address = try Sample.address(text)
        return Sample.command {
            $0.source = .known(.inline(commandID: nil, script: script))
            $0.fetchedFrom = address
        }
    }

    // MARK: The nearest rule

    /// A rule that takes scripts from addresses speaks of a wrong one, wherever it stands.
    @Test(arguments: [
        ("http://scripts.example.com/x", "must be https"), ("https://u@scripts.example.com/x", "user information"),
        ("https://scripts.example.com:8443/x", "no port but 443"),
        ("https://other.example.com/x", "does not list the host"),
    ])
    func aWrongAddressIsToldByTheRuleForAddresses(address: String, message: String) throws {
        for operation in [ARMModel.Operation.create, .update] {
            let policy = Sample.policy(
                try Sample.allow("without"), try Self.fetching(id: "with"), try Sample.allow("another"))
            let request = Sample.request(operation, command: try Self.named(address))
            for decision in [policy.decide(request), try #require(policy.couldAllow(request))] {
                #expect(decision.reasons.map(\.target) == ["with"])
                #expect(decision.reasons.map(\.code) == ["ScriptAddressNotAllowed"])
                #expect(decision.reasons.first?.message.contains(message) == true)
            }
        }
    }

    @Test func anIdentityIsToldByTheRuleForAddresses() throws {
        let policy = Sample.policy(try Sample.allow("without"), try Self.fetching(id: "with"))
        let command = try Self.named(identity: .known(.system))
        let decision = policy.decide(Sample.request(command: command))
        #expect(decision.reasons.contains { $0.target == "with" && $0.message.contains("without a managed identity") })
        #expect(!decision.reasons.contains { $0.message.contains("is not judged unless") })
    }

    // MARK: Fetched

    @Test func fetchedScriptNeedsHostAndDigest() throws {
        let policy = Sample.policy(try Self.fetching())
        #expect(policy.decide(Sample.request(command: try Self.fetched())).effect == .allow)
        #expect(policy.decide(Sample.request(.update, command: try Self.fetched())).effect == .allow)
        let other = policy.decide(Sample.request(command: try Self.fetched(ScriptText("id"))))
        #expect(other.reasons.map(\.code) == ["ScriptNotListed"])
        // The same text from the request itself has nothing to do with addresses.
        #expect(policy.decide(Sample.request()).effect == .allow)
    }

    @Test(arguments: [
        "https://other.example.com/run/report.sh", "https://a.scripts.example.com/x", "https://example.com/x",
        "http://scripts.example.com/x", "https://user@scripts.example.com/x", "https://scripts.example.com:8443/x",
        "https://scripts.example.com./x", "https://scripts.example.com.evil.example/x", "https://203.0.113.7/x",
    ])
    func fetchedFromElsewhereIsRefused(address: String) throws {
        let policy = Sample.policy(try Self.fetching())
        let decision = policy.decide(Sample.request(command: try Self.fetched(from: address)))
        #expect(decision.effect == .deny)
        #expect(decision.reasons.map(\.code) == ["ScriptAddressNotAllowed"])
        #expect(decision.reasons.first?.target == "allow")
    }

    @Test func hostComparesWithoutCaseAndPortMayBeWritten() throws {
        let policy = Sample.policy(try Self.fetching("SCRIPTS.example.com"))
        for text in ["HTTPS://Scripts.EXAMPLE.com/x", "https://scripts.example.com:443/x"] {
            #expect(policy.decide(Sample.request(command: try Self.fetched(from: text))).effect == .allow)
        }
    }

    @Test func withoutScriptURIsTheFieldIsRefused() throws {
        let policy = Sample.policy(try Sample.allow())
        let decision = policy.decide(Sample.request(command: try Self.fetched()))
        #expect(decision.reasons.map(\.code) == ["ScriptAddressNotAllowed"])
        guard case .refused(let refusal) = policy.mayFetch(Sample.request(command: try Self.named())) else {
            Issue.record("granted")
            return
        }
        #expect(refusal.reasons.map(\.code).contains("ScriptAddressNotAllowed"))
        #expect(refusal.reasons[0].message.contains("properties.source.scriptUri"))
    }

    @Test func anyScriptIsInlineTextOnly() throws {
        let policy = Sample.policy(
            try Self.fetching {
                $0.commands = CommandSet([CommandRule(source: .anyScript, carrier: .shell, parameters: .any)])
            })
        #expect(policy.decide(Sample.request(command: Sample.command())).effect == .allow)
        let decision = policy.decide(Sample.request(command: try Self.fetched()))
        #expect(decision.reasons.map(\.code) == ["ScriptNotListed"])
        // Nothing that could be fetched would be allowed, so nothing is.
        guard case .refused(let refusal) = policy.mayFetch(Sample.request(command: try Self.named())) else {
            Issue.record("granted")
            return
        }
        #expect(refusal.reasons.map(\.code) == ["ScriptNotListed"])

        let both = Sample.policy(
            try Self.fetching {
                $0.commands = CommandSet([
                    CommandRule(source: .anyScript, carrier: .shell, parameters: .any),
                    CommandRule(source: .script(digest: Sample.script.digest), carrier: .shell),
                ])
            })
        let allowed = both.decide(Sample.request(command: try Self.fetched()))
        #expect(allowed.effect == .allow)
        #expect(!allowed.isAnyScript)
        #expect(both.decide(Sample.request(command: try Self.fetched(ScriptText("id")))).effect == .deny)
    }

    // MARK: Not fetched yet

    @Test func addressAloneIsNeverAllowed() throws {
        let policy = Sample.policy(try Self.fetching())
        let decision = policy.decide(Sample.request(command: try Self.named()))
        #expect(decision.reasons.map(\.code) == ["ScriptAddressNotAllowed"])
        #expect(decision.reasons[0].message.contains("fetched"))
    }

    @Test func mayBeFetchedWhereARuleCouldAllow() throws {
        let small = try Self.fetching(bytes: 10, id: "small")
        let large = try Self.fetching(bytes: 1_000, id: "large")
        let elsewhere = try Self.fetching("other.example.com", bytes: 100_000, id: "elsewhere")
        let others = try Self.fetching(bytes: 100_000, id: "others") {
            $0.principals = PrincipalSet([.user(try Sample.id(Sample.application))])
        }
        let policy = Sample.policy(small, large, elsewhere, others)
        #expect(policy.fetchesScripts)
        #expect(!Sample.policy(try Sample.allow()).fetchesScripts)
        for operation in [ARMModel.Operation.create, .update] {
            let request = Sample.request(operation, command: try Self.named())
            #expect(policy.mayFetch(request) == .granted(maximumBytes: 1_000))
            #expect(policy.couldAllow(request) == nil)
        }
    }

    struct Refusal: Sendable, CustomTestStringConvertible {
        var name: String
        var reason: ReasonCode
        var rule: @Sendable (inout Rule) throws -> Void = { _ in }
        var request: @Sendable (inout PolicyRequest) throws -> Void
        var testDescription: String { self.name }
    }

    static let refusals: [Refusal] = [
        Refusal(name: "http", reason: .scriptAddressNotAllowed) {
            $0.command = try Self.named("http://scripts.example.com/x")
        },
        Refusal(name: "user information", reason: .scriptAddressNotAllowed) {
            $0.command = try Self.named("https://u:p@scripts.example.com/x")
        },
        Refusal(name: "port", reason: .scriptAddressNotAllowed) {
            $0.command = try Self.named("https://scripts.example.com:80/x")
        },
        Refusal(name: "host", reason: .scriptAddressNotAllowed) {
            $0.command = try Self.named("https://other.example.com/x")
        },
        Refusal(name: "metadata service", reason: .scriptAddressNotAllowed) {
            $0.command = try Self.named("https://169.254.169.254/metadata/instance")
        },
        Refusal(
            name: "identity", reason: .scriptAddressNotAllowed,
            rule: { rule in
                rule.managedIdentities = IdentitySet(hasSystem: true, ids: [])
            }
        ) {
            $0.command = try Self.named(identity: .known(.system))
        },
        Refusal(name: "stored address", reason: .scriptAddressNotAllowed) {
            var address = try Sample.address(Self.address)
            address.query = .unknown
            $0.command?.source = .known(.address(address, identity: .unknown))
        },
        Refusal(name: "parameter", reason: .parameterNotListed) {
            $0.command = try Self.named { $0.parameters = .known([Parameter(name: "a", value: "b")]) }
        },
        Refusal(name: "account", reason: .runAsNotListed) {
            $0.command = try Self.named { $0.runAsUser = .known("svc") }
        },
        Refusal(name: "time-out", reason: .timeoutTooLong, rule: { $0.limits.timeoutSeconds = 60 }) {
            $0.command = try Self.named { $0.timeoutSeconds = .known(61) }
        },
        Refusal(name: "floor", reason: .belowFloor) { $0.command = try Self.named { $0.runAsUser = .known("x;id") } },
        Refusal(name: "target", reason: .targetNotListed) {
            $0.command = try Self.named()
            $0.target.resourceGroup = "other"
        },
        Refusal(name: "caller", reason: .principalNotListed) {
            $0.command = try Self.named()
            $0.principal.id = Sample.application
        },
        Refusal(
            name: "groups that the token left out", reason: .principalGroupsUnknown,
            rule: { $0.principals = PrincipalSet([.group(try Sample.id(Sample.group))]) }
        ) {
            $0.command = try Self.named()
            $0.principal.groups = .unknown
        },
        Refusal(name: "operation", reason: .operationNotListed, rule: { $0.operations = OperationSet([.update]) }) {
            $0.command = try Self.named()
        },
        Refusal(name: "family", reason: .familyNotListed) {
            $0.command = try Self.named()
            $0.family = .diagnostic
        },
        Refusal(
            name: "gallery alone", reason: .scriptNotListed,
            rule: { $0.commands = CommandSet([], galleryScripts: ["/g"]) }
        ) { $0.command = try Self.named() },
        Refusal(
            name: "built-in alone", reason: .scriptNotListed,
            rule: { $0.commands = CommandSet([CommandRule(source: .builtIn(commandID: "IPConfig"))]) }
        ) { $0.command = try Self.named() },
    ]

    @Test(arguments: Self.refusals)
    func isNotFetched(refusal: Refusal) throws {
        let rule = try Self.fetching { try refusal.rule(&$0) }
        var request = Sample.request()
        try refusal.request(&request)
        guard case .refused(let decision) = Sample.policy(rule).mayFetch(request) else {
            Issue.record("granted")
            return
        }
        #expect(decision.effect == .deny)
        #expect(decision.reasons.contains { $0.code == refusal.reason.rawValue }, "\(decision.reasons)")
    }

    @Test func noRuleAtAll() throws {
        guard case .refused(let decision) = Sample.policy().mayFetch(Sample.request(command: try Self.named())) else {
            Issue.record("granted")
            return
        }
        #expect(decision.reasons.map(\.code) == ["NoRule"])
    }

    /// Before the stored command of an update is read, what it may turn out to be does not stand in the way.
    @Test func updateWithTheRestUnread() throws {
        let policy = Sample.policy(try Self.fetching { $0.limits.timeoutSeconds = 60 })
        var partial = Command.unread
        partial.source = try Self.named().source
        #expect(policy.couldAllow(Sample.request(.update, command: partial)) == nil)
        #expect(policy.mayFetch(Sample.request(.update, command: partial)) == .granted(maximumBytes: 262_144))
        partial.timeoutSeconds = .known(61)
        #expect(policy.couldAllow(Sample.request(.update, command: partial)) != nil)
        // A creation has nothing stored: what is unknown there stays unknown.
        partial.timeoutSeconds = .unknown
        guard case .refused = policy.mayFetch(Sample.request(.create, command: partial)) else {
            Issue.record("granted")
            return
        }
    }

    // MARK: Deny

    @Test func denyByHost() throws {
        let deny = try Sample.deny { $0.scriptAddresses = ScriptAddressRule(hosts: [Self.host]) }
        let policy = Sample.policy(try Self.fetching(Self.host, "other.example.com"), deny)
        #expect(policy.decide(Sample.request(command: try Self.fetched())).rule == "deny")
        #expect(
            policy.decide(Sample.request(command: try Self.fetched(from: "https://other.example.com/x"))).effect
                == .allow)
        #expect(policy.decide(Sample.request()).effect == .allow)
        #expect(policy.decide(Sample.request(.read)).effect == .allow)
        guard case .refused(let decision) = policy.mayFetch(Sample.request(command: try Self.named())) else {
            Issue.record("granted")
            return
        }
        #expect(decision.rule == "deny")
        // What an odd spelling means cannot be told, and neither what is stored.
        for text in ["https://scripts.example.com./x", "https://203.0.113.7/x"] {
            #expect(policy.decide(Sample.request(command: try Self.fetched(from: text))).rule == "deny")
        }
        #expect(policy.decide(Sample.request(.update, command: .unread)).rule == "deny")
    }

    @Test func denyByScriptWaitsForTheScript() throws {
        let request = Sample.request(command: try Self.named())
        let script = try Sample.deny {
            $0.commands = CommandSet([CommandRule(source: .script(digest: ScriptText("id").digest))])
        }
        let policy = Sample.policy(try Self.fetching(), script)
        #expect(policy.mayFetch(request) == .granted(maximumBytes: 262_144))
        #expect(policy.decide(Sample.request(command: try Self.fetched(ScriptText("id")))).rule == "deny")
        #expect(policy.decide(Sample.request(command: try Self.fetched())).effect == .allow)
        // A deny of any text needs no text; one of built-ins is of something else.
        let any = try Sample.deny { $0.commands = CommandSet([CommandRule(source: .anyScript)]) }
        #expect(Sample.policy(try Self.fetching(), any).mayFetch(request) != .granted(maximumBytes: 262_144))
        #expect(
            Sample.policy(try Self.fetching(), any).decide(Sample.request(command: try Self.fetched())).rule == "deny")
        let builtIn = try Sample.deny {
            $0.commands = CommandSet([CommandRule(source: .builtIn(commandID: "IPConfig"))])
        }
        #expect(Sample.policy(try Self.fetching(), builtIn).mayFetch(request) == .granted(maximumBytes: 262_144))
        let everything = try Sample.deny()
        guard case .refused(let decision) = Sample.policy(try Self.fetching(), everything).mayFetch(request) else {
            Issue.record("granted")
            return
        }
        #expect(decision.rule == "deny")
    }

    // MARK: Hosts of a rule

    @Test(arguments: [
        "*.example.com", "https://a.example", "a.example/x", "u@a.example", "a.example:443", "10.0.0.1", "127.1",
        "a.0x7f", "[::1]", "localhost", "A.example", "a.example.", ".a.example", "-a.example", "a-.example",
        "a..example",
        "", "a b.example", "ä.example",
    ])
    func hostThatIsNone(host: String) { #expect(ScriptAddressRule.problem(withHost: host) != nil) }

    @Test(arguments: [
        "contososcripts.blob.core.windows.net", "a_b.example", "x1.example", "xn--4ca.example", "1.example",
    ])
    func hostOfARule(host: String) { #expect(ScriptAddressRule.problem(withHost: host) == nil) }
}
