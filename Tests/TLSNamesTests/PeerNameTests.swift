import Testing

@testable import TLSNames

@Suite("Names that have to be proved")
struct PeerNameTests {
    @Test(arguments: ["127.0.0.1", "::1", "[::1]", "2001:db8::7"])
    func addressesAreLeftToTheHandshake(_ host: String) { #expect(PeerName(host: host) == nil) }

    /// What the resolver takes for an address but TLS does not has to be proved as a name, which it never is.
    @Test(arguments: ["localhost", "a.example.com", "127.1", "0x7f.0.0.1", "2130706433", ""])
    func everythingElseIsAName(_ host: String) { #expect(PeerName(host: host) != nil) }
}
