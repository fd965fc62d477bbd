/// An absolute link of ARM's (`Location`, `Azure-AsyncOperation`) that points at an operation on the configured
/// endpoint and nowhere else (facts §2.5, §9.1).
package struct ARMLink: Sendable, Hashable {
    /// Path and query as ARM wrote them: signed, so they are sent back byte for byte.
    package var originForm: String
    package var subscription: String
    /// Lower case.
    package var location: String
    /// ARM's id of the operation, the last segment.
    package var operationID: String

    /// - Parameters:
    ///   - text: the header's value.
    ///   - authority: `host` or `host:port` of the configured endpoint, lower case.
    /// - Returns: `nil` for another host, scheme or port, for user information, and for a path that is no operation's.
    package init?(_ text: String, authority: String) {
        guard text.utf8.count <= 8_192, text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }),
            text.utf8.prefix(8).map(ASCIICase.lower).elementsEqual("https://".utf8)
        else { return nil }
        let rest = text.utf8.dropFirst(8)
        guard let slash = rest.firstIndex(of: UInt8(ascii: "/")) else { return nil }
        let host = ASCIICase.lowered(String(Substring(rest[..<slash])))
        guard Self.withoutDefaultPort(host) == Self.withoutDefaultPort(authority) else { return nil }
        let origin = String(Substring(rest[slash...]))
        let path = origin.utf8.prefix { $0 != UInt8(ascii: "?") }
        // Nothing that another reader of the path might take for a slash or a dot.
        guard !origin.utf8.contains(UInt8(ascii: "#")), !path.contains(where: { "%\\;".utf8.contains($0) }) else {
            return nil
        }
        let segments = path.dropFirst().split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
            .map { String(Substring($0)) }
        guard segments.count == 8, ASCIICase.areEqual(segments[0], "subscriptions"),
            ResourceName.isSubscription(segments[1]), ASCIICase.areEqual(segments[2], "providers"),
            ASCIICase.areEqual(segments[3], "Microsoft.Compute"), ASCIICase.areEqual(segments[4], "locations"),
            ResourceName.isLocation(segments[5]), ASCIICase.areEqual(segments[6], "operations"),
            !segments[7].isEmpty, segments[7] != ".", segments[7] != ".."
        else { return nil }
        self.originForm = origin
        self.subscription = segments[1]
        self.location = ASCIICase.lowered(segments[5])
        self.operationID = segments[7]
    }

    private static func withoutDefaultPort(_ authority: String) -> [UInt8] {
        let bytes = Array(authority.utf8)
        return bytes.suffix(4).elementsEqual(":443".utf8) ? bytes.dropLast(4) : bytes
    }

    /// ARM's id of the operation that a stored link names.
    package static func operationID(ofOriginForm text: String) -> String? {
        text.utf8.prefix { $0 != UInt8(ascii: "?") }.split(separator: UInt8(ascii: "/")).last.map { String(Substring($0)) }
    }
}
