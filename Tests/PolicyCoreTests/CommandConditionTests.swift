import ARMModel
import PolicyCore
import Redaction
import Testing

/// Every condition about what runs: listed, not listed, unknown.
@Suite struct CommandConditionTests {
    struct Row: Sendable, CustomTestStringConvertible {
        var name: String
        var condition: Condition
        var allow: @Sendable (inout Rule) throws -> Void
        var command: @Sendable (inout Command) throws -> Void
        var expected: Truth
        /// A code among the reasons, where the condition does not hold.
        var reason: ReasonCode?
        var testDescription: String { self.name }

        init(
            _ name: String, _ condition: Condition, _ expected: Truth, _ reason: ReasonCode? = nil,
            rule: @escaping @Sendable (inout Rule) throws -> Void = { _ in },
            command: @escaping @Sendable (inout Command) throws -> Void = { _ in }
        ) {
            self.name = name
            self.condition = condition
            self.allow = rule
            self.command = command
            self.expected = expected
            self.reason = reason
        }
    }

    private static func listing(
        _ plain: [String: ParameterConstraint] = [:], _ protected: [String: ParameterConstraint] = [:]
    ) -> @Sendable (inout Rule) -> Void {
        { rule in
            rule.commands = CommandSet([
                CommandRule(
                    source: .script(digest: Sample.script.digest), carrier: .shell, parameters: .listed(plain),
                    protectedParameters: .listed(protected))
            ])
        }
    }

    private static func parameter(_ name: String, _ value: String) -> @Sendable (inout Command) -> Void {
        { $0.parameters = .known([Parameter(name: name, value: value)]) }
    }

    private static let blob = "https://logs.blob.core.windows.net/run/a.txt"
    private static let gallery =
        "/subscriptions/\(Sample.subscription)/resourceGroups/g/providers/Microsoft.Compute/galleries/g/scripts/s/versions/1.0.0"
    private static let oneOf = ParameterConstraint(values: .oneOf(["info", "debug"]))

