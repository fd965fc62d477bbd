package import Redaction

/// How the gateway proves to ARM who it is, from `upstream.credential`.
package enum UpstreamCredential: Sendable {
    /// The identity of the machine or container that the gateway runs on.
    case managedIdentity(ManagedIdentity)
    /// A registered application with a secret.
    case clientSecret(ClientSecret)
    /// A token that something else writes into a file.
    case tokenFile(path: String)
    /// The caller's own token goes on; the gateway has none.
    case passthrough

    package struct ManagedIdentity: Sendable {
        /// Which of several identities: at most one way of naming it.
        package enum Selection: Sendable, Hashable {
            case onlyOne
            case clientID(String)
            case objectID(String)
            case resourceID(String)
        }

        package var selection: Selection
        package var endpoint: ManagedIdentityEndpoint

        package init(selection: Selection = .onlyOne, endpoint: ManagedIdentityEndpoint = .virtualMachine()) {
            self.selection = selection
            self.endpoint = endpoint
        }
    }

    package struct ClientSecret: Sendable {
        /// Where tokens are asked for, with or without a slash at its end.
        package var authority: String
        /// The tenant's id or domain.
        package var tenant: String
        package var clientID: String
        /// Read anew for every token, so that a replaced secret is used without a restart.
        package var secretFile: String

        package init(
            authority: String = "https://login.microsoftonline.com/", tenant: String, clientID: String,
            secretFile: String
        ) {
            self.authority = authority
            self.tenant = tenant
            self.clientID = clientID
            self.secretFile = secretFile
        }
    }
}

/// Where a managed identity's tokens come from.
package enum ManagedIdentityEndpoint: Sendable {
    /// The instance metadata service of a virtual machine. Its base URL is fixed by Azure; tests give another.
    case virtualMachine(baseURL: String = "http://169.254.169.254")
    /// The endpoint that App Service, Container Apps and the like name in the environment, with its header value.
    case environment(url: String, header: Secret)

    /// What requests are sent to, without what is appended.
    var address: String {
        switch self {
        case .virtualMachine(let baseURL): baseURL
        case .environment(let url, _): url
        }
    }

    /// What the environment offers: `IDENTITY_ENDPOINT` with `IDENTITY_HEADER`, else the virtual machine's.
    package static func detect(in environment: [String: String]) -> ManagedIdentityEndpoint {
        guard let url = environment["IDENTITY_ENDPOINT"], !url.isEmpty,
            let header = environment["IDENTITY_HEADER"], !header.isEmpty
        else { return .virtualMachine() }
        return .environment(url: url, header: Secret(header))
    }
}
