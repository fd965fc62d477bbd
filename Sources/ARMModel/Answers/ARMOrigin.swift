/// Whether a link of ARM's stays on the configured endpoint: `https`, the same host and port, no user information.
enum ARMOrigin {
    /// - Parameter authority: `host` or `host:port` of the configured endpoint, lower case.
    /// - Returns: where the path begins; `nil` for any other origin.
    static func pathStart(of bytes: UnsafeBufferPointer<UInt8>, on authority: UnsafeBufferPointer<UInt8>) -> Int? {
        let scheme = 8
        guard bytes.count > scheme, ASCIICase.areEqual(bytes[..<scheme], toLowerCase: "https://"),
            let slash = bytes[scheme...].firstIndex(of: UInt8(ascii: "/")),
            self.isSameHost(bytes[scheme..<slash], authority[...])
        else { return nil }
        return slash
    }

    private static func isSameHost(
        _ given: Slice<UnsafeBufferPointer<UInt8>>, _ own: Slice<UnsafeBufferPointer<UInt8>>
    ) -> Bool {
        let given = self.withoutDefaultPort(given)
        let own = self.withoutDefaultPort(own)
        guard given.count == own.count else { return false }
        let pairs = (UnsafeBufferPointer(rebasing: given), UnsafeBufferPointer(rebasing: own))
        for index in 0..<given.count where ASCIICase.lower(pairs.0[index]) != pairs.1[index] { return false }
        return true
    }

    private static func withoutDefaultPort(
        _ authority: Slice<UnsafeBufferPointer<UInt8>>
    ) -> Slice<UnsafeBufferPointer<UInt8>> {
        authority.count > 4 && ASCIICase.areEqual(authority.suffix(4), toLowerCase: ":443")
            ? authority.dropLast(4) : authority
    }
}
