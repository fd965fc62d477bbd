import HTTPMessages
import Testing

@Suite("Bodies of messages") struct BodyReaderTests {
    /// The body of a text that comes in pieces, and what stands behind it; nil where it has not ended.
    private func body(
        _ length: BodyLength, in text: String, pieces size: Int
    ) throws(MessageError) -> (body: String, behind: String)? {
        var reader = BodyReader(length)
        var body: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while true {
            var piece = Array(rest.prefix(size))
            rest = rest.dropFirst(size)
            while true {
                let next = try piece.withUnsafeBufferPointer { bytes throws(MessageError) in try reader.next(bytes) }
                piece.removeFirst(next.framing)
                body += piece.prefix(next.body)
                piece.removeFirst(next.body)
                if next.isEnd {
                    return (String(decoding: body, as: UTF8.self), String(decoding: piece + rest, as: UTF8.self))
                }
                if next.body == 0 {
                    #expect(piece.isEmpty, "what is not there yet is waited for with nothing in hand")
                    break
                }
            }
            if rest.isEmpty { return nil }
        }
    }

    @Test(
        arguments: [
            (.bytes(0), "next", "", "next"), (.bytes(3), "abcnext", "abc", "next"),
            (.chunked, "0\r\n\r\nnext", "", "next"), (.chunked, "3\r\nabc\r\n0\r\n\r\n", "abc", ""),
            (
                .chunked, "1\r\na\r\n0A\r\n0123456789\r\nb;q=1;w\r\n0123456789!\r\n00\r\n\r\nG",
                "a01234567890123456789!", "G"
            ),
            (.chunked, "2\r\n\r\n\r\n0\r\nx: y\r\nZ:\r\n\r\nnext", "\r\n", "next"),
        ] as [(BodyLength, String, String, String)])
    func areFoundInAnyPieces(_ length: BodyLength, _ text: String, _ body: String, _ behind: String) throws {
        for size in [1, 2, 3, 5, .max] {
            let found = try #require(try self.body(length, in: text, pieces: size))
            #expect(found.body == body)
            #expect(found.behind == behind)
        }
    }

    @Test(arguments: [
        "zz\r\n", "\r\n", ";\r\n", " 3\r\nabc", "3 \r\nabc", "3\nabc", "3\rabc", "3\r\nabcd\r\n",
        "3\r\nabcx\n0\r\n\r\n", "3\r\nabc\n0\r\n\r\n",
        "3\r\nabc\rx", "-1\r\n", "+1\r\n", "0x3\r\nabc", "1000000000000000\r\n", "3;a\u{1}\r\nabc", "3;\nabc\r\n",
        "3;\r\nabc", "3;a=\r\nabc",
        "3;a=b=c\r\nabc", "3;a b\r\nabc", "3;a;\r\nabc", "3;=b\r\nabc", "3;a=\"b\"\r\nabc",
        "0\r\nx\r\n\r\n", "0\r\nx : y\r\n\r\n", "0\r\n\n", "0\r\n x: y\r\n\r\n",
    ]) func areRefusedWhereChunksAreNot(_ text: String) {
        for size in [1, 3, .max] {
            #expect(throws: MessageError.malformed) { try body(.chunked, in: text, pieces: size) }
        }
    }

    @Test func wordsBesideAChunkAndBehindTheLastHaveAnEnd() {
        let words = "3;" + String(repeating: "x", count: 2000)
        let trailer = "0\r\nx: " + String(repeating: "x", count: 9000)
        for text in [words, trailer] {
            #expect(throws: MessageError.malformed) { try body(.chunked, in: text, pieces: 100) }
        }
    }

    @Test(
        arguments: [
            (.bytes(3), "ab"), (.chunked, ""), (.chunked, "3\r\nabc"), (.chunked, "0\r\n"), (.chunked, "0\r\n\r"),
            (.untilEnd, "abc"),
        ] as [(BodyLength, String)])
    func haveNotEndedBeforeTheirEnd(_ length: BodyLength, _ text: String) throws {
        for size in [1, .max] { #expect(try body(length, in: text, pieces: size) == nil) }
        #expect(BodyReader(length).endsWithConnection == (length == .untilEnd))
    }

    @Test(
        arguments: [
            ([], nil, true), ([("Content-Length", "0")], .bytes(0), true),
            ([("content-length", "012")], .bytes(12), true),
            ([("content-length", "99999999999999999999999")], .bytes(.max), true),
            ([("Transfer-Encoding", "Chunked")], .chunked, true),
            ([("content-type", "a"), ("te", "chunked")], nil, true),
            ([("content-length", "1"), ("content-length", "1")], .bytes(1), false),
            ([("content-length", "1, 1")], .bytes(.max), false), ([("content-length", "")], .bytes(.max), false),
            ([("content-length", "+1")], .bytes(1), false), ([("content-length", "0x1")], .bytes(.max), false),
            ([("transfer-encoding", "gzip, chunked")], .chunked, false),
            ([("transfer-encoding", "identity")], .chunked, false),
            ([("transfer-encoding", "chunked"), ("transfer-encoding", "chunked")], .chunked, false),
            ([("transfer-encoding", "chunked"), ("content-length", "1")], .chunked, false),
            ([("content-length", "1"), ("transfer-encoding", "")], .chunked, false),
        ] as [([(String, String)], BodyLength?, Bool)])
    func haveOneLength(_ fields: [(String, String)], _ length: BodyLength?, _ isSound: Bool) {
        var framing = BodyFraming()
        ReceivedFields(fields).visit { framing.take($0, $1) }
        #expect(framing.bodyLength == length)
        #expect(framing.isSound == isSound)
    }
}
