/// Everything that can be set on the simulator.
package struct SimulatorConfiguration: Sendable {
    /// The address of both listeners: loopback only, anything else is refused before binding.
    package var host: String
    /// The HTTPS port (ARM, token issuer, `/simulator/…`); 0 takes a free one.
    package var port: Int
    /// The plain-HTTP port of the managed-identity endpoint; 0 takes a free one.
    package var identityPort: Int
    /// The server certificate and what leads from it to its root, PEM.
    package var certificateChainPEM: String
    /// The certificate's key, PEM.
    package var privateKeyPEM: String
    /// The tenant of tokens whose request names none.
    package var tenant: String
    /// `iss` of issued tokens, with `{tenant}` in place of the tenant.
    package var issuerTemplate = "https://sts.windows.net/{tenant}/"
    /// Applications that may ask the token endpoint for tokens.
    package var applications: [SimulatorApplication] = []
    /// Identities that the managed-identity endpoint gives tokens for; the first is the one given when none is named.
    package var managedIdentities: [SimulatorManagedIdentity] = [SimulatorManagedIdentity()]
    /// What `X-IDENTITY-HEADER` must say in the App Service form.
    package var identityHeader = "simulator-identity-header"
    /// The subscriptions that `GET /subscriptions` lists. Every other GUID works as well.
    package var subscriptions = ["00000000-0000-0000-0000-000000000001"]
    /// Machines that exist: `NAME`, or `SCALESET/INSTANCE`. Nil: every name that does not begin with `missing`.
    package var machines: [String]?
    /// Whether polling links are ARM's long signed ones (3 KB) or short.
    package var signedLinks = true
    /// Seconds in `Retry-After` on 202 and while an operation runs; nil: no such header.
    package var retryAfterSeconds: Int? = 1
    /// Whether PUT and PATCH carry `Location` beside `Azure-AsyncOperation` (recorded answers carry only the latter).
    package var managedLocationHeader = false
    /// Whether PATCH, and PUT of an existing command, start with 202 and no body instead of 200.
    package var managedAccepted = false
    /// Whether a PATCH merges the objects in `properties` member by member (RFC 7396, as ARM's contract says) instead
    /// of replacing each as a whole. Which of the two Azure does is not known.
    package var mergesRecursively = false
    /// Commands on a page of a list.
    package var pageSize = 10
    /// Seconds a script without a time-out of its own may take.
    package var scriptTimeoutSeconds = 5_400
    /// Nothing runs, every command succeeds at once, and a machine takes any number of actions: for load tests.
    package var isInstant = false
    /// Where scripts get their directories; nil: the system's temporary directory.
    package var scratchDirectory: String?
    /// A file to which each received ARM request is appended, one JSON line, before it is acted upon.
    package var requestLogPath: String?
    /// How many received requests are kept for ``Simulator/receivedRequests``; older ones go.
    package var keptRequests = 50_000

    /// Everything but listeners, certificate and tenant starts at its default.
    package init(
        host: String = "127.0.0.1", port: Int = 0, identityPort: Int = 0, certificateChainPEM: String,
        privateKeyPEM: String, tenant: String = "11111111-1111-1111-1111-111111111111"
    ) {
        self.host = host
        self.port = port
        self.identityPort = identityPort
        self.certificateChainPEM = certificateChainPEM
        self.privateKeyPEM = privateKeyPEM
        self.tenant = tenant
    }
}

/// An application (service principal) of the simulated tenant.
package struct SimulatorApplication: Sendable {
    /// What it names itself by; `appid` of its tokens.
    package var clientID: String
    /// The `oid` of its tokens.
    package var objectID: String
    /// Accepted as `client_secret`; nil: none is.
    package var secret: String?
    /// Accepted as `client_assertion`, compared as text (a federated token); empty: none is.
    package var assertions: [String]

    /// An application without secret and assertions can never get a token.
    package init(clientID: String, objectID: String, secret: String? = nil, assertions: [String] = []) {
        self.clientID = clientID
        self.objectID = objectID
        self.secret = secret
        self.assertions = assertions
    }
}

/// A managed identity of the machine that the simulator stands for.
package struct SimulatorManagedIdentity: Sendable {
    /// `appid` of its tokens.
    package var clientID: String
    /// `oid` of its tokens.
    package var objectID: String
    /// Its ARM resource id; nil for the machine's own identity.
    package var resourceID: String?

    /// By default the identity that the demo knows.
    package init(
        clientID: String = "22222222-2222-2222-2222-222222222222",
        objectID: String = "33333333-3333-3333-3333-333333333333", resourceID: String? = nil
    ) {
        self.clientID = clientID
        self.objectID = objectID
        self.resourceID = resourceID
    }
}

/// Why the simulator does not start.
package enum SimulatorError: Error, CustomStringConvertible {
    /// The host is not a loopback address.
    case notLoopback(String)
    /// It stopped before both listeners were bound.
    case notRunning
    /// The file of the request log cannot be opened.
    case requestLog(String)

    /// For the person at the command line.
    package var description: String {
        switch self {
        case .notLoopback(let host):
            "The simulator serves loopback only, not '\(host)': use 127.0.0.1, ::1 or localhost."
        case .notRunning: "The simulator stopped before it was ready."
        case .requestLog(let path): "The request log '\(path)' cannot be opened for appending."
        }
    }
}
