import Testing

@testable import TLSNames

@Suite("Names in a certificate")
struct CertificateNamesTests {
    @Test(arguments: [
        ("a.example.com", "a.example.com"), ("A.Example.COM", "a.example.com"), ("*.example.com", "a.example.com"),
        ("localhost", "localhost"), ("a.example.com", "A.example.com."),
        ("*.blob.core.windows.net", "contoso.blob.core.windows.net"),
    ])
    func match(_ entry: String, _ name: String) {
        #expect(CertificateNames(names: ["x.test", entry]).contain(name))
    }

    @Test(arguments: [
        ("example.com", "a.example.com"), ("a.example.com", "example.com"), ("*.example.com", "example.com"),
        ("*.example.com", "a.b.example.com"), ("a*.example.com", "ab.example.com"), ("*", "localhost"),
        ("*.com", "example.com"), ("*.*.com", "a.example.com"), ("a.*.com", "a.example.com"), ("", "a.example.com"),
        ("a.example.com.", "a.example.com"), ("a.example.com\0", "a.example.com"), ("127.0.0.1", "a.example.com"),
        ("", ""), ("", "."), ("\u{212A}.example.com", "k.example.com"),
    ])
    func differ(_ entry: String, _ name: String) {
        #expect(!CertificateNames(names: [entry]).contain(name))
        #expect(!CertificateNames(names: []).contain(name))
    }
}
