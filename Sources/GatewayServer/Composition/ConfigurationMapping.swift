import ARMUpstream
import Foundation
import GatewayConfiguration
import GatewayIdentity
import GatewayListener
import NIOCore

// From the configuration's values to those of the parts, which know nothing of files and of each other.

extension TokenIssuerConfiguration {
    init(_ issuer: Configuration.TokenIssuer) {
        let location: GatewayIdentity.KeySetLocation =
            switch issuer.jwks {
            case .url(let address): .url(address.text)
            case .file(let path): .file(path: path)
            }
        self.init(
            issuer: issuer.issuer, tenant: issuer.tenant, audiences: issuer.audiences, keySet: location,
            algorithms: issuer.algorithms.compactMap { SigningAlgorithm(rawValue: $0.rawValue) },
            requiredScopes: issuer.requiredScopes, trustRootsFile: issuer.trustRoots)
    }
}

extension UpstreamConfiguration {
    init(_ upstream: Configuration.Upstream) {
        self.init(
            endpoint: UpstreamEndpoint(host: upstream.endpoint.host, port: upstream.endpoint.port),
            trustRoots: upstream.trustRoots.map { .file($0) } ?? .system, maximumConnections: upstream.connections,
            idleTime: .seconds(Int64(upstream.idleSeconds)))
    }
}

/// A credential that the configuration knows and this version cannot use.
struct CredentialNotInThisVersion: Error, CustomStringConvertible {
    let description = "this type of upstream.credential is not in this version"
}

extension UpstreamCredential {
    init(_ credential: Configuration.Credential) throws(CredentialNotInThisVersion) {
        switch credential.kind {
        case .managedIdentity(let selection):
            let named: ManagedIdentity.Selection =
                switch selection {
                case .system: .onlyOne
                case .clientID(let id): .clientID(id)
                case .objectID(let id): .objectID(id)
                case .resourceID(let id): .resourceID(id)
                }
            self = .managedIdentity(
                ManagedIdentity(
                    selection: named, endpoint: .detect(in: ProcessInfo.processInfo.environment)))
        case .clientSecret(let tenant, let clientID, let file):
            self = .clientSecret(
                ClientSecret(
                    authority: credential.authority.text, tenant: tenant, clientID: clientID, secretFile: file))
        case .tokenFile(let path): self = .tokenFile(path: path)
        case .passthrough: self = .passthrough
        case .clientCertificate, .workloadIdentity: throw CredentialNotInThisVersion()
        }
    }
}

extension ListenerConfiguration {
    init(_ listener: Configuration.Listener, shutdownSeconds: Int) {
        let limits = listener.limits
        self.init(
            host: listener.host, port: listener.port,
            tls: TLSFiles(
                certificateChain: listener.tls.certificateChain, privateKey: listener.tls.privateKey,
                clientCertificates: ClientCertificateMode(rawValue: listener.tls.clientCertificates.rawValue)
                    ?? .required,
                clientTrustRoots: listener.tls.clientTrustRoots),
            limits: ListenerLimits(
                headerBytes: limits.headerBytes, bodyBytes: limits.bodyBytes, connections: limits.connections,
                streams: limits.streams, idle: .seconds(limits.idleSeconds), request: .seconds(limits.requestSeconds)),
            shutdown: .seconds(shutdownSeconds))
    }
}
