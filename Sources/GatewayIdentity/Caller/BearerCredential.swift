/// The token in a request's `Authorization` headers.
enum BearerCredential {
    /// - Returns: nil if there is no such header; the token's characters are not looked at.
    static func token(in headers: [String]) throws(AuthenticationFailure) -> Substring? {
        guard let header = headers.first else { return nil }
        guard headers.count == 1 else { throw .repeatedHeader }
        let scheme = header.utf8.prefix { $0 != UInt8(ascii: " ") }
        guard scheme.count == 6, scheme.elementsEqual("bearer".utf8, by: { $0 | 0x20 == $1 }) else {
            throw .unsupportedScheme
        }
        let token = header.utf8[scheme.endIndex...].drop { $0 == UInt8(ascii: " ") }
        guard !token.isEmpty else { throw .malformed }
        return Substring(token)
    }
}
