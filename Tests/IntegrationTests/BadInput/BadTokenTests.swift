import ARMSimulator
import StrictJSON
import Testing

/// Tokens that name nobody: 401, nothing forwarded, and after the gateway's stop one row for each reason with a count.
@Suite struct BadTokenTests {
    struct Case: Sendable {
        var name: String
        /// As the record and the metric call it.
        var reason: String
        /// Values of `Authorization`.
        var headers: [String]
    }

    private static func cases(_ simulator: Simulator) throws -> [Case] {
        let person: SimulatorJSON = [
            "oid": .string(LocalStack.operatorID), "scp": "user_impersonation", "aud": "https://management.azure.com",
        ]
        func minted(
            _ claims: SimulatorJSON = [:], header: SimulatorJSON = [:],
            signing: SimulatorTokenSigning = .issuerKey
        ) throws -> [String] {
            let names = Set((claims.members ?? []).map(\.name))
            let members = (person.members ?? []).filter { !names.contains($0.name) } + (claims.members ?? [])
            return ["Bearer " + (try simulator.mintToken(claims: .object(members), header: header, signing: signing))]
        }
        let good = try minted()
        let other = "99999999-9999-9999-9999-999999999999"
        return [
            Case(name: "nothing", reason: "missing", headers: []),
            Case(name: "two headers", reason: "repeatedHeader", headers: good + good),
            Case(name: "Basic", reason: "unsupportedScheme", headers: ["Basic YTpi"]),
            Case(name: "no token", reason: "malformed", headers: ["Bearer abc.def"]),
            Case(name: "expired", reason: "expired", headers: try minted(["expiresIn": -3_600])),
            Case(name: "from tomorrow", reason: "notYetValid", headers: try minted(["nbf": 4_000_000_000])),
            Case(
                name: "wrong audience", reason: "wrongAudience", headers: try minted(["aud": "https://vault.azure.net"])
            ),
            Case(name: "alg none", reason: "unsupportedAlgorithm", headers: try minted(signing: .unsigned)),
            Case(
                name: "alg of a shared secret", reason: "unsupportedAlgorithm",
                headers: try minted(header: ["alg": "HS256"])),
            Case(name: "unknown key", reason: "unknownKey", headers: try minted(signing: .unknownKey)),
            Case(name: "forged under a known key id", reason: "badSignature", headers: try minted(signing: .forged)),
            Case(name: "damaged signature", reason: "badSignature", headers: try minted(signing: .damaged)),
            Case(
                name: "another tenant, its own issuer", reason: "unknownIssuer",
                headers: try minted(["tid": .string(other)])),
            Case(
                name: "another tenant under our issuer", reason: "wrongTenant",
                headers: try minted([
                    "tid": .string(other), "iss": .string("https://sts.windows.net/\(LocalStack.tenant)/"),
                ])),
            Case(name: "nobody in it", reason: "missingObjectID", headers: try minted(["oid": .null])),
            Case(name: "critical header", reason: "criticalHeader", headers: try minted(header: ["crit": ["b64"]])),
            Case(name: "bound to a key", reason: "boundToken", headers: try minted(["cnf": ["kid": "x"]])),
        ]
    }

    @Test func everyBadTokenIsRefusedAlikeAndCounted() async throws {
        try await LocalStack.Surroundings.with { surroundings in
            let cases = try Self.cases(surroundings.simulator)
            let metrics = try await surroundings.withGateway { stack in
                for bad in cases {
                    for (method, target) in [
                        ("POST", LocalStack.vm("web-01")), ("GET", "/nothing/here"), ("PATCH", "/a//../b?x=%"),
                    ] {
                        let answer = try await RawConnection.with(stack) { connection in
                            try await connection.request(
                                method, target, token: nil, body: method == "GET" ? nil : LocalStack.helloBody(),
                                lines: bad.headers.map { "Authorization: " + $0 })
                        }
                        try stack.expectUnidentified(answer, "\(bad.name) at \(target)")
                    }
                }
                #expect(await stack.received() == 0)
                return try await stack.management("/metrics").text
            }
            let rows = try surroundings.record().filter { $0.event == "authenticationFailed" }
            for (reason, same) in Dictionary(grouping: cases, by: \.reason) {
                // A minute may pass in between, so that there are two rows.
                let counted = rows.filter { $0.row["reason"]?.string == reason }.compactMap { $0.row["count"]?.integer }
                #expect(counted.reduce(0, +) == Int64(3 * same.count), "\(reason)")
                #expect(
                    metrics.contains("sallyport_authentication_failures_total{reason=\"\(reason)\"} \(3 * same.count)"),
                    "\(reason)")
            }
            let answers = metrics.split(separator: "\n").filter {
                $0.hasPrefix("sallyport_requests_total{") && $0.contains("code=\"AuthenticationFailed\"")
            }
            #expect(answers.count == 1)
            #expect(answers.first?.hasSuffix("} \(3 * cases.count)") == true)
            #expect(rows.allSatisfy { $0.row["clientAddress"]?.string == "127.0.0.1" })
            #expect(rows.count <= 2 * Set(cases.map(\.reason)).count)
        }
    }

    @Test func anotherAudienceThatTheGatewayKnowsIsGood() async throws {
        try await LocalStack.withRunning { stack in
            let token = try stack.token(claims: ["aud": "https://management.azure.com/"])
            let answer = try await stack.call(
                "POST", LocalStack.vm("web-01"), body: LocalStack.helloBody(), token: token)
            #expect(answer.status == 202, "\(answer.text)")
        }
    }
}