    static func rows() throws -> [Row] {
        let pattern = ParameterConstraint(values: .pattern(try LinearPattern("[a-z]{1,4}")))
        let blobs = [try BlobPattern("https://LOGS.blob.core.windows.net/run/*")]
        let plain = try Sample.address(Self.blob)
        let hidden: WebAddress = {
            var address = plain
            address.query = .unknown
            return address
        }()
        let identity = Sample.person
        return [
            Row("digest", .command, .holds),
            Row(
                "other digest", .command, .fails, .scriptNotListed,
                command: {
                    $0.source = .known(.inline(commandID: nil, script: ScriptText("id")))
                }),
            Row("no source", .command, .fails, .sourceMissing, command: { $0.source = .known(nil) }),
            Row("stored source", .command, .unknown, .storedValueUnknown, command: { $0.source = .unknown }),
            Row(
                "stored source, impossible parameters", .command, .fails, .parameterNotListed,
                command: {
                    $0.source = .unknown
                    $0.parameters = .known([Parameter(name: "x", value: "y")])
                }),
            Row(
                "address", .command, .fails, .scriptAddressNotAllowed,
                command: {
                    $0.source = .known(.address(try Sample.address("https://a.example/x"), identity: .known(nil)))
                }),
            Row(
                "gallery, not listed", .command, .fails, .galleryScriptNotListed,
                command: { $0.source = .known(.gallery(Self.gallery)) }),
            Row(
                "gallery, listed", .command, .holds,
                rule: { $0.commands = CommandSet($0.commands?.entries ?? [], galleryScripts: [Self.gallery]) },
                command: { $0.source = .known(.gallery(Self.gallery.uppercased())) }),
            Row(
                "gallery, listed, with parameters", .command, .fails, .parameterNotListed,
                rule: { $0.commands = CommandSet($0.commands?.entries ?? [], galleryScripts: [Self.gallery]) },
                command: {
                    $0.source = .known(.gallery(Self.gallery))
                    $0.parameters = .known([Parameter(name: "a", value: "")])
                }),
            Row(
                "any script does not take an address", .command, .fails, .scriptAddressNotAllowed,
                rule: {
                    $0.commands = CommandSet([CommandRule(source: .anyScript, carrier: .shell, parameters: .any)])
                },
                command: { $0.source = .known(.address(plain, identity: .known(nil))) }),
            Row(
                "any script does not take a built-in", .command, .fails, .builtInNotListed,
                rule: {
                    $0.commands = CommandSet([CommandRule(source: .anyScript, carrier: .shell, parameters: .any)])
                },
                command: { $0.source = .known(.builtIn(commandID: "RunShellScript")) }),
            Row("no parameter is listed", .command, .fails, .parameterNotListed, command: Self.parameter("a", "b")),
            Row("pattern", .command, .holds, rule: Self.listing(["a": pattern]), command: Self.parameter("a", "abcd")),
            Row(
                "outside the pattern", .command, .fails, .parameterValueNotAllowed, rule: Self.listing(["a": pattern]),
                command: Self.parameter("a", "abcde")),
            Row(
                "name in other case", .command, .fails, .parameterNotListed, rule: Self.listing(["a": pattern]),
                command: Self.parameter("A", "abcd")),
            Row(
                "one of", .command, .holds, rule: Self.listing(["a": Self.oneOf]), command: Self.parameter("a", "info")),
            Row(
                "none of", .command, .fails, .parameterValueNotAllowed, rule: Self.listing(["a": Self.oneOf]),
                command: Self.parameter("a", "INFO")),
            Row(
                "required and absent", .command, .fails, .parameterMissing,
                rule: Self.listing(["a": ParameterConstraint(isRequired: true)])),
            Row("listed and absent", .command, .holds, rule: Self.listing(["a": ParameterConstraint()])),
            Row(
                "listed as plain, sent as protected", .command, .fails, .parameterNotListed,
                rule: Self.listing(["a": ParameterConstraint()]),
                command: { $0.protectedParameters = .known([ProtectedParameter(name: "a", value: Secret("b"))]) }),
            Row(
                "protected, in its pattern", .command, .holds, rule: Self.listing([:], ["a": pattern]),
                command: { $0.protectedParameters = .known([ProtectedParameter(name: "a", value: Secret("b"))]) }),
            Row(
                "protected, outside", .command, .fails, .parameterValueNotAllowed,
                rule: Self.listing([:], ["a": pattern]),
                command: { $0.protectedParameters = .known([ProtectedParameter(name: "a", value: Secret("B"))]) }),
            Row("stored parameters", .command, .unknown, .storedValueUnknown, command: { $0.parameters = .unknown }),
            Row(
                "stored protected parameters", .command, .unknown, .storedValueUnknown,
                command: { $0.protectedParameters = .unknown }),
            Row(
                "stored protected parameters, taken", .command, .holds, rule: { $0.storedSecrets = true },
                command: { $0.protectedParameters = .unknown }),
            Row(
                "stored plain parameters are never taken unread", .command, .unknown, .storedValueUnknown,
                rule: { $0.storedSecrets = true }, command: { $0.parameters = .unknown }),
            Row("no stored secrets", .storedSecrets, .holds),
            Row(
                "stored password", .storedSecrets, .unknown, .storedSecretsNotAllowed,
                command: { $0.runAsPassword = .unknown }),
            Row(
                "stored query", .storedSecrets, .unknown, .storedSecretsNotAllowed,
                command: { $0.outputBlob = .known(hidden) }),
            Row(
                "stored identity of an address", .storedSecrets, .unknown, .storedSecretsNotAllowed,
                command: {
                    $0.errorBlob = .known(plain)
                    $0.errorBlobIdentity = .unknown
                }),
            Row(
                "stored identity without an address", .storedSecrets, .holds,
                command: { $0.errorBlobIdentity = .unknown }),
            Row(
                "stored secrets, taken", .storedSecrets, .holds, rule: { $0.storedSecrets = true },
                command: { $0.runAsPassword = .unknown }),
            Row("no identity", .managedIdentities, .holds),
            Row(
                "identity, none listed", .managedIdentities, .fails, .managedIdentityNotListed,
                command: {
                    $0.outputBlobIdentity = .known(.system)
                }),
            Row(
                "identities listed", .managedIdentities, .holds,
                rule: {
                    $0.managedIdentities = IdentitySet(hasSystem: true, ids: Set([GUID(identity)].compactMap { $0 }))
                },
                command: {
                    $0.outputBlobIdentity = .known(.system)
                    $0.errorBlobIdentity = .known(.objectID(identity.uppercased()))
                }),
            Row(
                "one identity not listed", .managedIdentities, .fails, .managedIdentityNotListed,
                rule: { $0.managedIdentities = IdentitySet(hasSystem: true, ids: []) },
                command: {
                    $0.outputBlobIdentity = .known(.system)
                    $0.errorBlobIdentity = .known(.clientID(identity))
                }),
            Row(
                "stored identity", .managedIdentities, .unknown, .storedValueUnknown,
                command: {
                    $0.outputBlob = .known(plain)
                    $0.outputBlobIdentity = .unknown
                }),
            Row("default account", .runAs, .holds),
            Row("account, none listed", .runAs, .fails, .runAsNotListed, command: { $0.runAsUser = .known("svc") }),
            Row(
                "account listed", .runAs, .holds, rule: { $0.runAs = AccountSet(hasDefault: false, names: ["svc"]) },
                command: { $0.runAsUser = .known("svc") }),
            Row(
                "account in other case", .runAs, .fails, .runAsNotListed,
                rule: { $0.runAs = AccountSet(hasDefault: false, names: ["svc"]) },
                command: { $0.runAsUser = .known("SVC") }),
            Row(
                "default account where one is listed", .runAs, .fails, .runAsNotListed,
                rule: { $0.runAs = AccountSet(hasDefault: false, names: ["svc"]) }),
            Row("stored account", .runAs, .unknown, .storedValueUnknown, command: { $0.runAsUser = .unknown }),
            Row("no limits", .limits, .holds, command: { $0.timeoutSeconds = .known(99_999) }),
            Row(
                "within the limit", .limits, .holds, rule: { $0.limits.timeoutSeconds = 600 },
                command: { $0.timeoutSeconds = .known(600) }),
            Row(
                "over the limit", .limits, .fails, .timeoutTooLong, rule: { $0.limits.timeoutSeconds = 600 },
                command: { $0.timeoutSeconds = .known(601) }),
            Row(
                "stored time-out", .limits, .unknown, .storedValueUnknown, rule: { $0.limits.timeoutSeconds = 600 },
                command: { $0.timeoutSeconds = .unknown }),
            Row(
                "asynchronous", .limits, .fails, .asyncExecutionNotAllowed, rule: { $0.limits.asyncExecution = false },
                command: { $0.asyncExecution = .known(true) }),
            Row("asynchronous by default it is not", .limits, .holds, rule: { $0.limits.asyncExecution = false }),
            Row(
                "failure is to show and does not", .limits, .fails, .deploymentFailureFlagNotAllowed,
                rule: { $0.limits.treatFailureAsDeploymentFailure = true }),
            Row(
                "failure is to show and does", .limits, .holds,
                rule: { $0.limits.treatFailureAsDeploymentFailure = true },
                command: { $0.treatFailureAsDeploymentFailure = .known(true) }),
            Row("no blob", .outputBlob, .holds),
            Row(
                "blob, none listed", .outputBlob, .fails, .outputBlobNotListed,
                command: { $0.outputBlob = .known(plain) }),
            Row(
                "blob listed", .outputBlob, .holds, rule: { $0.outputBlobs = blobs },
                command: { $0.outputBlob = .known(plain) }),
            Row("stored blob", .outputBlob, .unknown, .storedValueUnknown, command: { $0.outputBlob = .unknown }),
            Row(
                "error blob is not output blob", .errorBlob, .fails, .errorBlobNotListed,
                rule: { $0.outputBlobs = blobs },
                command: { $0.errorBlob = .known(plain) }),
            Row("no shell", .scriptShell, .holds),
            Row(
                "shell, none listed", .scriptShell, .fails, .scriptShellNotListed,
                command: { $0.scriptShell = .known("Powershell7") }),
            Row(
                "shell listed", .scriptShell, .holds, rule: { $0.scriptShells = ["Powershell7"] },
                command: { $0.scriptShell = .known("Powershell7") }),
            Row("stored shell", .scriptShell, .unknown, .storedValueUnknown, command: { $0.scriptShell = .unknown }),
        ]
    }

