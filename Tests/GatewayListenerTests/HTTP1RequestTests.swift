import Testing

@testable import GatewayListener

@Suite("HTTP/1.1 requests", .timeLimit(.minutes(1)))
struct HTTP1RequestTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var name: String
        var bytes: String
        var status: Int
        var refused: TransportRefusal
        var testDescription: String { name }
    }

    static let refusals: [Case] = [
        Case(name: "not HTTP", bytes: "hello there\r\n\r\n", status: 400, refused: .malformed),
        Case(name: "a NUL in a name", bytes: "GET / HTTP/1.1\r\nHo\0st: a\r\n\r\n", status: 400, refused: .malformed),
        Case(
            name: "a space before the colon", bytes: "GET / HTTP/1.1\r\nHost : a\r\n\r\n", status: 400,
            refused: .malformed),
        Case(name: "HTTP/1.0", bytes: "GET / HTTP/1.0\r\nHost: a\r\n\r\n", status: 400, refused: .unsupportedVersion),
        Case(name: "no host", bytes: "GET / HTTP/1.1\r\n\r\n", status: 400, refused: .missingHost),
        Case(
            name: "two hosts", bytes: "GET / HTTP/1.1\r\nHost: a\r\nhost: a\r\n\r\n", status: 400,
            refused: .repeatedHost),
        Case(
            name: "length and chunked",
            bytes: "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            status: 400, refused: .ambiguousLength),
        Case(
            name: "chunked and length",
            bytes: "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n",
            status: 400, refused: .ambiguousLength),
        Case(
            name: "two lengths", bytes: "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\nx",
            status: 400, refused: .ambiguousLength),
        Case(
            name: "a negative length", bytes: "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n", status: 400,
            refused: .ambiguousLength),
        Case(
            name: "another coding",
            bytes: "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
            status: 400, refused: .ambiguousLength),
        Case(
            name: "coded twice",
            bytes:
                "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            status: 400, refused: .ambiguousLength),
        Case(
            name: "another expectation",
            bytes: "POST / HTTP/1.1\r\nHost: a\r\nExpect: tea\r\nContent-Length: 1\r\n\r\nx",
            status: 417, refused: .unknownExpectation),
        Case(
            name: "a long header",
            bytes: "GET / HTTP/1.1\r\nHost: a\r\nX-Long: \(String(repeating: "x", count: 3000))\r\n\r\n",
            status: 431, refused: .headersTooLarge),
        Case(
            name: "a long target", bytes: "GET /\(String(repeating: "x", count: 3000)) HTTP/1.1\r\nHost: a\r\n\r\n",
            status: 431, refused: .headersTooLarge),
        Case(
            name: "many headers",
            bytes: "GET / HTTP/1.1\r\nHost: a\r\n\((1...200).map { "X-\($0): some text\r\n" }.joined())\r\n",
            status: 431,
            refused: .headersTooLarge),
    ]

    @Test("is refused with the envelope, and the connection ends", arguments: refusals)
    func refused(_ sample: Case) async throws {
        let notes = Notes()
        let handler = ScriptedHandler { request in
            notes.add(request.rawTarget)
            return await ScriptedHandler.echo(request)
        }
        try await RunningListener.with(limits: ListenerLimits(headerBytes: 2048), handler: handler) { server in
            try await RawConnection.with(server) { connection in
                try await connection.send(sample.bytes)
                let answer = try await connection.answer()
                #expect(answer.status == sample.status)
                #expect(answer.body == "{\"refused\":\"\(sample.refused)\"}")
                #expect(answer.head.lowercased().contains("connection: close"))
                #expect(await connection.rest() == "")
            }
            #expect(server.listener.connections.refusedSoFar == 1)
        }
        #expect(notes.all == [])
    }

    @Test(
        "hands the target on byte for byte",
        arguments: [
            "GET /a//b/%2F../;c?x=%20&x= ", "GET http://other.example/a ", "OPTIONS * ", "CONNECT other.example:443 ",
            "GET /rg%28a%29 ",
        ])
    func targets(_ start: String) async throws {
        try await RunningListener.with { server in
            try await RawConnection.with(server) { connection in
                try await connection.send("\(start)HTTP/1.1\r\nHost: here.example:8443\r\n\r\n")
                let answer = try await connection.answer()
                #expect(answer.body.hasPrefix("\(start)HTTP/1.1\nauthority here.example:8443\nbody 0\n"))
                #expect(answer.body.hasSuffix("from 127.0.0.1\nonLoop true"))
            }
        }
    }

    @Test("are understood in however small pieces they come")
    func pieces() async throws {
        try await RunningListener.with { server in
            try await RawConnection.with(server) { connection in
                let request = "POST /1 HTTP/1.1\r\nHost: here.example\r\nContent-Length: 2\r\n\r\nab"
                for byte in request + request { try await connection.send(String(byte)) }
                for _ in 1...2 {
                    #expect(
                        try await connection.answer().body.hasPrefix(
                            "POST /1 HTTP/1.1\nauthority here.example\nbody 2\n"))
                }
            }
        }
    }

    @Test("of another protocol is the last one of its connection", arguments: ["CONNECT a:443", "GET /x"])
    func upgrade(_ start: String) async throws {
        try await RunningListener.with { server in
            try await RawConnection.with(server) { connection in
                try await connection.send(
                    "\(start) HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: h2c\r\n\r\n"
                        + "GET /second HTTP/1.1\r\nHost: a\r\n\r\n")
                let answer = try await connection.answer()
                #expect(answer.status == 200)
                #expect(answer.head.lowercased().contains("connection: close"))
                #expect(await connection.rest() == "")
            }
        }
    }

    @Test("keeps the connection, and pipelined ones are served in order, one at a time")
    func pipelining() async throws {
        let notes = Notes()
        let handler = ScriptedHandler { request in
            notes.add("begin \(request.rawTarget)")
            for _ in 0..<10 { await Task.yield() }
            let response = await ScriptedHandler.echo(request)
            notes.add("end \(request.rawTarget)")
            return response
        }
        try await RunningListener.with(handler: handler) { server in
            try await RawConnection.with(server) { connection in
                try await connection.send(
                    "POST /1 HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nab"
                        + "POST /2 HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"
                        + "GET /3 HTTP/1.1\r\nHost: a\r\n\r\n")
                #expect(try await connection.answer().body.contains("/1 HTTP/1.1\nauthority a\nbody 2"))
                #expect(try await connection.answer().body.contains("/2 HTTP/1.1\nauthority a\nbody 3"))
                let third = try await connection.answer()
                #expect(third.body.contains("/3 "))
                #expect(!third.head.lowercased().contains("connection: close"))
                try await connection.send("GET /4 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
                let fourth = try await connection.answer()
                #expect(fourth.body.contains("/4 "))
                #expect(fourth.head.lowercased().contains("connection: close"))
                #expect(await connection.rest() == "")
            }
        }
        #expect(notes.all == (1...4).flatMap { ["begin /\($0)", "end /\($0)"] })
    }

    @Test("that is broken waits for its turn behind a good one")
    func pipelinedRefusal() async throws {
        let going = Signal()
        let handler = ScriptedHandler { request in
            await going.wait()
            return await ScriptedHandler.echo(request)
        }
        try await RunningListener.with(handler: handler) { server in
            try await RawConnection.with(server) { connection in
                try await connection.send("GET /1 HTTP/1.1\r\nHost: a\r\n\r\nnonsense\r\n\r\n")
                going.happen()
                #expect(try await connection.answer().status == 200)
                #expect(try await connection.answer().body == "{\"refused\":\"malformed\"}")
                #expect(await connection.rest() == "")
            }
        }
    }

    @Test(
        "that is broken and goes on does not take the answer from the one before it, nor its own",
        arguments: [true, false])
    func brokenAndMore(_ inBody: Bool) async throws {
        let going = Signal()
        let arrived = Signal()
        let handler = ScriptedHandler { request in
            arrived.happen()
            await going.wait()
            return await ScriptedHandler.echo(request)
        }
        try await RunningListener.with(handler: handler) { server in
            try await RawConnection.with(server) { connection in
                let start = inBody ? "Transfer-Encoding: chunked\r\n\r\nzz\r\n" : "\r\nnonsense\r\n\r\n"
                try await connection.send("POST /1 HTTP/1.1\r\nHost: a\r\n\(start)")
                await arrived.wait()
                for _ in 0..<5 { try await connection.send("more nonsense\r\n\r\n") }
                going.happen()
                if !inBody { #expect(try await connection.answer().status == 200) }
                #expect(try await connection.answer().body == "{\"refused\":\"malformed\"}")
                #expect(await connection.rest() == "")
            }
        }
    }

    @Test("with a broken body fails where the body is asked for")
    func brokenBody() async throws {
        try await RunningListener.with { server in
            try await RawConnection.with(server) { connection in
                try await connection.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n")
                #expect(try await connection.answer().body == "{\"refused\":\"malformed\"}")
                #expect(await connection.rest() == "")
            }
        }
    }

    @Test("HEAD is answered without a body")
    func head() async throws {
        try await RunningListener.with { server in
            try await RawConnection.with(server) { connection in
                try await connection.send("HEAD / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
                let all = await connection.rest()
                #expect(all.hasPrefix("HTTP/1.1 200"))
                #expect(all.hasSuffix("\r\n\r\n"))
            }
        }
    }

    @Test("gets 100 Continue only when its body is asked for")
    func expectation() async throws {
        let known = Signal()
        let arrived = Signal()
        let handler = ScriptedHandler { request in
            guard request.rawTarget == "/known" else { return ScriptedHandler.text("who?", status: 401) }
            arrived.happen()
            await known.wait()
            return await ScriptedHandler.echo(request)
        }
        try await RunningListener.with(handler: handler) { server in
            try await RawConnection.with(server) { connection in
                try await connection.send(
                    "POST /known HTTP/1.1\r\nHost: a\r\nExpect: 100-Continue\r\nContent-Length: 4\r\n\r\n")
                await arrived.wait()
                known.happen()
                #expect(try await connection.answer().status == 100)
                try await connection.send("body")
                let answer = try await connection.answer()
                #expect(answer.status == 200)
                #expect(answer.body.contains("body 4"))
                try await connection.send(
                    "POST /unknown HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n")
                #expect(try await connection.answer().status == 401)
                #expect(await connection.rest() == "")
            }
        }
    }
}
