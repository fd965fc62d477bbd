import ARMModel

extension Command {
    /// Whether something stays as it is stored that a GET hides: protected parameters, password, the query of an
    /// address, an identity. Also true while nothing has been read.
    var keepsStoredSecrets: Bool {
        if !self.protectedParameters.isKnown || !self.runAsPassword.isKnown { return true }
        if case .known(nil) = self.outputBlob, case .known(nil) = self.errorBlob, !self.isFromAddress { return false }
        if self.identities.contains(where: { !$0.isKnown }) { return true }
        if case .known(.address(let address, _)?) = self.source, !address.query.isKnown { return true }
        return [self.outputBlob, self.errorBlob].contains { blob in
            guard case .known(let address) = blob else { return true }
            return address.map { !$0.query.isKnown } ?? false
        }
    }

    private var isFromAddress: Bool {
        if case .known(.address?) = self.source { true } else { false }
    }

    /// The identities that the machine would use. An identity that no GET shows matters only beside an address.
    var identities: [Known<ManagedIdentity?>] {
        var found: [Known<ManagedIdentity?>] = []
        if case .known(.address(_, let identity)?) = self.source { found.append(identity) }
        for (blob, identity) in [
            (self.outputBlob, self.outputBlobIdentity), (self.errorBlob, self.errorBlobIdentity),
        ] {
            if case .known(nil) = blob, !identity.isKnown { continue }
            found.append(identity)
        }
        return found
    }
}
