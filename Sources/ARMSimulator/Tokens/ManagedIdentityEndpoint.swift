import Foundation

/// The endpoint that gives a machine tokens of its own: in the form of the instance metadata service and in that of
/// App Service.
struct ManagedIdentityEndpoint: Sendable {
    let configuration: SimulatorConfiguration
    let tokens: TokenAuthority

    func answer(_ incoming: ARMEndpoint.Incoming) throws -> Answer {
        let path = incoming.target.segments.map { $0.lowercased() }
        guard incoming.method == "GET" else { return Answer(status: 405) }
        switch path {
        case ["metadata", "identity", "oauth2", "token"]:
            guard incoming.header("metadata")?.lowercased() == "true" else {
                return Self.refusal("invalid_request", "Required metadata header not specified")
            }
            guard incoming.header("x-forwarded-for") == nil else {
                return Self.refusal("invalid_request", "The request was forwarded")
            }
            return try self.token(incoming.target, versions: ["2018-02-01", "2019-08-01"], isMachine: true)
        case ["msi", "token"]:
            guard incoming.header("x-identity-header") == self.configuration.identityHeader else {
                return Answer(
                    status: 401, json: ["statusCode": 401, "message": "The X-IDENTITY-HEADER is missing or wrong."])
            }
            return try self.token(incoming.target, versions: ["2019-08-01"], isMachine: false)
        default: return Answer(status: 404, json: ["error": "not_found"])
        }
    }

    private func token(_ target: RequestTarget, versions: [String], isMachine: Bool) throws -> Answer {
        guard let version = target.query("api-version"), versions.contains(version) else {
            return Self.refusal("invalid_request", "api-version is missing or not supported")
        }
        guard let resource = target.query("resource"), !resource.isEmpty else {
            return Self.refusal("invalid_request", "Required query variable 'resource' is missing")
        }
        guard let identity = self.identity(target) else { return Self.refusal("invalid_request", "Identity not found") }
        let token = try self.tokens.mint(claims: [
            "aud": .string(resource), "appid": .string(identity.clientID), "oid": .string(identity.objectID),
            "appidacr": "2",
        ])
        let expiry = Int(Date().timeIntervalSince1970) + TokenAuthority.lifetime
        var members: [SimulatorJSON.Member] = [
            .init("access_token", .string(token)), .init("client_id", .string(identity.clientID)),
            .init("expires_on", .string(String(expiry))), .init("resource", .string(resource)),
            .init("token_type", "Bearer"),
        ]
        if isMachine {
            members += [
                .init("expires_in", .string(String(TokenAuthority.lifetime))),
                .init("ext_expires_in", .string(String(TokenAuthority.lifetime))),
                .init("not_before", .string(String(expiry - TokenAuthority.lifetime))),
            ]
        }
        return Answer(status: 200, json: .object(members))
    }

    private func identity(_ target: RequestTarget) -> SimulatorManagedIdentity? {
        let all = self.configuration.managedIdentities
        if let id = target.query("client_id") { return all.first { $0.clientID.lowercased() == id.lowercased() } }
        if let id = target.query("object_id") ?? target.query("principal_id") {
            return all.first { $0.objectID.lowercased() == id.lowercased() }
        }
        if let id = target.query("msi_res_id") ?? target.query("mi_res_id") {
            return all.first { $0.resourceID?.lowercased() == id.lowercased() }
        }
        return all.first
    }

    private static func refusal(_ code: String, _ text: String) -> Answer {
        Answer(status: 400, json: ["error": .string(code), "error_description": .string(text)])
    }
}
