import Crypto
import Testing

@testable import Redaction

@Suite struct KeyedHashTests {
    /// RFC 4231, test cases 1 and 6: a short key, and one longer than a block.
    @Test func isWhatTheStandardSays() {
        let short = KeyedHash(key: [UInt8](repeating: 0x0B, count: 20)).code(of: Array("Hi There".utf8))
        #expect(Self.hex(short) == "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7")
        let long = KeyedHash(key: [UInt8](repeating: 0xAA, count: 131))
            .code(of: Array("Test Using Larger Than Block-Size Key - Hash Key First".utf8))
        #expect(Self.hex(long) == "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54")
    }

    @Test(arguments: [0, 1, 31, 32, 63, 64, 65, 128, 200])
    func isWhatTheLibrarySays(_ length: Int) {
        let key = (0..<length).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ 3) }
        let keyed = KeyedHash(key: key)
        for count in [0, 1, 55, 56, 63, 64, 65, 1_000, 70_000] {
            let message = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ count) }
            let expected = HMAC<SHA256>.authenticationCode(for: message, using: SymmetricKey(data: key))
            #expect(Array(keyed.code(of: message)) == Array(expected), "\(length) \(count)")
        }
    }

    private static func hex(_ digest: SHA256.Digest) -> String {
        digest.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}
