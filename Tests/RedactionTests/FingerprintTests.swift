import Crypto
import Foundation
import Redaction
import Testing

@Suite struct FingerprintTests {
    private static let key = FingerprintKey(bytes: Array(0..<32))

    /// From Python's `hmac` and `hashlib`: HMAC-SHA-256 over label, zero byte and value.
    @Test(arguments: [
        (FingerprintLabel.runAsPassword, "630dcd29:Fc8nApg+hqjbOuxpy9ptOwdtqmxpnIIrdoYTuVLvOzQ="),
        (.protectedParameter, "630dcd29:L2FypE+5fxM7/XFCkpZZVyIiX896FYwju56lp5NeFjQ="),
        (.blobQuery, "630dcd29:hTuopqc4jaCKAzBGBHxptFJiYdjOUrqrQpdYlQ4vf+Q="),
        (.scriptQuery, "630dcd29:0f2abVh7hWTxeFty4yCMAQBXAz03dPWGILH0eaA8yeQ="),
        (.parameter, "630dcd29:IkL0DsX5ehtRkt+EA+2YEbp1ugrLDUJ3GJGWo//yqq4="),
    ])
    func knownAnswers(_ label: FingerprintLabel, _ expected: String) {
        let fingerprint = Self.key.fingerprint(of: Secret("pässword"), label: label)
        #expect(fingerprint.text == expected)
        #expect("\(fingerprint)" == expected)
    }

    @Test func agreesWithHMAC() {
        for value in ["", "a", String(repeating: "x", count: 1_000), "\u{0}", "é"] {
            for label in FingerprintLabel.allCases {
                let message = Data(label.rawValue.utf8) + [0] + Data(value.utf8)
                let code = HMAC<SHA256>.authenticationCode(for: message, using: SymmetricKey(data: Data(0..<32)))
                let digits = SHA256.hash(data: Data(0..<32)).prefix(4).map { String(format: "%02x", $0) }.joined()
                #expect(
                    Self.key.fingerprint(of: Secret(value), label: label).text
                        == digits + ":" + Data(code).base64EncodedString())
            }
        }
    }

    @Test func labelsValuesAndKeysTellApart() {
        let other = FingerprintKey(bytes: Array(1..<33))
        var seen: Set<String> = []
        for key in [Self.key, other] {
            for label in FingerprintLabel.allCases {
                for value in ["a", "b", "runAsPassword"] {
                    seen.insert(key.fingerprint(of: Secret(value), label: label).text)
                }
            }
        }
        #expect(seen.count == 2 * FingerprintLabel.allCases.count * 3)
        #expect(Self.key.id == "630dcd29" && other.id != Self.key.id)
        #expect(!"\(Self.key.fingerprint(of: Secret("CANARY"), label: .blobQuery))".contains("CANARY"))
    }

    @Test func codesOverPartsTellTheirBoundsApart() {
        let hex = Self.key.code(over: [Array("a".utf8), [], Array("bc".utf8)]).map { String(format: "%02x", $0) }
            .joined()
        #expect(hex == "c1c38719f83f4d84a09acce97a3178169385066ec274419300291e282f5401c9")
        let parts: [[[UInt8]]] = [[[1, 2]], [[1], [2]], [[], [1, 2]], [[1, 2], []], [[1, 2], [], []], []]
        #expect(Set(parts.map { Self.key.code(over: $0) }).count == parts.count)
    }
}
