import Foundation
import Testing

@testable import Redaction

@Suite struct Base64TextTests {
    @Test func agreesWithFoundationAtEveryLength() {
        for length in 0...40 {
            let bytes = (0..<length).map { UInt8(truncatingIfNeeded: $0 &* 37 &+ 251) }
            let text = bytes.withUnsafeBytes { Base64Text.text(of: $0, after: "key:") }
            #expect(text == "key:" + Data(bytes).base64EncodedString())
        }
    }
}
