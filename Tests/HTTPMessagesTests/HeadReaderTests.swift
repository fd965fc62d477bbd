import HTTPMessages
import Testing

/// What a reader finds in a text that comes in pieces: heads as lines, and what is left.
private func heads(
    in text: String, pieces size: Int = .max, limit: Int = 1000
) throws(MessageError) -> [[String]] {
    var reader = HeadReader(.request, limit: limit)
    var found: [[String]] = []
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
        var piece = Array(rest.prefix(size))
        rest = rest.dropFirst(size)
        while !piece.isEmpty {
            let (taken, head) = try piece.withUnsafeBufferPointer { bytes throws(MessageError) in try reader.read(bytes)
            }
            piece.removeFirst(taken)
            guard let head else { continue }
            guard case .request(let line) = head.startLine else { throw .malformed }
            var lines = ["\(line.method) \(line.target) \(line.isHTTP11)"]
            head.fields.visit { lines.append("\(FieldText.text($0))=\(FieldText.text($1))") }
            found.append(lines)
        }
    }
    return found
}

@Suite("Heads of messages") struct HeadReaderTests {
    @Test(arguments: [1, 2, 3, 7, 20, .max]) func areReadInAnyPieces(_ size: Int) throws {
        let text =
            "\r\nGET /a?b HTTP/1.1\r\nHost: x\r\nEmpty:\r\nX-List: a, b \t\r\nx-list:\tc\r\n\r\n"
            + "PATCH /c HTTP/1.0\r\n\r\n"
        #expect(
            try heads(in: text, pieces: size) == [
                ["GET /a?b true", "Host=x", "Empty=", "X-List=a, b", "x-list=c"], ["PATCH /c false"],
            ])
    }

    @Test(arguments: [
        "GET / HTTP/1.1\nHost: a\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\n\n",
        "\nGET / HTTP/1.1\r\n\r\n", "GET / HTTP/1.1\r\nHost\r\n\r\n", "GET / HTTP/1.1\r\n: a\r\n\r\n",
        "GET / HTTP/1.1\r\nHost : a\r\n\r\n", "GET / HTTP/1.1\r\n Host: a\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\n b\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\n\tb\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\rb\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\0\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\u{7f}\r\n\r\n", "GET / HTTP/1.1\r\nHö: a\r\n\r\n",
        "GET / HTTP/1.1\r\nHo(st: a\r\n\r\n", " \r\nGET / HTTP/1.1\r\n\r\n",
        // First lines.
        "GET /\r\n\r\n", "GET  HTTP/1.1\r\n\r\n", "GET  / HTTP/1.1\r\n\r\n", "GET / a HTTP/1.1\r\n\r\n",
        "GET /\tHTTP/1.1\r\n\r\n", "GET / HTTP/1.1 \r\n\r\n", "GET / http/1.1\r\n\r\n", "GET / HTTP/11\r\n\r\n",
        "GET / HTTP/1.10\r\n\r\n", "GET / HTTP/x.1\r\n\r\n", "G(T / HTTP/1.1\r\n\r\n", " / HTTP/1.1\r\n\r\n",
        "GET /ä HTTP/1.1\r\n\r\n", "GET /\u{7f} HTTP/1.1\r\n\r\n", "GET /\rx HTTP/1.1\r\n\r\n", "HTTP/1.1\r\n\r\n",
        "x\r\n\r\n",
    ]) func areRefusedWhereTheyCouldBeReadInTwoWays(_ text: String) {
        for size in [1, 5, .max] {
            #expect(throws: MessageError.malformed) { try heads(in: text, pieces: size) }
        }
    }

    @Test func areAsLongAsAllowedAndNoLonger() throws {
        let head = "GET / HTTP/1.1\r\nx: y\r\n\r\n"
        let length = head.utf8.count
        for size in [1, 4, .max] {
            #expect(try heads(in: head + head + head, pieces: size, limit: length).count == 3)
            #expect(throws: MessageError.headTooLong) { try heads(in: head, pieces: size, limit: length - 1) }
        }
        // Before its end is known, and however it is filled.
        for filling in ["x: y\r\n", "x", " "] {
            let text = "GET / HTTP/1.1\r\nx:" + String(repeating: filling, count: 40)
            #expect(throws: (any Error).self) { try heads(in: text, pieces: 3, limit: 50) }
        }
        // Empty lines before a head are no part of it.
        let lines = String(repeating: "\r\n", count: 40)
        for size in [1, 3, .max] {
            #expect(try heads(in: lines + lines + head, pieces: size, limit: 100).count == 1)
        }
    }

    @Test func ofAnotherProtocolAreNotReadToTheirEnd() {
        #expect(throws: MessageError.malformed) { try heads(in: "SSH-2.0-OpenSSH_9.2\r\n") }
        #expect(throws: MessageError.malformed) { try heads(in: "GET / HTTP/1.1\r\nnonsense\r\n") }
    }

    @Test func leaveWhatStandsBehindThem() throws {
        var reader = HeadReader(.request, limit: 100)
        let bytes = Array("GET / HTTP/1.1\r\na: b\r\n\r\nsecret".utf8)
        let (taken, head) = try bytes.withUnsafeBufferPointer { bytes throws(MessageError) in try reader.read(bytes) }
        #expect(taken == bytes.count - 6)
        #expect(head?.fields.first("a") == "b")
        #expect("\(head.map { "\($0.fields)" } ?? "")" == "1 header fields")
    }

    @Test(arguments: [
        ("HTTP/1.1 200 OK", 200, true), ("HTTP/1.1 404", 404, true), ("HTTP/1.0 202 ", 202, false),
        ("HTTP/1.1 999 Ä phrase", 999, true),
    ]) func ofAnswersBeginWithAStatus(_ line: String, _ status: Int, _ isHTTP11: Bool) throws {
        let found = try statusLine(line)
        #expect(found.status == status)
        #expect(found.isHTTP11 == isHTTP11)
    }

    @Test(arguments: [
        "HTTP/1.1 20 OK", "HTTP/1.1 2000", "HTTP/1.1 200OK", "HTTP/1.1  200 OK", "HTTP/2.0 200 OK", "HTTP/1.2 200 OK",
        "HTTP/1.1 2x0 OK", "HTTP/1.1 000 OK", "HTTP/1.1 099 OK",
        "HTTP/1.1", "HTTP/1.1 -20 OK", "http/1.1 200 OK", "SSH-2.0-OpenSSH_9.2", "HTTP/1.1 200 a\tb\u{1}",
    ]) func ofAnswersAreRefusedWithoutOne(_ line: String) {
        #expect(throws: MessageError.malformed) { try statusLine(line) }
    }

    private func statusLine(_ line: String) throws -> StatusLine {
        var reader = HeadReader(.answer, limit: 1000)
        let bytes = Array("\(line)\r\n\r\n".utf8)
        let read = try bytes.withUnsafeBufferPointer { bytes throws(MessageError) in try reader.read(bytes) }
        guard case .answer(let line)? = read.head?.startLine else { throw MessageError.headTooLong }
        return line
    }
}

@Suite("Received fields") struct ReceivedFieldsTests {
    @Test func comeFromPairsToo() {
        let fields = ReceivedFields([("A", "1"), ("b", ""), ("a", "ü")])
        var seen: [String] = []
        fields.visit { seen.append("\(FieldText.text($0))=\(FieldText.text($1))") }
        #expect(seen == ["A=1", "b=", "a=ü"])
        #expect(fields.first("a") == "1")
        #expect(fields.first("b")?.isEmpty == true)
        #expect(fields.first("c") == nil)
        #expect(ReceivedFields().count == 0)
    }

    @Test(arguments: [
        ("close", true), ("Close", true), ("keep-alive, close", true), (" close\t", true), ("a,,CLOSE ,b", true),
        ("closed", false), ("", false), ("keep-alive", false), ("clo se", false), (",", false),
    ]) func listsHaveWords(_ list: String, _ has: Bool) {
        #expect(FieldText.withBytes(of: list) { FieldText.lists("close", in: $0) } == has)
    }
}
