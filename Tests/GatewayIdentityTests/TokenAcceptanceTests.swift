import ARMModel
import GatewayIdentity
import PolicyCore
import Testing

@Suite struct TokenAcceptanceTests {
    @Test(arguments: [
        ("RS256", [SigningAlgorithm]()), ("RS256", [.rs256]), ("RS256", [.ps256, .rs256]), ("PS256", [.ps256]),
        ("PS256", [.rs256, .ps256]),
    ])
    func rsa(algorithm: String, configured: [SigningAlgorithm]) async throws {
        let fixture = try FileFixture(keys: keySet(try TestSigningKey.rsaOne.jwk(kid: "one")), algorithms: configured)
        let token = try TestSigningKey.rsaOne.token(
            algorithm, header: Expected.header.with("alg", "\"\(algorithm)\""), claims: Expected.personClaims)
        #expect(await fixture.failure(token) == nil)
    }

    @Test(arguments: [[SigningAlgorithm](), [.es256], [.rs256, .es256]])
    func ellipticCurve(configured: [SigningAlgorithm]) async throws {
        let fixture = try FileFixture(keys: keySet(try TestSigningKey.ecOne.jwk(kid: "one")), algorithms: configured)
        let token = try TestSigningKey.ecOne.token(
            "ES256", header: Expected.header.with("alg", "\"ES256\""), claims: Expected.personClaims)
        #expect(await fixture.failure(token) == nil)
    }

