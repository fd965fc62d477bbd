import Crypto
import Redaction

/// The page links that clients get in place of ARM's: ARM's own, sealed, so that nothing need be kept for them, they
/// survive a restart, and they are of use to nobody but the caller they were given to, for the list they belong to.
struct PageLinks: Sendable {
    private let key: SymmetricKey
    private let publicURL: String
    private let endpointAuthority: String

    /// As long as the gateway itself takes a request target.
    private static let mostBytes = 8_192

    init(fingerprintKey: FingerprintKey, links: PollingLinks) {
        self.key = SymmetricKey(data: fingerprintKey.derivedKey(label: "sallyport page link v1"))
        self.publicURL = links.publicURL
        self.endpointAuthority = links.endpointAuthority
    }

    /// - Parameter next: ARM's link, path and query.
    /// - Returns: `nil` for a link that would be too long to be followed.
    func link(to next: String, in scope: PageScope) -> String? {
        guard
            let sealed = try? AES.GCM.seal(
                Array(next.utf8), using: self.key, authenticating: scope.bound(to: self.endpointAuthority)),
            let bytes = sealed.combined
        else { return nil }
        let target =
            scope.path + "?" + (scope.expandsInstanceView ? "$expand=instanceView&" : "") + "api-version="
            + scope.apiVersion + "&$skiptoken=" + Base64URL.encode([UInt8](bytes))
        return target.utf8.count <= Self.mostBytes ? self.publicURL + target : nil
    }

    /// ARM's link behind a `$skiptoken` of ours.
    /// - Returns: `nil` unless it was given to this very caller for this very list.
    func next(behind token: String, in scope: PageScope) -> String? {
        guard let bytes = Base64URL.decode(token.utf8), let box = try? AES.GCM.SealedBox(combined: bytes),
            let opened = try? AES.GCM.open(
                box, using: self.key, authenticating: scope.bound(to: self.endpointAuthority))
        else { return nil }
        return String(decoding: opened, as: UTF8.self)
    }
}

extension ErrorAnswer {
    static let foreignPageLink = ErrorAnswer(
        status: 400, code: "InvalidRequestTarget", message: "this page link was not given to this caller for this list",
        target: "$skiptoken")
}
