import ARMModel

/// An address pattern of `outputBlobs` and `errorBlobs`: `https://HOST/CONTAINER/…`, with `*` within segments of the
/// path. The host is literal and compares without case; the path compares segment by segment, exactly; the query is a
/// secret and takes no part.
package struct BlobPattern: Sendable, Hashable {
    /// Why a text is no address pattern, in words for the author of a policy.
    package struct Malformed: Error, Hashable {
        package var message: String
    }

    private let host: String
    private let segments: [Glob]
    package let text: String

    /// Punctuation of path segments that is neither reserved for percent-escapes nor read by a shell.
    private static let punctuation = "-._~$!+,=@:"

    package init(_ text: String) throws(Malformed) {
        guard text.hasPrefix("https://") else { throw Malformed(message: "must begin with https://") }
        let parts = text.dropFirst(8).split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard parts.count >= 3 else {
            throw Malformed(message: "must name host, container and blob, e.g. https://HOST/logs/*")
        }
        let host = parts[0]
        let isHost = host.utf8.allSatisfy { ASCIIText.isLetterOrDigit($0) || $0 == 0x2D || $0 == 0x2E }
        guard isHost, host.contains("."), !host.hasPrefix("."), !host.hasSuffix(".") else {
            throw Malformed(message: "must have a plain host name, without port, user information or *")
        }
        var segments: [Glob] = []
        for part in parts.dropFirst() {
            guard part != ".", part != ".." else { throw Malformed(message: "may not have dot segments") }
            do {
                segments.append(try Glob(part, ignoresCase: false, punctuation: Self.punctuation))
            } catch {
                throw Malformed(message: "has a segment that \(error.message)")
            }
        }
        self.host = ASCIICase.lowered(host)
        self.segments = segments
        self.text = text
    }

    /// Whether an address has the only form that an allow accepts: https, no user information, no port but 443, no
    /// empty or dot segments, no percent-escapes in the path.
    static func isPlain(_ address: WebAddress) -> Bool {
        guard ASCIICase.areEqual(address.scheme, "https"), !address.hasUserInformation,
            address.port == nil || address.port == 443, address.path.hasPrefix("/")
        else { return false }
        let segments = Self.segments(of: address)
        let allowed = Set(Self.punctuation.utf8)
        return !segments.isEmpty
            && segments.allSatisfy { segment in
                !segment.isEmpty && segment != "." && segment != ".."
                    && segment.utf8.allSatisfy { ASCIIText.isLetterOrDigit($0) || allowed.contains($0) }
            }
    }

    func matches(_ address: WebAddress) -> Bool {
        guard ASCIICase.areEqual(self.host, address.host) else { return false }
        let segments = Self.segments(of: address)
        guard segments.count == self.segments.count else { return false }
        return zip(self.segments, segments).allSatisfy { $0.matches(String($1)) }
    }

    private static func segments(of address: WebAddress) -> [Substring] {
        address.path.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
    }
}