    @Test func whatAPersonsTokenSays() async throws {
        let fixture = try FileFixture(keys: keySet(try TestSigningKey.rsaOne.jwk(kid: "one")))
        let claims = Expected.personClaims.with("groups", "[\"g1\",\"g2\"]").with("scp", "\"a b\"")
        let principal = try await fixture.outcome(
            TestSigningKey.rsaOne.token("RS256", header: Expected.header, claims: claims)
        ).get()
        #expect(
            principal
                == Principal(
                    kind: .user, id: Expected.person, tenant: Expected.tenant, issuer: Expected.issuer,
                    name: "Ada Ayo", appID: Expected.client, tokenID: "token-1", groups: .known(["g1", "g2"]),
                    scopes: ["a", "b"], issuedAt: Expected.now - 300))
    }

    @Test func whatAnApplicationsVersionTwoTokenSays() async throws {
        let fixture = try FileFixture(keys: keySet(try TestSigningKey.rsaOne.jwk(kid: "one")))
        let claims = Expected.applicationClaims.without("appid", "idtyp").with("azp", "\"client-2\"")
            .with("jti", "\"j\"")
        let principal = try await fixture.outcome(
            TestSigningKey.rsaOne.token("RS256", header: Expected.header, claims: claims)
        ).get()
        #expect(principal.kind == .application)
        #expect(principal.appID == "client-2")
        #expect(principal.tokenID == "j")
        #expect(principal.groups == .known([]))
        #expect(principal.scopes.isEmpty)
    }

    struct KindCase: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var claims: RawObject
        var kind: Principal.Kind
    }

    static let kinds: [KindCase] = {
        let person = Expected.personClaims
        let application = Expected.applicationClaims
        let oid = "\"\(Expected.application)\""
        return [
            KindCase(testDescription: "idtyp user, scp", claims: person, kind: .user),
            KindCase(testDescription: "scp alone", claims: person.without("idtyp"), kind: .user),
            KindCase(testDescription: "idtyp app", claims: application, kind: .application),
            KindCase(
                testDescription: "idtyp app, another subject", claims: application.with("sub", "\"x\""),
                kind: .application),
            KindCase(
                testDescription: "its own subject", claims: application.without("idtyp"), kind: .application),
            KindCase(
                testDescription: "idtyp app, but scp", claims: application.with("scp", "\"a\""), kind: .object),
            KindCase(
                testDescription: "idtyp app, but an empty scp", claims: application.with("scp", "\"\""), kind: .object),
            KindCase(testDescription: "idtyp user, no scp", claims: person.without("scp"), kind: .object),
            KindCase(
                testDescription: "scp, but its own subject",
                claims: application.without("idtyp").with("scp", "\"a\""), kind: .object),
            KindCase(
                testDescription: "idtyp user, but its own subject",
                claims: person.with("sub", oid).with("oid", oid), kind: .object),
            KindCase(
                testDescription: "nothing says", claims: application.without("idtyp").with("sub", "\"x\""),
                kind: .object),
            KindCase(
                testDescription: "nothing says, no subject", claims: application.without("idtyp", "sub"),
                kind: .object),
            KindCase(
                testDescription: "another idtyp", claims: application.with("idtyp", "\"device\""), kind: .object),
            KindCase(
                testDescription: "idtyp in other case", claims: application.with("idtyp", "\"App\""), kind: .object),
        ]
    }()

    @Test(arguments: Self.kinds) func kind(_ kindCase: KindCase) async throws {
        let fixture = try FileFixture(keys: keySet(try TestSigningKey.ecOne.jwk(kid: "one")))
        let token = try TestSigningKey.ecOne.token(
            "ES256", header: Expected.header.with("alg", "\"ES256\""), claims: kindCase.claims)
        #expect(try await fixture.outcome(token).get().kind == kindCase.kind)
    }

    @Test(arguments: [
        ("hasgroups", "true"), ("hasgroups", "\"true\""), ("_claim_names", "{\"groups\":\"src1\"}"),
    ])
    func groupsLeftOut(name: String, json: String) async throws {
        let fixture = try FileFixture(keys: keySet(try TestSigningKey.ecOne.jwk(kid: "one")))
        for claims in [Expected.personClaims, Expected.personClaims.with("groups", "[\"g\"]")] {
            let token = try TestSigningKey.ecOne.token(
                "ES256", header: Expected.header.with("alg", "\"ES256\""), claims: claims.with(name, json))
            #expect(try await fixture.outcome(token).get().groups == .unknown)
        }
    }

    @Test(arguments: [("hasgroups", "false"), ("_claim_names", "{\"wids\":\"src1\"}")])
    func groupsNotLeftOut(name: String, json: String) async throws {
        let fixture = try FileFixture(keys: keySet(try TestSigningKey.ecOne.jwk(kid: "one")))
        let claims = Expected.personClaims.with("groups", "[\"g\"]").with(name, json)
        let token = try TestSigningKey.ecOne.token(
            "ES256", header: Expected.header.with("alg", "\"ES256\""), claims: claims)
        #expect(try await fixture.outcome(token).get().groups == .known(["g"]))
    }

    @Test(arguments: ["name", "upn", "preferred_username", "unique_name"])
    func nameFromTheFirstThatIsThere(claim: String) async throws {
        let fixture = try FileFixture(keys: keySet(try TestSigningKey.ecOne.jwk(kid: "one")))
        let claims = Expected.personClaims.without("name").with("unique_name", "\"last\"").with(claim, "\"me\"")
        let token = try TestSigningKey.ecOne.token(
            "ES256", header: Expected.header.with("alg", "\"ES256\""), claims: claims)
        #expect(try await fixture.outcome(token).get().name == "me")
    }

    @Test func requiredScopesAreAPersonsMatter() async throws {
        let fixture = try FileFixture(
            keys: keySet(try TestSigningKey.ecOne.jwk(kid: "one")), requiredScopes: ["user_impersonation"])
        let table: [(RawObject, AuthenticationFailure?)] = [
            (Expected.personClaims, nil),
            (Expected.personClaims.with("scp", "\"x user_impersonation y\""), nil),
            (Expected.personClaims.with("scp", "\"user_impersonation2\""), .missingScope),
            (Expected.personClaims.with("scp", "\"\""), .missingScope),
            (Expected.personClaims.without("scp"), .missingScope),
            (Expected.applicationClaims, nil),
        ]
        for (claims, expected) in table {
            let token = try TestSigningKey.ecOne.token(
                "ES256", header: Expected.header.with("alg", "\"ES256\""), claims: claims)
            #expect(await fixture.failure(token) == expected, "\(claims.text)")
        }
    }

    @Test func audienceListsAndForms() async throws {
        let fixture = try FileFixture(keys: keySet(try TestSigningKey.ecOne.jwk(kid: "one")))
        let table: [(String, AuthenticationFailure?)] = [
            ("\"https://management.azure.com\"", nil), ("\"https://management.azure.com/\"", nil),
            ("[\"other\",\"https://management.azure.com/\"]", nil),
            ("\"https://management.azure.com//\"", .wrongAudience),
            ("\"HTTPS://management.azure.com/\"", .wrongAudience), ("[]", .wrongAudience), ("\"\"", .wrongAudience),
            ("[1]", .malformed), ("{}", .malformed), ("null", .malformed),
        ]
        for (audience, expected) in table {
            let token = try TestSigningKey.ecOne.token(
                "ES256", header: Expected.header.with("alg", "\"ES256\""),
                claims: Expected.personClaims.with("aud", audience))
            #expect(await fixture.failure(token) == expected, "\(audience)")
        }
    }
}
