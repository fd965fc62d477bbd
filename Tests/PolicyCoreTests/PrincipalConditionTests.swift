import ARMModel
import PolicyCore
import Testing

/// `principals` by kind of token: true, false and unknown.
@Suite struct PrincipalConditionTests {
    struct Row: CustomTestStringConvertible {
        var selector: String
        var principal: Principal
        var expected: Truth
        var testDescription: String { "\(self.selector) \(self.principal.kind) \(self.expected)" }

        init(_ selector: String, _ principal: Principal, _ expected: Truth) {
            self.selector = selector
            self.principal = principal
            self.expected = expected
        }
    }

    static let app = Principal(
        kind: .application, id: "50000000-0000-0000-0000-000000000001", tenant: Sample.tenant,
        appID: Sample.application)
    static var throughApp: Principal {
        var person = Sample.caller
        person.appID = Sample.application
        return person
    }
    static var unclear: Principal {
        var principal = Self.app
        principal.kind = .object
        return principal
    }
    static var unlisted: Principal {
        var person = Sample.caller
        person.groups = .unknown
        return person
    }
    static let certificate = CertificateIdentity(
        uriNames: ["spiffe://contoso/runner"], dnsNames: ["Runner.contoso.example"], sha256: "00")
    static let machine = Principal(kind: .certificate, id: "spiffe://contoso/runner", certificate: Self.certificate)
    static var both: Principal {
        var person = Sample.caller
        person.certificate = Self.certificate
        return person
    }
    /// A certificate whose name looks like somebody's object id.
    static let impostor = Principal(
        kind: .certificate, id: Sample.person, groups: .known([Sample.group]),
        certificate: CertificateIdentity(uriNames: [], dnsNames: [Sample.person], sha256: "00"))

    static let rows: [Row] = [
        Row("any", Sample.caller, .holds), Row("any", Self.machine, .holds),
        Row("user:\(Sample.person)", Sample.caller, .holds),
        Row("user:\(Sample.person.uppercased())", Sample.caller, .holds),
        Row("object:\(Sample.person)", Sample.caller, .holds), Row("user:\(Sample.group)", Sample.caller, .fails),
        Row("user:\(Self.app.id)", Self.app, .fails), Row("object:\(Self.app.id)", Self.app, .holds),
        Row("app:\(Sample.application)", Self.app, .holds), Row("app:\(Self.app.id)", Self.app, .fails),
        Row("app:\(Sample.application)", Self.throughApp, .fails),
        Row("app:\(Sample.application)", Self.unclear, .fails),
        Row("user:\(Self.app.id)", Self.unclear, .fails), Row("object:\(Self.app.id)", Self.unclear, .holds),
        Row("group:\(Sample.group)", Sample.caller, .holds), Row("group:\(Sample.person)", Sample.caller, .fails),
        Row("group:\(Sample.group)", Self.unlisted, .unknown), Row("user:\(Sample.person)", Self.unlisted, .holds),
        Row("user:\(Sample.group)", Self.unlisted, .fails),
        Row("user:\(Sample.tenant)/\(Sample.person)", Sample.caller, .holds),
        Row("user:\(Sample.group)/\(Sample.person)", Sample.caller, .fails),
        Row("group:\(Sample.tenant)/\(Sample.group)", Sample.caller, .holds),
        Row("group:\(Sample.person)/\(Sample.group)", Sample.caller, .fails),
        Row("certificate:spiffe://contoso/runner", Self.machine, .holds),
        Row("certificate:spiffe://contoso/runner", Self.both, .holds),
        Row("certificate:spiffe://contoso/runner", Sample.caller, .fails),
        Row("certificate:spiffe://contoso/Runner", Self.machine, .fails),
        Row("certificate:runner.CONTOSO.example", Self.machine, .holds),
        Row("certificate:contoso.example", Self.machine, .fails),
        Row("user:\(Sample.person)", Self.both, .holds), Row("object:\(Sample.person)", Self.impostor, .fails),
        Row("user:\(Sample.person)", Self.impostor, .fails), Row("group:\(Sample.group)", Self.impostor, .fails),
    ]

    @Test(arguments: Self.rows)
    func truth(row: Row) throws {
        guard case .selector(let selector) = try PrincipalReference(row.selector) else {
            Issue.record("a named group")
            return
        }
        let rule = try Sample.allow { $0.principals = PrincipalSet([selector]) }
        let answers = Sample.policy(rule).evaluate(Sample.request(principal: row.principal))[0].answers
        #expect(answers.first { $0.condition == .principal }?.truth == row.expected)
        // An allow needs certainty, a deny only doubt.
        #expect(
            (Sample.policy(rule).decide(Sample.request(principal: row.principal)).effect == .allow)
                == (row.expected == .holds))
        let deny = try Sample.deny { $0.principals = PrincipalSet([selector]) }
        let open = try Sample.allow { $0.principals = PrincipalSet([.any]) }
        let decision = Sample.policy(open, deny).decide(Sample.request(principal: row.principal))
        #expect((decision.effect == .deny) == (row.expected != .fails))
    }

    @Test(arguments: [
        "", "bob", "user:", "user:bob", "user:\(Sample.person)x", "users:\(Sample.person)", "group:a b", "group:-x",
        "user:x/\(Sample.person)", "app:\(Sample.tenant)/\(Sample.tenant)/\(Sample.person)", "certificate:",
        "certificate:*.contoso.example", "certificate:CN=runner", "certificate:a b", "Any",
    ])
    func refuses(text: String) {
        #expect(throws: PrincipalReference.Malformed.self) { try PrincipalReference(text) }
    }

    @Test func tellsGroupsByNameAndID() throws {
        #expect(try PrincipalReference("group:oncall") == .namedGroup("oncall"))
        #expect(try PrincipalReference("group:\(Sample.group)") == .selector(.group(Sample.id(Sample.group))))
    }

    /// A principal is a value, and equal only to one with the same parts.
    @Test func copiesAreTheirOwn() {
        let changes: [(inout Principal) -> Void] = [
            { $0.kind = .object }, { $0.id = Sample.application }, { $0.appID = Sample.application },
            { $0.groups = .unknown }, { $0.certificate = Self.certificate }, { $0.tenant = nil },
            { $0.issuer = "i" }, { $0.name = "n" }, { $0.tokenID = "t" }, { $0.scopes = ["s"] }, { $0.issuedAt = 1 },
        ]
        var seen: Set = [Sample.caller]
        for change in changes {
            var copy = Sample.caller
            change(&copy)
            #expect(copy != Sample.caller)
            seen.insert(copy)
        }
        #expect(seen.count == changes.count + 1)
        var back = Self.both
        back.certificate = nil
        #expect(back == Sample.caller && back.hashValue == Sample.caller.hashValue)
        back.certificate = nil
        #expect(seen.contains(back))
    }
}
