import ARMModel
import NIOCore
import NIOHTTP1
import Testing

@testable import ScriptFetching

@Suite("Reading a fetched answer")
struct FetchAnswerReaderTests {
    private func refusal(_ status: Int, _ headers: [(String, String)]) -> FetchRefusal? {
        var reader = FetchAnswerReader(maximumBytes: 10)
        do throws(FetchRefusal) {
            try reader.read(
                HTTPResponseHead(
                    version: .http1_1, status: HTTPResponseStatus(statusCode: status), headers: HTTPHeaders(headers)))
            return nil
        } catch { return error }
    }

    @Test func acceptsA200OfKnownLength() {
        for length in ["0", "1", "10"] { #expect(self.refusal(200, [("Content-Length", length)]) == nil) }
        #expect(self.refusal(200, [("Transfer-Encoding", "Chunked")]) == nil)
    }

    @Test func refusesEveryOtherStatus() {
        for status in (100...999) where status != 200 {
            let expected = FetchRefusal((300...399).contains(status) ? .redirected : .statusNotOK, status: status)
            #expect(self.refusal(status, [("Content-Length", "1")]) == expected)
        }
    }

    @Test(
        arguments: [
            ([("Content-Length", "11")], .tooLarge),
            ([("Content-Length", "9223372036854775808")], .tooLarge),
            ([("Content-Length", "-1")], .malformedAnswer),
            ([("Content-Length", "1"), ("Content-Length", "1")], .malformedAnswer),
            ([("Content-Length", "1"), ("Transfer-Encoding", "chunked")], .malformedAnswer),
            ([("Transfer-Encoding", "gzip, chunked")], .encoded),
            ([("Transfer-Encoding", "gzip")], .encoded),
            ([("Content-Length", "1"), ("Content-Encoding", "gzip")], .encoded),
            ([("Content-Length", "1"), ("content-encoding", "identity")], .encoded),
            ([("Content-Length", "1"), ("Content-Encoding", "")], .encoded),
            ([], .unframed),
        ] as [([(String, String)], FetchRefusal.Reason)])
    func refusesTheHead(_ headers: [(String, String)], _ reason: FetchRefusal.Reason) {
        #expect(self.refusal(200, headers) == FetchRefusal(reason))
    }

    @Test func refusesAtTheFirstByteTooMany() throws {
        var reader = FetchAnswerReader(maximumBytes: 10)
        try reader.read(
            HTTPResponseHead(version: .http1_1, status: .ok, headers: ["Transfer-Encoding": "chunked"]))
        try reader.read(ByteBuffer(string: "12345"))
        try reader.read(ByteBuffer(string: "67890"))
        #expect(try reader.end() == Array("1234567890".utf8))
        #expect(throws: FetchRefusal(.tooLarge)) { try reader.read(ByteBuffer(string: "1")) }
    }

    @Test func refusesPartsOutOfOrder() throws {
        var reader = FetchAnswerReader(maximumBytes: 10)
        #expect(throws: FetchRefusal(.malformedAnswer)) { try reader.read(ByteBuffer(string: "1")) }
        #expect(throws: FetchRefusal(.malformedAnswer)) { try reader.end() }
        let head = HTTPResponseHead(version: .http1_1, status: .ok, headers: ["Content-Length": "1"])
        try reader.read(head)
        #expect(throws: FetchRefusal(.malformedAnswer)) { try reader.read(head) }
    }

    @Test(
        arguments: [
            ([], .empty), (Array("\r\n\n".utf8), .empty), ([0xEF, 0xBB, 0xBF, 0x61], .byteOrderMark),
            ([0xEF, 0xBB, 0xBF], .byteOrderMark), ([0xFE, 0xFF, 0, 0x61], .notUTF8), ([0xFF, 0xFE, 0x61, 0], .notUTF8),
            ([0x61, 0xC0, 0x80], .notUTF8), ([0xED, 0xA0, 0x80], .notUTF8), ([0x61, 0xE2, 0x82], .notUTF8),
            ([0xF5, 0x80, 0x80, 0x80], .notUTF8),
        ] as [([UInt8], FetchRefusal.Reason)])
    func refusesTheText(_ bytes: [UInt8], _ reason: FetchRefusal.Reason) {
        #expect(throws: FetchRefusal(reason)) { try FetchedScript.read(bytes) }
    }

    @Test func readsTheTextAsTheCatalogueDoes() throws {
        #expect(try FetchedScript.read(Array("echo é\r\nexit\n\n".utf8)) == ScriptText("echo é\r\nexit"))
    }
}
