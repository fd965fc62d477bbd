import Foundation

/// The login endpoint of the simulated tenant: discovery, key set, client credentials.
struct TokenEndpoints: Sendable {
    let configuration: SimulatorConfiguration
    let tokens: TokenAuthority

    /// The answer to a path under a tenant, or nil if it is none of the login endpoint's.
    func answer(_ incoming: ARMEndpoint.Incoming) throws -> Answer? {
        let segments = incoming.target.segments
        guard let tenant = segments.first else { return nil }
        let rest = segments.dropFirst().map { $0.lowercased() }
        switch rest {
        case ["v2.0", ".well-known", "openid-configuration"], [".well-known", "openid-configuration"]:
            return Answer(status: 200, json: self.discovery(tenant, incoming.base, isSecondForm: rest.count == 3))
        case ["discovery", "v2.0", "keys"], ["discovery", "keys"]:
            return Answer(status: 200, json: try self.tokens.keySet())
        case ["oauth2", "v2.0", "token"], ["oauth2", "token"]:
            guard incoming.method == "POST" else { return Answer(status: 405) }
            return try self.token(
                self.named(tenant), RequestTarget.pairs(String(decoding: incoming.body, as: UTF8.self)))
        default: return nil
        }
    }

    /// `common` and the like stand for the configured tenant.
    private func named(_ tenant: String) -> String {
        ["common", "organizations", "consumers"].contains(tenant.lowercased()) ? self.configuration.tenant : tenant
    }

    private func discovery(_ given: String, _ base: String, isSecondForm: Bool) -> SimulatorJSON {
        let tenant = self.named(given)
        let form = isSecondForm ? "v2.0/" : ""
        return [
            "issuer": .string(isSecondForm ? "\(base)/\(tenant)/v2.0" : self.tokens.issuer(tenant: tenant)),
            "authorization_endpoint": .string("\(base)/\(tenant)/oauth2/\(form)authorize"),
            "token_endpoint": .string("\(base)/\(tenant)/oauth2/\(form)token"),
            "device_authorization_endpoint": .string("\(base)/\(tenant)/oauth2/\(form)devicecode"),
            "end_session_endpoint": .string("\(base)/\(tenant)/oauth2/\(form)logout"),
            "jwks_uri": .string("\(base)/\(tenant)/discovery/v2.0/keys"),
            "token_endpoint_auth_methods_supported": ["client_secret_post", "private_key_jwt"],
            "response_types_supported": ["code", "id_token"], "response_modes_supported": ["query", "form_post"],
            "subject_types_supported": ["pairwise"], "id_token_signing_alg_values_supported": ["RS256"],
            "scopes_supported": ["openid", "profile", "email", "offline_access"],
            "tenant_region_scope": "EU", "cloud_instance_name": "microsoftonline.com",
        ]
    }

    private func token(_ tenant: String, _ form: [(name: String, value: String)]) throws -> Answer {
        func field(_ name: String) -> String { form.last { $0.name == name }?.value ?? "" }
        guard field("grant_type") == "client_credentials" else {
            return Self.refusal(400, "unsupported_grant_type", "AADSTS70003: The grant type is not supported here.")
        }
        let id = field("client_id")
        guard
            let application = self.configuration.applications.first(where: {
                $0.clientID.lowercased() == id.lowercased()
            })
        else {
            return Self.refusal(
                400, "unauthorized_client", "AADSTS700016: Application with identifier '\(id)' was not found.")
        }
        let secret = field("client_secret")
        let assertion = field("client_assertion")
        let knowsSecret = !secret.isEmpty && secret == application.secret
        let knowsAssertion =
            field("client_assertion_type") == "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
            && application.assertions.contains(assertion)
        guard knowsSecret || knowsAssertion else {
            return Self.refusal(401, "invalid_client", "AADSTS7000215: Invalid client secret or assertion provided.")
        }
        let scope = field("scope")
        let audience = scope.hasSuffix("/.default") ? String(scope.dropLast("/.default".count)) : field("resource")
        guard !audience.isEmpty else {
            return Self.refusal(
                400, "invalid_scope", "AADSTS70011: The provided scope is not valid: it must end in /.default.")
        }
        let token = try self.tokens.mint(claims: [
            "aud": .string(audience), "tid": .string(tenant), "appid": .string(application.clientID),
            "oid": .string(application.objectID), "appidacr": knowsSecret ? "1" : "2",
        ])
        let lifetime = SimulatorJSON.number(String(TokenAuthority.lifetime))
        return Answer(
            status: 200,
            json: [
                "token_type": "Bearer", "expires_in": lifetime, "ext_expires_in": lifetime,
                "access_token": .string(token),
            ])
    }

    private static func refusal(_ status: Int, _ code: String, _ text: String) -> Answer {
        Answer(status: status, json: ["error": .string(code), "error_description": .string(text)])
    }
}
