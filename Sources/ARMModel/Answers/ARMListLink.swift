import Foundation

/// ARM's link to the next page of a list (`nextLink`), on the configured endpoint and of the very list that was asked
/// for (facts §9.1).
package struct ARMListLink: Sendable, Hashable {
    /// Path and query as ARM wrote them, sent back byte for byte.
    package let originForm: String

    /// - Parameters:
    ///   - text: the value of `nextLink`, at most 4,096 bytes.
    ///   - authority: `host` or `host:port` of the configured endpoint, lower case.
    ///   - listPath: the list's own path, as ``ARMRequestHead/upstreamPath`` has it. ARM may write it in another
    ///     case, with other escapes for the same characters, or with one slash at its end.
    /// - Returns: `nil` for another origin or list, and for a query without api-version or skip token.
    package init?(_ text: String, authority: String, listPath: String) {
        guard text.utf8.count <= 4_096,
            text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "#") && $0 != UInt8(ascii: "\\") }),
            let start = text.withBytes({ bytes in authority.withBytes { ARMOrigin.pathStart(of: bytes, on: $0) } })
        else { return nil }
        let originForm = String(Substring(text.utf8.dropFirst(start)))
        let parts = originForm.utf8.split(
            separator: UInt8(ascii: "?"), maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, Self.isSamePath(String(Substring(parts[0])), listPath), Self.isNextPage(parts[1])
        else { return nil }
        self.originForm = originForm
    }

    private static func isSamePath(_ given: String, _ own: String) -> Bool {
        guard let given = try? RequestTarget(given), let own = try? RequestTarget(own) else { return false }
        return given.segments.count == own.segments.count
            && zip(given.segments, own.segments).allSatisfy(ASCIICase.areEqual)
    }

    /// Exactly one api-version and one skip token, neither empty, and no name twice.
    private static func isNextPage(_ query: Substring.UTF8View) -> Bool {
        var names: Set<String> = []
        var needed: Set<String> = ["api-version", "skiptoken"]
        for item in query.split(separator: UInt8(ascii: "&"), omittingEmptySubsequences: false) {
            let pair = item.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            guard pair.count == 2, let name = self.plainName(pair[0]), names.insert(name).inserted else { return false }
            if needed.remove(name) != nil, pair[1].isEmpty { return false }
        }
        return needed.isEmpty
    }

    /// The name without escapes, ASCII case, and the `$` that some services leave out; `nil` for what is no name.
    private static func plainName(_ text: Substring.UTF8View) -> String? {
        guard let decoded = String(Substring(text)).removingPercentEncoding,
            decoded.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && !"%&=#?".utf8.contains($0) })
        else { return nil }
        let lowered = ASCIICase.lowered(decoded)
        let name = lowered.utf8.first == UInt8(ascii: "$") ? String(lowered.dropFirst()) : lowered
        return name.isEmpty ? nil : name
    }
}
