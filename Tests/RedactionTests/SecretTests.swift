import Redaction
import Testing

@Suite struct SecretTests {
    private struct Holder {
        var name = "n"
        var secret: Secret
        var maybe: Secret?
        var list: [Secret]
        var map: [String: Secret]
        var result: Result<Secret, Never>
    }

    private enum Choice { case one(Secret), two(label: Secret, other: Int) }
    private struct Failure: Error { var secret: Secret }

    private static let value = "CANARY-\"quoted\"-é"
    private static let secret = Secret(value)

    /// Every way of Swift's own to make a text of a value.
    private func tellings(of value: Any) -> [String] {
        var dumped = ""
        dump(value, to: &dumped)
        var printed = ""
        print(value, to: &printed)
        var debugPrinted = ""
        debugPrint(value, to: &debugPrinted)
        return [
            String(describing: value), String(reflecting: value), "\(value)", dumped, printed, debugPrinted,
            String(describing: Mirror(reflecting: value)), self.mirrored(value),
        ]
    }

    private func mirrored(_ value: Any, depth: Int = 0) -> String {
        guard depth < 8 else { return "" }
        return Mirror(reflecting: value).children.map { child in
            "\(child.label ?? ""): \(child.value) " + self.mirrored(child.value, depth: depth + 1)
        }.joined()
    }

    @Test func isNeverTold() {
        let holder = Holder(
            secret: Self.secret, maybe: Self.secret, list: [Self.secret], map: ["a": Self.secret],
            result: .success(Self.secret))
        let values: [Any] = [
            Self.secret, holder, [Self.secret], ["k": Self.secret], Optional(Self.secret) as Any, (Self.secret, 1),
            Choice.one(Self.secret), Choice.two(label: Self.secret, other: 1), Failure(secret: Self.secret),
            Set([Self.secret]), Failure(secret: Self.secret) as any Error,
        ]
        for value in values {
            for telling in self.tellings(of: value) {
                #expect(!telling.contains("CANARY") && !telling.contains("quoted"))
            }
        }
        #expect("\(Self.secret)" == "<redacted>")
        #expect(String(reflecting: Self.secret) == "<redacted>")
        #expect(Mirror(reflecting: Self.secret).children.isEmpty)
    }

    @Test func cannotBeEncodedOrPassForAText() {
        let value = Self.secret as Any
        #expect(!(value is any Encodable))
        #expect(!(value is any LosslessStringConvertible))
        #expect(!(value is any StringProtocol))
        #expect(!(value is any RawRepresentable))
        // A key path to what is inside is private, so this is the only way in.
        #expect(Self.secret.withValue { $0 } == Self.value)
    }

    @Test func comparesAndMeasures() {
        #expect(Secret("a") == Secret("a") && Secret("a") != Secret("b"))
        #expect(Secret("é").utf8Count == 2 && Secret("").utf8Count == 0)
    }
}
