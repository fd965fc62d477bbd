import ARMSimulator
import GatewayTestSupport
import NIOSSL
import StrictJSON
import Testing

/// Who calls, over the wire: tokens of persons and applications, client certificates, and both.
@Suite struct IdentityTests {
    private static let runner = "spiffe://test/runner"
    private static let application = "66666666-0000-0000-0000-000000000001"

    private static func options(_ mode: String) -> LocalStack.Options {
        var options = LocalStack.Options()
        options.clientCertificates = mode
        options.rules = """
            rules:
              - id: certificate-run
                effect: allow
                principals: ["certificate:\(Self.runner)"]
                operations: [run]
                targets: [{subscription: \(LocalStack.subscription), resourceGroup: "rg-*", virtualMachine: "*"}]
                commands: [{script: hello}]
              - id: application-run
                effect: allow
                principals: [app:\(Self.application)]
                operations: [run]
                targets: [{subscription: \(LocalStack.subscription), resourceGroup: "rg-*", virtualMachine: "app-*"}]
                commands: [{script: hello}]
            """
        return options
    }

    private static func post(
        _ stack: LocalStack, _ name: String, token: String? = nil, identity: TestIdentity? = nil
    ) async throws -> LocalStack.Answer {
        let body = Array(LocalStack.helloBody().utf8)
        guard let identity else {
            return try await stack.call("POST", LocalStack.vm(name), bytes: body, token: token)
        }
        return try await stack.withClient(identity) {
            try await stack.call("POST", LocalStack.vm(name), bytes: body, token: token, client: $0)
        }
    }

