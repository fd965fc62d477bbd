import HTTPMessages
import NIOHPACK
import Testing

@testable import GatewayListener

@Suite("Heads of HTTP/2 requests")
struct HTTP2HeadTests {
    static let pseudo = [(":method", "POST"), (":scheme", "https"), (":authority", "a"), (":path", "/p?q")]

    static func read(_ fields: [(String, String)]) -> Result<HTTP2Head, TransportRefusal> {
        do throws(TransportRefusal) {
            return .success(try HTTP2Head(reading: HPACKHeaders(fields), limit: 200))
        } catch { return .failure(error) }
    }

    @Test("are taken apart")
    func parts() throws {
        let head = try Self.read(
            Self.pseudo + [
                ("host", "a"), ("content-length", "12"), ("expect", "100-Continue"), ("x-a", "1"), ("x-a", "2"),
            ]
        ).get()
        #expect(head.method == "POST")
        #expect(head.target == "/p?q")
        #expect(head.authority == "a")
        #expect(head.declaredLength == 12)
        #expect(head.expectsContinue)
        var fields: [String] = []
        head.headers.visit { fields.append("\(FieldText.text($0)): \(FieldText.text($1))") }
        #expect(fields == ["host: a", "content-length: 12", "expect: 100-Continue", "x-a: 1", "x-a: 2"])
    }

    @Test(
        "are refused",
        arguments: [
            ([("host", "b")], .repeatedHost), ([("host", "a"), ("host", "a")], .repeatedHost),
            ([("content-length", "1"), ("content-length", "1")], .ambiguousLength),
            ([("content-length", "+1")], .ambiguousLength), ([("expect", "tea")], .unknownExpectation),
            ([("x", String(repeating: "x", count: 200))], .headersTooLarge),
        ] as [([(String, String)], TransportRefusal)])
    func refused(_ more: [(String, String)], _ refusal: TransportRefusal) {
        guard case .failure(refusal) = Self.read(Self.pseudo + more) else {
            Issue.record("not refused as \(refusal)")
            return
        }
    }

    @Test("need a host")
    func host() {
        guard case .failure(.missingHost) = Self.read([(":method", "GET"), (":scheme", "https"), (":path", "/")]) else {
            Issue.record("not refused")
            return
        }
    }
}
