import GatewayConfiguration
import Testing
import YAMLReading

/// The environment stands over the file.
@Suite struct ConfigurationEnvironmentTests {
    let folder: ConfigurationFolder

    init() throws { folder = try ConfigurationFolder() }

    @Test func environmentWins() throws {
        let environment = [
            "SALLYPORT_LISTENER_PORT": "9443",
            "SALLYPORT_LISTENER_PUBLIC_URL": "https://Other.Example:9443/",
            "SALLYPORT_LISTENER_TLS_CLIENT_CERTIFICATES": "optional",
            "SALLYPORT_LISTENER_TLS_CLIENT_TRUST_ROOTS": "/etc/sallyport/tls/clients.pem",
            "SALLYPORT_LISTENER_LIMITS_BODY_BYTES": "2048",
            "SALLYPORT_IDENTITY_METADATA_AUDIENCES": "https://a.example, api://b",
            "SALLYPORT_IDENTITY_TOKEN_ISSUERS_0_JWKS": "https://login.example/keys",
            "SALLYPORT_IDENTITY_TOKEN_ISSUERS_0_REQUIRED_SCOPES": "",
            "SALLYPORT_UPSTREAM_CREDENTIAL_TYPE": "clientSecret",
            "SALLYPORT_UPSTREAM_CREDENTIAL_TENANT": "12",
            "SALLYPORT_UPSTREAM_CREDENTIAL_CLIENT_ID": "true",
            "SALLYPORT_UPSTREAM_CREDENTIAL_CLIENT_SECRET_FILE": "secret",
            "SALLYPORT_RETRY_UNKNOWN_HOLD_SECONDS": "60",
            "SALLYPORT_SHUTDOWN_SECONDS": "120",
            "SALLYPORT_LOGGING_FORMAT": "text",
            "PATH": "/bin",
        ]
        let loaded = try folder.accept(ConfigurationFolder.minimal(), environment: environment)
        let configuration = loaded.configuration
        #expect(loaded.warnings == [])
        #expect(configuration.listener.port == 9443)
        #expect(configuration.listener.publicURL.origin == "https://other.example:9443")
        #expect(configuration.listener.tls.clientCertificates == .optional)
        #expect(configuration.listener.limits.bodyBytes == 2048)
        #expect(configuration.identity.metadata.audiences == ["https://a.example", "api://b"])
        #expect(try configuration.identity.tokenIssuers[0].jwks == .url(HTTPSAddress("https://login.example/keys")))
        #expect(configuration.identity.tokenIssuers[0].requiredScopes == [])
        #expect(
            configuration.upstream.credential.kind
                == .clientSecret(tenant: "12", clientID: "true", clientSecretFile: "\(folder.path)/secret"))
        #expect(configuration.retry.unknownHoldSeconds == 60)
        #expect(configuration.shutdownSeconds == 120)
        #expect(configuration.logging.format == .text)
    }

    @Test func aWholeSectionCanComeFromTheEnvironment() throws {
        let text = ConfigurationFolder.minimal().replacing(#/upstream:\n(  .*\n)+/#, with: "")
        let loaded = try folder.accept(
            text,
            environment: [
                "SALLYPORT_UPSTREAM_CREDENTIAL_TYPE": "tokenFile", "SALLYPORT_UPSTREAM_CREDENTIAL_PATH": "token",
            ])
        #expect(loaded.configuration.upstream.credential.kind == .tokenFile(path: "\(folder.path)/token"))
    }

    @Test func problemsNameTheVariable() {
        let problems = folder.refuse(
            ConfigurationFolder.minimal(),
            environment: [
                "SALLYPORT_LISTENER_PORT": "many", "SALLYPORT_LISTENER_TLS_PRIVATE_KEY": "/gone",
                "SALLYPORT_LOGGING_LEVEL": "",
            ])
        #expect(
            problems == [
                "SALLYPORT_LISTENER_PORT: 'listener.port' must be a whole number without quotes, not text",
                "SALLYPORT_LISTENER_TLS_PRIVATE_KEY: 'listener.tls.privateKey' names a file that does not exist",
                "SALLYPORT_LOGGING_LEVEL: 'logging.level' must be one of trace, debug, info, notice, warning, error, critical",
            ])
    }

    @Test func unknownVariablesWarn() throws {
        let loaded = try folder.accept(
            ConfigurationFolder.minimal(),
            environment: ["SALLYPORT_LISTENER_PROT": "1", "SALLYPORTS": "2", "SALLYPORT_COLOUR": "3"])
        #expect(
            loaded.warnings.map(\.description) == [
                "SALLYPORT_COLOUR: warning: the variable sets nothing",
                "SALLYPORT_LISTENER_PROT: warning: the variable sets nothing; is SALLYPORT_LISTENER_PORT meant?",
            ])
    }

    @Test func workloadIdentityTakesWhatKubernetesSets() {
        let text = ConfigurationFolder.minimal(
            replacing: "credential: {type: managedIdentity}", by: "credential: {type: workloadIdentity}")
        let problems = folder.refuse(
            text,
            environment: [
                "AZURE_TENANT_ID": "T", "AZURE_CLIENT_ID": "C", "AZURE_FEDERATED_TOKEN_FILE": "\(folder.path)/token",
                "AZURE_AUTHORITY_HOST": "https://login.microsoftonline.com/",
            ])
        #expect(problems == ["sallyport.yaml:11: 'upstream.credential.type' 'workloadIdentity' is not in this version"])
    }
}
