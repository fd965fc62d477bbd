import ARMModel

/// Where a command's script comes from, if it is an address that the request names: fetched already, or not yet.
enum ScriptOrigin {
    /// The text is in the request, a gallery or Azure itself; or there is none.
    case elsewhere
    case address(WebAddress, identity: Known<ManagedIdentity?>)
    /// The source as it is stored has not been read.
    case unknown

    init(_ command: Command) {
        if let address = command.fetchedFrom {
            self = .address(address, identity: .known(nil))
        } else {
            switch command.source {
            case .known(.address(let address, let identity)?): self = .address(address, identity: identity)
            case .known: self = .elsewhere
            case .unknown: self = .unknown
            }
        }
    }

    /// What no rule can make up for: the gateway fetches only what anybody could fetch with the address alone, by the
    /// one protocol that proves the host.
    enum Obstacle {
        case notHTTPS, userInformation, port, queryUnknown, identity
    }

    static func obstacle(_ address: WebAddress, _ identity: Known<ManagedIdentity?>) -> Obstacle? {
        if !ASCIICase.areEqual(address.scheme, "https") { return .notHTTPS }
        if address.hasUserInformation { return .userInformation }
        if let port = address.port, port != 443 { return .port }
        if !address.query.isKnown { return .queryUnknown }
        return identity == .known(nil) ? nil : .identity
    }
}

extension PolicyRequest {
    /// The same request with its script on the way: fetched from the address, and not known yet.
    ///
    /// - Returns: `nil` where the source is no address, or one that is never fetched.
    var awaitingScript: PolicyRequest? {
        guard var command = self.command, case .known(.address(let address, let identity)?) = command.source,
            ScriptOrigin.obstacle(address, identity) == nil
        else { return nil }
        command.source = .unknown
        command.fetchedFrom = address
        var request = self
        request.command = command
        return request
    }
}
