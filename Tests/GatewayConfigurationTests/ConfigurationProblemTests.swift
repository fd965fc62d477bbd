import GatewayConfiguration
import Testing
import YAMLReading

/// What is refused, and that everything wrong is said at once with its line.
@Suite struct ConfigurationProblemTests {
    let folder: ConfigurationFolder

    init() throws { folder = try ConfigurationFolder() }

    @Test func allProblemsInOnePass() throws {
        let problems = folder.refuse(
            """
            listener:
              publicURL: http://run.contoso.example
              prot: 8443
              port: "8443"
              tls:
                certificateChain: missing.crt
                privateKey: tls/tls.key
                clientCertificates: sometimes
              limits: {bodyBytes: 0, streams: many}
            upstream:
              credential: {type: clientSecret, tenant: T, clientSecret: hunter2}
            audit:
              scriptText:
            shutdownSeconds: 1.5
            colour: blue
            """)
        #expect(
            problems == [
                "sallyport.yaml:1: 'identity.tokenIssuers' is missing",
                "sallyport.yaml:1: 'policy.bundle' is not set, and its default /etc/sallyport/policies does not exist",
                "sallyport.yaml:2: 'listener.publicURL' must begin with https://",
                "sallyport.yaml:3: unknown key 'listener.prot'",
                "sallyport.yaml:4: 'listener.port' must be a whole number without quotes, not text",
                "sallyport.yaml:6: 'listener.tls.certificateChain' names a file that does not exist",
                "sallyport.yaml:8: 'listener.tls.clientCertificates' must be one of none, optional, required",
                "sallyport.yaml:9: 'listener.limits.bodyBytes' must be from 1024 to 16777216",
                "sallyport.yaml:9: 'listener.limits.streams' must be a whole number without quotes, not text",
                "sallyport.yaml:11: 'upstream.credential.clientID' is missing",
                "sallyport.yaml:11: 'upstream.credential.clientSecretFile' is missing",
                "sallyport.yaml:11: unknown key 'upstream.credential.clientSecret'; is 'clientSecretFile' meant?",
                "sallyport.yaml:13: 'audit.scriptText' must be one of full, digest",
                "sallyport.yaml:14: 'shutdownSeconds' must be a whole number without quotes, not a number",
                "sallyport.yaml:15: unknown key 'colour'",
            ])
        #expect(!problems.contains { $0.contains("hunter2") })
    }

    struct Refusal: Sendable, CustomTestStringConvertible {
        var line: String
        var replacement: String
        var more = ""
        var says: String
        var testDescription: String { replacement + more }
    }

    static let publicURL = "publicURL: https://run.contoso.example"
    static let credential = "credential: {type: managedIdentity}"
    static let tls = "tls: {certificateChain: tls/tls.crt, privateKey: tls/tls.key}"

    static let refusals: [Refusal] = [
        Refusal(
            line: publicURL, replacement: "publicURL: https://run.example/base",
            says: "'listener.publicURL' must not have a path"),
        Refusal(
            line: publicURL, replacement: "publicURL: https://run.example?x=1",
            says: "'listener.publicURL' must not have a query"),
        Refusal(
            line: publicURL, replacement: "publicURL: 'https://run.example#x'",
            says: "'listener.publicURL' must not have a fragment"),
        Refusal(
            line: publicURL, replacement: "publicURL: https://me@run.example",
            says: "'listener.publicURL' must not have user information"),
        Refusal(line: publicURL, replacement: "publicURL: https://", says: "'listener.publicURL' must name a host"),
        Refusal(
            line: publicURL, replacement: "publicURL: https://run.example:0",
            says: "'listener.publicURL' must have a port"),
        Refusal(line: publicURL, replacement: "host: '::'", says: "'listener.publicURL' is missing"),
        Refusal(
            line: publicURL, replacement: publicURL + "\n  port: 65536", says: "'listener.port' must be from 0 to 65535"
        ),
        Refusal(
            line: publicURL, replacement: publicURL + "\n  port: 0x50", says: "'listener.port' must be a whole number"),
        Refusal(
            line: publicURL, replacement: publicURL + "\n  host: true",
            says: "'listener.host' must be text, not a boolean"),
        Refusal(
            line: tls, replacement: "tls: {certificateChain: tls, privateKey: tls/tls.key}",
            says: "'listener.tls.certificateChain' names a file that is a folder, not a file"),
        Refusal(
            line: tls,
            replacement: "tls: {certificateChain: tls/tls.crt, privateKey: tls/tls.key, clientCertificates: required}",
            says: "'listener.tls.clientCertificates' is 'required', so 'listener.tls.clientTrustRoots' must be set"),
        Refusal(
            line: "audiences: [https://management.azure.com/]", replacement: "audiences: []",
            says: "'identity.tokenIssuers[0].audiences' must name at least one audience"),
        Refusal(
            line: "audiences: [https://management.azure.com/]", replacement: "audiences: https://management.azure.com/",
            says: "'identity.tokenIssuers[0].audiences' must be a list, not text"),
        Refusal(
            line: "jwks: jwks.json", replacement: "jwks: gone.json",
            says: "'identity.tokenIssuers[0].jwks' names a file that"),
        Refusal(
            line: "jwks: jwks.json", replacement: "jwks: http://login.example/keys",
            says: "'identity.tokenIssuers[0].jwks' must begin with https://"),
        Refusal(
            line: "jwks: jwks.json", replacement: "jwks: jwks.json\n      algorithms: [RS256, none]",
            says: "'identity.tokenIssuers[0].algorithms' must be of RS256, PS256, ES256"),
        Refusal(
            line: "jwks: jwks.json", replacement: "jwks: jwks.json\n      tenat: T",
            says: "unknown key 'identity.tokenIssuers[0].tenat'"),
        Refusal(
            line: credential, replacement: "endpoint: https://arm.example/x\n  " + credential,
            says: "'upstream.endpoint' must not have a path"),
        Refusal(line: credential, replacement: "connections: 4", says: "'upstream.credential.type' is missing"),
        Refusal(
            line: credential, replacement: "credential: {type: password}",
            says: "'upstream.credential.type' must be one of"),
        Refusal(
            line: credential, replacement: "credential: {type: managedIdentity, clientID: A, objectID: B}",
            says: "'upstream.credential.objectID' cannot stand beside 'clientID'"),
        Refusal(
            line: credential, replacement: "credential: {type: tokenFile, path: gone}",
            says: "'upstream.credential.path' names a file that does not exist"),
        Refusal(
            line: credential,
            replacement:
                "credential: {type: clientCertificate, tenant: T, clientID: C, certificateFile: tls/tls.crt, privateKeyFile: tls/tls.key}",
            says: "'upstream.credential.type' 'clientCertificate' is not in this version"),
        Refusal(
            line: credential,
            replacement: "credential: {type: workloadIdentity, tenant: T, clientID: C, tokenFile: token}",
            says: "'upstream.credential.type' 'workloadIdentity' is not in this version"),
        Refusal(
            line: credential, replacement: "credential: {type: workloadIdentity, tenant: T, clientID: C}",
            says: "'upstream.credential.tokenFile' is missing, and AZURE_FEDERATED_TOKEN_FILE is not set either"),
        Refusal(
            line: "bundle: policies", replacement: "bundle: tls/tls.crt",
            says: "'policy.bundle' names a folder that is a file"),
        Refusal(
            line: "", replacement: "", more: "management: {host: 0.0.0.0, port: 8443}",
            says: "'management.port' must not be"),
        Refusal(
            line: "", replacement: "", more: "retry: {windowSeconds: 10, waitSeconds: 11}",
            says: "'retry.waitSeconds' must not be"),
        Refusal(
            line: "", replacement: "", more: "retry: {unknownHoldSeconds: 0}",
            says: "'retry.unknownHoldSeconds' must be"),
        Refusal(
            line: "", replacement: "", more: "audit: {signingKey: /k, fingerprintKey: /k}",
            says: "'audit.fingerprintKey' must not be the signing key's file"),
        Refusal(
            line: "", replacement: "", more: "logging: {level: loud}", says: "'logging.level' must be one of trace"),
        Refusal(line: "", replacement: "", more: "logging: json", says: "'logging' must be a mapping, not text"),
        Refusal(line: "", replacement: "", more: "<<: {a: 1}", says: "unknown key '<<'"),
    ]

    @Test(arguments: refusals) func refused(_ refusal: Refusal) {
        let text = ConfigurationFolder.minimal(replacing: refusal.line, by: refusal.replacement, adding: refusal.more)
        let problems = folder.refuse(text)
        #expect(problems.contains { $0.contains(refusal.says) }, "\(problems)")
        #expect(problems.allSatisfy { $0.hasPrefix("sallyport.yaml:") }, "\(problems)")
    }

    @Test func nobodyCouldSignIn() {
        let text = ConfigurationFolder.minimal().replacing(
            #/identity:\n(  .*\n)+/#, with: "identity: {tokenIssuers: []}\n")
        #expect(folder.refuse(text).contains { $0.contains("'identity.tokenIssuers' must name an issuer") })
    }

    @Test func certificatesAloneAreEnough() throws {
        let text = ConfigurationFolder.minimal(
            replacing: "privateKey: tls/tls.key}",
            by: "privateKey: tls/tls.key, clientCertificates: required, clientTrustRoots: tls/clients.pem}"
        ).replacing(#/identity:\n(  .*\n)+/#, with: "")
        let loaded = try folder.accept(text)
        #expect(loaded.configuration.identity.tokenIssuers == [])
        #expect(loaded.configuration.listener.tls.clientTrustRoots == "\(folder.path)/tls/clients.pem")
        let passthrough = text.replacing(Self.credential, with: "credential: {type: passthrough}")
        #expect(folder.refuse(passthrough).contains { $0.contains("needs callers with tokens") })
    }

    @Test func passthroughWarnsAndNeedsAnARMAudience() throws {
        let text = ConfigurationFolder.minimal(replacing: Self.credential, by: "credential: {type: passthrough}")
        let loaded = try folder.accept(text)
        #expect(loaded.configuration.upstream.credential.kind == .passthrough)
        #expect(loaded.warnings.map(\.description).contains { $0.contains("can go around the gateway") })
        let other = text.replacing("[https://management.azure.com/]", with: "[api://sallyport]")
        #expect(folder.refuse(other).contains { $0.contains("has no ARM audience") })
    }

    @Test func warningsDoNotRefuse() throws {
        let loaded = try folder.accept(
            ConfigurationFolder.minimal(adding: "management: {host: 0.0.0.0}\nshutdownSeconds: 10"))
        #expect(loaded.warnings.count == 2)
        #expect(loaded.warnings.allSatisfy { $0.severity == .warning && $0.line != nil })
    }

    @Test func aFileThatCannotBeRead() {
        guard case .failure(let refused) = ConfigurationFile.load(path: "\(folder.path)/none.yaml", environment: [:])
        else {
            Issue.record("a missing file was accepted")
            return
        }
        #expect(refused.problems.map(\.description) == ["\(folder.path)/none.yaml: the file does not exist"])
    }
}
