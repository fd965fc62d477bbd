/// The token in a request's `Authorization` headers.
enum BearerCredential {
    private static let scheme = "bearer"

    /// - Returns: nil if there is no such header; the token's characters are not looked at.
    static func token(in headers: [String]) throws(AuthenticationFailure) -> Substring? {
        guard let header = headers.first else { return nil }
        guard headers.count == 1 else { throw .repeatedHeader }
        guard var start = self.endOfScheme(header.utf8.span) else { throw .unsupportedScheme }
        let bytes = header.utf8.span
        while start < bytes.count, bytes[start] == UInt8(ascii: " ") { start += 1 }
        guard start < bytes.count else { throw .malformed }
        return Substring(header.utf8.dropFirst(start))
    }

    /// - Returns: where the scheme ends; nil if it is not `Bearer`, in whatever case.
    private static func endOfScheme(_ header: Span<UInt8>) -> Int? {
        let scheme = self.scheme.utf8.span
        guard header.count >= scheme.count else { return nil }
        for place in 0..<scheme.count where header[place] | 0x20 != scheme[place] { return nil }
        guard header.count == scheme.count || header[scheme.count] == UInt8(ascii: " ") else { return nil }
        return scheme.count
    }
}
