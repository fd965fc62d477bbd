import Foundation
import NIOHTTP1
import Redaction

/// The one HTTP request that gets a token.
struct TokenRequest: Sendable {
    var method: HTTPMethod
    var url: String
    var headers: [(String, Secret)]
    /// A form; holds the client secret.
    var body: Secret?

    /// For a managed identity: https://learn.microsoft.com/entra/identity/managed-identities-azure-resources/how-to-use-vm-token
    /// and https://learn.microsoft.com/azure/app-service/overview-managed-identity (`IDENTITY_ENDPOINT`).
    static func managedIdentity(
        _ identity: UpstreamCredential.ManagedIdentity, resource: String
    ) throws(CredentialError) -> TokenRequest {
        let base: String
        let version: String
        let header: (String, Secret)
        let resourceIDName: String
        switch identity.endpoint {
        case .virtualMachine(let baseURL):
            base = trimmed(baseURL) + "/metadata/identity/oauth2/token"
            (version, header, resourceIDName) = ("2018-02-01", ("Metadata", Secret("true")), "msi_res_id")
        case .environment(let url, let value):
            base = url
            (version, header, resourceIDName) = ("2019-08-01", ("X-IDENTITY-HEADER", value), "mi_res_id")
        }
        guard !base.contains("#"), !base.contains("?") else { throw CredentialError(.misconfigured) }
        var query = [("api-version", version), ("resource", resource)]
        switch identity.selection {
        case .onlyOne: break
        case .clientID(let id): query.append(("client_id", id))
        case .objectID(let id): query.append(("object_id", id))
        case .resourceID(let id): query.append((resourceIDName, id))
        }
        return TokenRequest(method: .GET, url: base + "?" + form(query), headers: [header], body: nil)
    }

    /// The client-credentials grant of the v2.0 endpoint, its scope being the resource with `/.default` behind.
    static func clientSecret(
        _ client: UpstreamCredential.ClientSecret, resource: String
    ) throws(CredentialError) -> TokenRequest {
        guard !client.tenant.isEmpty, client.tenant.utf8.allSatisfy(isTenantByte) else {
            throw CredentialError(.misconfigured)
        }
        let secret = try SecretFile.read(client.secretFile)
        let body = secret.withValue { value in
            Secret(
                form([
                    ("grant_type", "client_credentials"), ("client_id", client.clientID), ("client_secret", value),
                    ("scope", resource + "/.default"),
                ]))
        }
        return TokenRequest(
            method: .POST, url: "\(trimmed(client.authority))/\(client.tenant)/oauth2/v2.0/token",
            headers: [("content-type", Secret("application/x-www-form-urlencoded"))], body: body)
    }

    private static func trimmed(_ url: String) -> String { url.hasSuffix("/") ? String(url.dropLast()) : url }

    private static func isTenantByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, UInt8(ascii: "-"), UInt8(ascii: "."): true
        default: false
        }
    }

    /// `name=value` pairs, every byte escaped but the unreserved ones of RFC 3986.
    static func form(_ pairs: [(String, String)]) -> String {
        pairs.map { "\(escaped($0.0))=\(escaped($0.1))" }.joined(separator: "&")
    }

    private static func escaped(_ text: String) -> String {
        var result = ""
        for byte in text.utf8 {
            switch byte {
            case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                result.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                result += byte < 16 ? "%0" : "%"
                result += String(byte, radix: 16, uppercase: true)
            }
        }
        return result
    }
}