    @Test(arguments: ["optional", "required"]) func certificates(_ mode: String) async throws {
        try await LocalStack.withRunning(Self.options(mode)) { stack in
            let runner = try stack.clientAuthority.issueClient(uris: [Self.runner], dnsNames: ["runner.test"])
            let other = try stack.clientAuthority.issueClient(dnsNames: ["other.test"], commonName: Self.runner)
            let nameless = try stack.clientAuthority.issueClient(commonName: Self.runner)
            let untrusted = try TestAuthority().issueClient(uris: [Self.runner])

            let alone = try await Self.post(stack, "web-01", identity: runner)
            #expect(alone.status == 202, "\(alone.text)")
            let principal = try stack.rows(of: alone).first?.row["principal"]
            #expect(principal?["kind"]?.string == "certificate")
            #expect(principal?["id"]?.string == Self.runner)
            #expect(principal?["certificate"]?["sha256"]?.string?.utf8.count == 64)
            // The owner polls with the same certificate; the token's principal is another.
            let link = try stack.path(alone.header("location"))
            let polled = try await stack.withClient(runner) {
                try await stack.call("GET", link, bytes: nil, client: $0)
            }
            #expect([200, 202].contains(polled.status), "\(polled.text)")

            // A common name is no name.
            let stranger = try await Self.post(stack, "web-02", identity: other)
            LocalStack.expectEnvelope(stranger, 403, "RequestDisallowedByPolicy", "another certificate")
            try stack.expectUnidentified(try await Self.post(stack, "web-03", identity: nameless), "no usable name")

            // With a token the token names the principal; the certificate adds its name.
            let both = try await Self.post(stack, "web-04", token: try stack.token(), identity: runner)
            #expect(both.status == 202, "\(both.text)")
            let person = try stack.rows(of: both).first?.row["principal"]
            #expect(person?["kind"]?.string == "user")
            #expect(person?["id"]?.string == LocalStack.operatorID)
            #expect(person?["certificate"]?["names"]?.array?.contains { $0.string == Self.runner } == true)
            // A bad token beside a good certificate is the end.
            let bad = try stack.simulator.mintToken(signing: .forged)
            try stack.expectUnidentified(try await Self.post(stack, "web-05", token: bad, identity: runner), "forged")

            await #expect(throws: (any Error).self) { try await Self.post(stack, "web-06", identity: untrusted) }
            if mode == "required" {
                await #expect(throws: (any Error).self) {
                    try await Self.post(stack, "web-07", token: try stack.token())
                }
            } else {
                let token = try await Self.post(stack, "web-07", token: try stack.token())
                LocalStack.expectEnvelope(token, 403, "RequestDisallowedByPolicy", "a token alone")
                try stack.expectUnidentified(try await Self.post(stack, "web-08"), "nothing at all")
            }
            #expect(await stack.received("/runCommand?") == 2)
        }
    }

    @Test func certificatesThatAreNotAskedForCountForNothing() async throws {
        try await LocalStack.withRunning(Self.options("none")) { stack in
            let runner = try stack.clientAuthority.issueClient(uris: [Self.runner])
            try stack.expectUnidentified(try await Self.post(stack, "web-01", identity: runner), "not asked for")
        }
    }

    /// `app:` is for a token that the application got for itself, never for a person signed in through it.
    @Test func applications() async throws {
        try await LocalStack.withRunning(Self.options("none")) { stack in
            let own: SimulatorJSON = [
                "appid": .string(Self.application), "oid": "66666666-0000-0000-0000-0000000000aa",
                "sub": "66666666-0000-0000-0000-0000000000aa", "scp": .null, "idtyp": "app",
            ]
            let good = try await Self.post(stack, "app-01", token: try stack.token(claims: own))
            #expect(good.status == 202, "\(good.text)")
            let principal = try stack.rows(of: good).first?.row["principal"]
            #expect(principal?["appID"]?.string == Self.application)
            #expect(principal?["kind"]?.string == "application")

            let person = try await Self.post(
                stack, "app-02", token: try stack.token(claims: ["appid": .string(Self.application)]))
            LocalStack.expectEnvelope(person, 403, "RequestDisallowedByPolicy", "a person through the application")
            let contradiction = try await Self.post(
                stack, "app-03",
                token: try stack.token(claims: ["appid": .string(Self.application), "idtyp": "app"]))
            LocalStack.expectEnvelope(contradiction, 403, "RequestDisallowedByPolicy", "idtyp app with scp")
            #expect(await stack.received("/runCommand?") == 1)
        }
    }

    @Test func withoutAnyKeySetNobodyIsKnown() async throws {
        var options = Self.options("optional")
        options.jwks = "https://localhost:1/keys"
        try await LocalStack.withRunning(options) { stack in
            let answer = try await Self.post(stack, "web-01", token: try stack.token())
            try stack.expectUnidentified(answer, "no key set", 503, "IdentityUnavailable")
            #expect(answer.header("retry-after") == "5")
            let readiness = try await stack.management("/readyz")
            #expect(readiness.status == 503)
            #expect(readiness.json?["missing"]?.array?.map(\.string) == ["keySets"])
            // A certificate needs no key set.
            let runner = try stack.clientAuthority.issueClient(uris: [Self.runner])
            let certificate = try await Self.post(stack, "web-02", identity: runner)
            #expect(certificate.status == 202, "\(certificate.text)")
        }
    }

    @Test func metadataNeedsNoTokenAndIsTheOnlyThing() async throws {
        try await LocalStack.withRunning { stack in
            for target in [
                "/metadata/endpoints", "//metadata/endpoints", "/metadata/endpoints?api-version=2019-05-01",
                "//metadata/endpoints?api-version=2022-09-01",
            ] {
                let answer = try await RawConnection.with(stack) { try await $0.request("GET", target, token: nil) }
                #expect(answer.status == 200, "\(target)")
                #expect(answer.json?["resourceManager"]?.string == "https://gateway.test")
                #expect(answer.json?["authentication"]?["audiences"]?.array?.isEmpty == false)
                #expect(answer.json?["authentication"]?["loginEndpoint"]?.string?.hasSuffix("/") == true)
                LocalStack.expectIdentifiers(answer, "\(target)")
            }
            let targets = [
                ("GET", "/"), ("GET", "/metadata/endpoints/"), ("POST", "/metadata/endpoints"), ("GET", "/metadata"),
                ("GET", "///metadata/endpoints"), ("GET", "/healthz"), ("GET", "/readyz"), ("GET", "/metrics"),
                ("POST", LocalStack.vm("web-01")), ("PATCH", LocalStack.instance("report")), ("GET", "/x/../y"),
                ("PUT", "/subscriptions?api-version=nothing"), ("OPTIONS", "*"),
            ]
            var texts: Set<String> = []
            for (method, target) in targets {
                let answer = try await RawConnection.with(stack) {
                    try await $0.request(method, target, token: nil, body: method == "POST" ? "{}" : nil)
                }
                try stack.expectUnidentified(answer, "\(method) \(target)")
                texts.insert(answer.text)
            }
            #expect(texts.count == 1)
            #expect(await stack.received() == 0)
        }
    }

    /// What the caller says about its request comes back as the contract promises, also to a stranger.
    @Test func identifiersOfTheCaller() async throws {
        try await LocalStack.withRunning { stack in
            let (correlation, request) = (
                "aaaaaaaa-0000-4000-8000-00000000000a", "bbbbbbbb-0000-4000-8000-00000000000b"
            )
            for token in [nil, try stack.token()] {
                let answer = try await stack.call(
                    "GET", LocalStack.instance("nothing"), token: token,
                    headers: [
                        ("x-ms-correlation-request-id", correlation), ("x-ms-client-request-id", request),
                        ("x-ms-return-client-request-id", "true"),
                    ])
                #expect(answer.header("x-ms-correlation-request-id") == correlation)
                #expect(answer.header("x-ms-client-request-id") == request)
                #expect(answer.header("x-ms-request-id") != correlation)
                let ignored = try await stack.call(
                    "GET", LocalStack.instance("nothing"), token: token,
                    headers: [
                        ("x-ms-correlation-request-id", "not a guid"), ("x-ms-client-request-id", "neither"),
                        ("x-ms-return-client-request-id", "true"),
                    ])
                #expect(ignored.header("x-ms-correlation-request-id") == ignored.header("x-ms-request-id"))
                #expect(ignored.header("x-ms-client-request-id") == nil)
            }
            let received = await stack.simulator.receivedRequests
            #expect(received.first?.correlationID == correlation)
            #expect(received.first?.clientRequestID == request)
            #expect(received.last?.clientRequestID == nil)
        }
    }
}
