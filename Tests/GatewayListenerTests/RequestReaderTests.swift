import GatewayTestSupport
import HTTPMessages
import NIOCore
import NIOEmbedded
import NIOHTTP1
import Testing

@testable import GatewayListener

@Suite("Reading requests") struct RequestReaderTests {
    /// What our reader finds in a text in pieces: the same words as ``DecodedNotes``.
    private static func ours(_ text: String, pieces size: Int) -> [String] {
        var reader = RequestReader(headBytes: 10_000)
        var notes: [String] = []
        var bytes = ByteBuffer()
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            bytes.writeBytes(rest.prefix(size))
            rest = rest.dropFirst(size)
            do {
                while let part = try reader.next(&bytes) {
                    switch part {
                    case .head(let head):
                        notes.append("\(head.method) \(head.target) \(head.keepsAlive)")
                        head.fields.visit { notes.append("\(FieldText.text($0))=\(FieldText.text($1))") }
                        notes.append("")
                    case .body(let bytes, let isLast):
                        notes[notes.count - 1] += String(buffer: bytes)
                        if isLast { notes.append("end") }
                    }
                }
            } catch { return notes + ["error"] }
        }
        return notes
    }

    private static func nios(_ text: String, pieces size: Int) throws -> [String] {
        let noting = DecodedNotes { (head: HTTPRequestHead) in
            ("\(head.method) \(head.uri) \(head.isKeepAlive)", head.headers)
        }
        let channel = EmbeddedChannel()
        try channel.pipeline.syncOperations.addHandlers([
            ByteToMessageHandler(HTTPRequestDecoder(leftOverBytesStrategy: .dropBytes)), noting,
        ])
        try channel.connect(to: SocketAddress(unixDomainSocketPath: "/x")).wait()
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            _ = try? channel.writeInbound(ByteBuffer(bytes: rest.prefix(size)))
            rest = rest.dropFirst(size)
        }
        let notes = noting.notes
        _ = try? channel.finish()
        return notes
    }

    private static let requests = [
        "POST /a?b=c HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nbody",
        "PATCH /b HTTP/1.1\r\nhost: x\r\nTransfer-Encoding: chunked\r\nX-A: \t1, 2 \r\n\r\n3\r\nabc\r\nA;x=y\r\n0123456789\r\n0\r\n\r\n",
        "GET /c HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer abc.def\r\nConnection: keep-alive, close\r\n\r\n",
        "DELETE /d HTTP/1.1\r\nHost: x\r\nempty:\r\n\r\n",
    ]

    @Test(arguments: [1, 2, 3, 5, 7, 16, 50, 1000]) func findsWhatNIOFinds(_ size: Int) throws {
        // The third says that it is the last.
        let text = Self.requests[0] + Self.requests[1] + Self.requests[3] + Self.requests[0] + Self.requests[2]
        let found = Self.ours(text, pieces: size)
        #expect(found == (try Self.nios(text, pieces: size)))
        #expect(found.filter { $0 == "end" }.count == 5)
    }

    /// A byte is changed, put in or left out: what we take for a request, NIO's decoder reads just so.
    @Test func takesNothingForARequestThatNIOReadsOtherwise() throws {
        var altered = AlteredMessages(seed: 20)
        var (taken, refused) = (0, 0)
        for round in 0..<6000 {
            let text = altered.alter(Self.requests[round % Self.requests.count])
            let request = String(decoding: text, as: UTF8.self)
            // What is no UTF-8 makes another text in pieces.
            let isASCII = text.allSatisfy { $0 < 0x80 }
            // With another behind it, so that a wrong end shows.
            let all = Self.ours(request + Self.requests[3], pieces: isASCII && round % 2 == 0 ? 9 : 1000)
            guard let end = all.lastIndex(of: "end") else {
                refused += 1
                continue
            }
            let found = Self.comparable(all[...end])
            if found.isEmpty { continue }
            taken += 1
            let nios = try Self.nios(request + Self.requests[3], pieces: 1000)
            #expect(nios.starts(with: found), "\(request.debugDescription)")
        }
        #expect(taken > 1000 && refused > 1000, "\(taken) taken, \(refused) refused")
    }

    /// The requests up to one that says it is the last, or whose method or form of target nobody has defined: that is for
    /// the pipeline to refuse, and NIO's decoder does.
    private static func comparable(_ notes: ArraySlice<String>) -> ArraySlice<String> {
        var known = notes.startIndex
        while known < notes.endIndex {
            let words = notes[known].split(separator: " ")
            guard methods.contains(String(words[0])), words[1].hasPrefix("/") else { break }
            known = (notes[known...].firstIndex(of: "end") ?? notes.endIndex - 1) + 1
            if words[2] == "false" { break }
        }
        return notes[..<known]
    }

    private static let methods: Set = ["POST", "PATCH", "GET", "DELETE"]

    @Test func readsNothingAfterAnError() throws {
        var reader = RequestReader(headBytes: 100)
        var bytes = ByteBuffer(string: "GET / HTTP/1.1\r\nbad\r\n\r\nGET / HTTP/1.1\r\nhost: a\r\n\r\n")
        #expect(throws: TransportRefusal.malformed) { try reader.next(&bytes) }
        for _ in 1...2 {
            #expect(try reader.next(&bytes) == nil)
            #expect(bytes.readableBytes == 0)
            bytes.writeString("GET / HTTP/1.1\r\nhost: a\r\n\r\n")
        }
    }
}