    @Test(arguments: try Self.rows())
    func allow(row: Row) throws {
        let rule = try Sample.allow { try row.allow(&$0) }
        var command = Sample.command()
        try row.command(&command)
        let policy = Sample.policy(rule)
        let request = Sample.request(.update, command: command)
        let answer = try #require(policy.evaluate(request)[0].answers.first { $0.condition == row.condition })
        #expect(answer.truth == row.expected)
        #expect((answer.reasons.isEmpty) == (row.expected == .holds))
        let decision = policy.decide(request)
        if let reason = row.reason {
            #expect(answer.reasons.contains { $0.code == reason.rawValue })
            #expect(decision.effect == .deny)
            #expect(decision.reasons.contains { $0.code == reason.rawValue && $0.target == "allow" })
        }
        // Before the stored command is read, only what fails for certain denies.
        let certain = policy.evaluate(request)[0].answers.contains { $0.truth == .fails }
        #expect((policy.couldAllow(request) != nil) == certain)
    }

    /// The same conditions in a deny: named and used, named and not used, unknown; and not named at all.
    @Test func deny() throws {
        let blobs = [try BlobPattern("https://logs.blob.core.windows.net/run/*")]
        let plain = try Sample.address(Self.blob)
        let rows: [(String, (inout Rule) -> Void, (inout Command) -> Void, Truth)] = [
            ("nothing named", { _ in }, { _ in }, .holds),
            ("script", Self.listing(), { _ in }, .holds),
            (
                "script, more parameters", Self.listing(),
                { $0.parameters = .known([Parameter(name: "x", value: "")]) }, .holds
            ),
            ("other script", Self.listing(), { $0.source = .known(.gallery("x")) }, .fails),
            ("stored script", Self.listing(), { $0.source = .unknown }, .unknown),
            (
                "parameter", Self.listing(["Level": Self.oneOf]),
                { $0.parameters = .known([Parameter(name: "level", value: "debug")]) }, .holds
            ),
            (
                "parameter with another value", Self.listing(["level": Self.oneOf]),
                { $0.parameters = .known([Parameter(name: "level", value: "x")]) }, .fails
            ),
            ("parameter, stored", Self.listing(["level": Self.oneOf]), { $0.parameters = .unknown }, .unknown),
            ("stored secrets", { $0.storedSecrets = true }, { $0.runAsPassword = .unknown }, .unknown),
            ("no stored secrets", { $0.storedSecrets = true }, { _ in }, .fails),
            (
                "identity", { $0.managedIdentities = IdentitySet(hasSystem: true, ids: []) },
                { $0.outputBlobIdentity = .known(.system) }, .holds
            ),
            ("no identity", { $0.managedIdentities = IdentitySet(hasSystem: true, ids: []) }, { _ in }, .fails),
            (
                "account in other case", { $0.runAs = AccountSet(hasDefault: false, names: ["svc"]) },
                { $0.runAsUser = .known("SVC") }, .holds
            ),
            ("root", { $0.runAs = AccountSet(hasDefault: true) }, { _ in }, .holds),
            ("another account", { $0.runAs = AccountSet(hasDefault: true) }, { $0.runAsUser = .known("svc") }, .fails),
            ("blob", { $0.outputBlobs = blobs }, { $0.outputBlob = .known(plain) }, .holds),
            ("no blob", { $0.outputBlobs = blobs }, { _ in }, .fails),
            (
                "odd address", { $0.outputBlobs = blobs },
                {
                    $0.outputBlob = .known(
                        WebAddress(
                            scheme: plain.scheme, host: plain.host, port: nil, hasUserInformation: false,
                            path: "/run/%61.txt", query: plain.query))
                }, .unknown
            ),
            ("shell", { $0.scriptShells = ["Powershell7"] }, { $0.scriptShell = .known("powershell7") }, .holds),
            ("no shell may be the default one", { $0.scriptShells = ["Default"] }, { _ in }, .unknown),
        ]
        for (name, rule, change, expected) in rows {
            let deny = try Sample.deny { rule(&$0) }
            let request = Sample.request(.update, command: Sample.command(change))
            let truth = Sample.policy(deny).evaluate(request)[0].truth
            #expect(truth == expected, "\(name)")
            // A rule about what runs does not concern an operation that runs nothing.
            let reading = Sample.policy(deny).evaluate(Sample.request(.read))[0].truth
            #expect(reading == (name == "nothing named" ? .holds : .fails), "\(name), reading")
        }
    }
}
