import ARMModel

/// One entry of a rule's `principals`.
package enum PrincipalSelector: Sendable, Hashable {
    /// Everybody who is authenticated.
    case any
    /// The token's object id, for a person's token only.
    case user(DirectoryID)
    /// The client id, for a token that the application got for itself only.
    case application(DirectoryID)
    /// The token's object id, whatever its kind.
    case object(DirectoryID)
    /// A group's object id.
    case group(DirectoryID)
    /// A URI name of the client certificate.
    case certificateURI(String)
    /// A DNS name of the client certificate.
    case certificateDNS(String)
}

/// A selector as written: itself, or the name of a group of `bundle.yaml` that stands for several.
package enum PrincipalReference: Sendable, Hashable {
    case selector(PrincipalSelector)
    case namedGroup(String)

    /// Why a text is no principal, in words for the author of a policy.
    package struct Malformed: Error, Hashable {
        package var message: String
    }

    package init(_ text: String) throws(Malformed) {
        if text == "any" {
            self = .selector(.any)
            return
        }
        guard let colon = text.firstIndex(of: ":") else {
            throw Malformed(
                message: "is no principal: write user:, app:, object:, group: or certificate: before it, or any")
        }
        let kind = text[..<colon]
        let rest = String(text[text.index(after: colon)...])
        switch kind {
        case "user": self = .selector(.user(try Self.directoryID(rest)))
        case "app": self = .selector(.application(try Self.directoryID(rest)))
        case "object": self = .selector(.object(try Self.directoryID(rest)))
        case "group":
            if let id = DirectoryID(rest) {
                self = .selector(.group(id))
            } else if Self.isGroupName(rest) {
                self = .namedGroup(rest)
            } else {
                throw Malformed(message: "names a group that is neither an object id nor a name of bundle.yaml")
            }
        case "certificate": self = .selector(try Self.certificate(rest))
        default:
            throw Malformed(
                message: "has an unknown kind of principal; known are user, app, object, group, certificate")
        }
    }

    /// Whether a text may name a group of `bundle.yaml`: a word that no object id looks like.
    package static func isGroupName(_ text: String) -> Bool {
        guard let first = text.utf8.first, ASCIIText.isLetter(first), text.utf8.count <= 64, GUID(text) == nil else {
            return false
        }
        return text.utf8.allSatisfy { ASCIIText.isLetterOrDigit($0) || $0 == 0x2D || $0 == 0x5F || $0 == 0x2E }
    }

    private static func directoryID(_ text: String) throws(Malformed) -> DirectoryID {
        guard let id = DirectoryID(text) else {
            throw Malformed(message: "needs a GUID behind the colon (TENANT/ID where several tenants are configured)")
        }
        return id
    }

    private static func certificate(_ name: String) throws(Malformed) -> PrincipalSelector {
        let isPrintable = name.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
        guard isPrintable, !name.isEmpty, !name.contains("*") else {
            throw Malformed(message: "needs a URI or DNS name of a certificate behind the colon, without wildcards")
        }
        if name.contains(":") { return .certificateURI(name) }
        let isHost = name.utf8.allSatisfy {
            ASCIIText.isLetterOrDigit($0) || $0 == 0x2D || $0 == 0x2E || $0 == 0x5F
        }
        guard isHost else {
            throw Malformed(message: "names a certificate by something that is neither URI nor DNS name")
        }
        return .certificateDNS(ASCIICase.lowered(name))
    }
}
