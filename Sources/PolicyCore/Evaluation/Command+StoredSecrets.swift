import ARMModel

extension Command {
    /// Whether something stays as it is stored that a GET hides: protected parameters, password, the query of an
    /// address, an identity. Also true while nothing has been read.
    var keepsStoredSecrets: Bool {
        if case .unknown = self.protectedParameters { return true }
        if case .unknown = self.runAsPassword { return true }
        if !self.mayWriteOutput, !self.mayWriteErrors, !self.isAddress { return false }
        if self.identities.contains(where: { !$0.isKnown }) { return true }
        if case .known(.address(let address, _)?) = self.source, !address.query.isKnown { return true }
        return [self.outputBlob, self.errorBlob].contains { blob in
            guard case .known(let address) = blob else { return true }
            return address.map { !$0.query.isKnown } ?? false
        }
    }

    /// The identities that the machine would use, none being none. One that no GET shows matters only beside an
    /// address.
    var identities: [Known<ManagedIdentity?>] {
        var found: [Known<ManagedIdentity?>] = []
        if case .known(.address(_, let identity)?) = self.source, Self.matters(identity, besideAddress: true) {
            found.append(identity)
        }
        if Self.matters(self.outputBlobIdentity, besideAddress: self.mayWriteOutput) {
            found.append(self.outputBlobIdentity)
        }
        if Self.matters(self.errorBlobIdentity, besideAddress: self.mayWriteErrors) {
            found.append(self.errorBlobIdentity)
        }
        return found
    }

    private static func matters(
        _ identity: Known<ManagedIdentity?>, besideAddress: @autoclosure () -> Bool
    ) -> Bool {
        switch identity {
        case .known(nil): false
        case .known: true
        case .unknown: besideAddress()
        }
    }

    /// Whether the source is an address that has not been fetched.
    var isAddress: Bool {
        if case .known(.address?) = self.source { true } else { false }
    }

    private var mayWriteOutput: Bool {
        if case .known(nil) = self.outputBlob { false } else { true }
    }

    private var mayWriteErrors: Bool {
        if case .known(nil) = self.errorBlob { false } else { true }
    }
}
