/// The same bodies as `Codable` reads them, with synthesized conformances.
struct DecodedAction: Codable, Equatable {
    var commandId: String
    var script: [String]?
    var parameters: [DecodedParameter]?
}

struct DecodedParameter: Codable, Equatable {
    var name: String
    var value: String
}

struct DecodedUpdate: Codable, Equatable {
    var tags: [String: String]?
    var properties: DecodedProperties?
}

struct DecodedProperties: Codable, Equatable {
    var source: DecodedSource?
    var parameters: [DecodedParameter]?
    var protectedParameters: [DecodedParameter]?
    var asyncExecution: Bool?
    var runAsUser: String?
    var runAsPassword: String?
    var timeoutInSeconds: Int32?
    var outputBlobUri: String?
    var errorBlobUri: String?
    var outputBlobManagedIdentity: DecodedIdentity?
    var errorBlobManagedIdentity: DecodedIdentity?
    var treatFailureAsDeploymentFailure: Bool?
}

struct DecodedSource: Codable, Equatable {
    var script: String?
    var scriptUri: String?
    var commandId: String?
    var galleryScriptReferenceId: String?
    var scriptShell: String?
    var scriptUriManagedIdentity: DecodedIdentity?
}

struct DecodedIdentity: Codable, Equatable {
    var clientId: String?
    var objectId: String?
}
