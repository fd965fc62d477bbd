import ARMModel
import Foundation
import GatewayTestSupport
import NIOCore
import Testing

@testable import ScriptFetching

@Suite("Fetching scripts", .timeLimit(.minutes(1)))
struct ScriptFetcherTests {
    static let host = "scripts.example.com"
    static let signature = "sv=2024-01-01&sig=verysecretsignature"
    static let authority = Result { try TestAuthority() }
    static let identity = Result { try authority.get().issueServer(dnsNames: [host]) }

    private func fetcher(
        port: Int = 443, _ resolver: HostResolver, deadline: TimeAmount = .seconds(20), loopback: Bool = true,
        literals: Bool = false, maximumFetches: Int = 16
    ) throws -> ScriptFetcher {
        try ScriptFetcher(
            configuration: ScriptFetcherConfiguration(
                deadline: deadline, trustRoots: .pem(try Self.authority.get().certificatePEM),
                maximumFetches: maximumFetches, allowsLiteralAddresses: literals, ports: [port],
                allowsLoopback: loopback, resolver: resolver))
    }

    /// Fetches `/run/a.sh` with a signature from a server that answers so.
    private func fetch(
        _ answer: AnsweringServer.Answer, identity: TestIdentity? = nil, maximumBytes: Int = 64, host: String = host,
        deadline: TimeAmount = .seconds(20), literals: Bool = false
    ) async throws -> (FetchResult, [String]) {
        var result: FetchResult?
        var heads: [String] = []
        try await AnsweringServer.with(identity: identity ?? Self.identity.get(), answer: answer) { server in
            let fetcher = try self.fetcher(
                port: server.port, try Lookups(["127.0.0.1"]).resolver, deadline: deadline, literals: literals)
            result = await fetcher.fetch(
                try self.address(host: host, port: server.port), hosts: [host], maximumBytes: maximumBytes)
            heads = server.heads
            await fetcher.shutdown()
        }
        return (try #require(result), heads)
    }

    private func address(host: String = host, port: Int = 443) throws -> WebAddress {
        try #require(WebAddress("https://\(host):\(port)/run/a.sh?\(Self.signature)"))
    }

    private func expect(
        _ result: FetchResult, _ reason: FetchRefusal.Reason, status: Int? = nil, _ addressClass: AddressClass? = nil,
        _ location: SourceLocation = #_sourceLocation
    ) {
        #expect(
            result == .refused(FetchRefusal(reason, status: status, addressClass: addressClass)),
            sourceLocation: location)
    }

    // MARK: What is fetched

    @Test func fetchesTheScriptWithOnePlainGET() async throws {
        let (result, heads) = try await self.fetch(.init(ok: "#!/bin/sh\nuptime é\n"))
        #expect(result == .script(ScriptText("#!/bin/sh\nuptime é")))
        let lines = try #require(heads.first).split(separator: "\r\n").map(String.init)
        #expect(heads.count == 1)
        #expect(lines.first == "GET /run/a.sh?\(Self.signature) HTTP/1.1")
        #expect(lines.contains { $0.hasPrefix("host: \(Self.host):") })
        #expect(lines.contains("accept-encoding: identity"))
        #expect(lines.contains("connection: close"))
        #expect(!lines.contains { $0.lowercased().hasPrefix("authorization") || $0.lowercased().hasPrefix("cookie") })
    }

    @Test func fetchesChunksAndIgnoresWhatFollows() async throws {
        let answer = AnsweringServer.Answer(
            ["HTTP/1.1 200 OK", "Transfer-Encoding: chunked"],
            Array("5\r\nupti;\r\n3\r\nme!\r\n0\r\n\r\nHTTP/1.1 200 OK\r\n\r\nmore".utf8))
        #expect(try await self.fetch(answer).0 == .script(ScriptText("upti;me!")))
    }

    @Test func aScriptOfExactlyTheLimitIsFetched() async throws {
        let text = String(repeating: "a", count: 64)
        #expect(try await self.fetch(.init(ok: text)).0 == .script(ScriptText(text)))
    }

    @Test func aLiteralAddressNeedsACertificateForIt() async throws {
        let named = try Self.authority.get().issueServer(dnsNames: [], ipAddresses: ["127.0.0.1"])
        let answer = AnsweringServer.Answer(ok: "uptime")
        let good = try await self.fetch(answer, identity: named, host: "127.0.0.1", literals: true)
        #expect(good.0 == .script(ScriptText("uptime")))
        let other = try Self.authority.get().issueServer(dnsNames: [Self.host], ipAddresses: ["127.0.0.9"])
        let bad = try await self.fetch(answer, identity: other, host: "127.0.0.1", literals: true)
        self.expect(bad.0, .certificateInvalid)
        #expect(bad.1.isEmpty)
    }

    /// The address names no port, so 443 is meant; only the connection goes elsewhere.
    @Test func aTestMayConnectToAnotherPortThanTheAddressNames() async throws {
        try await AnsweringServer.with(identity: Self.identity.get(), answer: .init(ok: "uptime")) { server in
            let fetcher = try ScriptFetcher(
                configuration: ScriptFetcherConfiguration(
                    trustRoots: .pem(try Self.authority.get().certificatePEM), allowsLoopback: true,
                    resolver: try Lookups(["127.0.0.1"]).resolver, connectsToPort: server.port))
            let address = try #require(WebAddress("https://\(Self.host)/run/a.sh"))
            let result = await fetcher.fetch(address, hosts: [Self.host], maximumBytes: 64)
            #expect(result == .script(ScriptText("uptime")))
            #expect(server.heads.first?.contains("host: \(Self.host)\r\n") ?? false)
            await fetcher.shutdown()
        }
    }

    @Test func whatMayPassByItselfIsTransient() {
        let transient = FetchRefusal.Reason.allCases.filter { FetchRefusal($0).isTransient }
        #expect(
            Set(transient)
                == [.nameNotResolved, .busy, .shuttingDown, .timedOut, .connectFailed, .tlsFailed, .closed])
        for (status, isTransient) in [(404, false), (403, false), (408, true), (429, true), (500, true), (503, true)] {
            #expect(FetchRefusal(.statusNotOK, status: status).isTransient == isTransient)
        }
    }

    // MARK: Answers that are refused

    @Test func tooLargeByItsLengthIsRefusedBeforeTheBodyComes() async throws {
        // Nothing of the body is ever sent: only the announced length can be the reason.
        self.expect(try await self.fetch(.init(["HTTP/1.1 200 OK", "Content-Length: 65"])).0, .tooLarge)
    }

    @Test func tooLargeInChunksIsRefusedWhileTheyCome() async throws {
        // The answer never ends: only the bytes that came can be the reason.
        let chunk = "21\r\n" + String(repeating: "a", count: 33) + "\r\n"
        let answer = AnsweringServer.Answer(
            ["HTTP/1.1 200 OK", "Transfer-Encoding: chunked"], Array((chunk + chunk).utf8))
        self.expect(try await self.fetch(answer).0, .tooLarge)
    }

    @Test(arguments: [301, 302, 303, 307, 308, 300, 304]) func redirectsAreNotFollowed(_ status: Int) async throws {
        let answer = AnsweringServer.Answer(
            ["HTTP/1.1 \(status) Elsewhere", "Location: /b.sh", "Content-Length: 0"])
        let (result, heads) = try await self.fetch(answer)
        self.expect(result, .redirected, status: status)
        #expect(heads.count == 1)
    }

    @Test(arguments: [201, 204, 206, 400, 403, 404, 500, 503]) func onlyA200IsTaken(_ status: Int) async throws {
        let answer = AnsweringServer.Answer(["HTTP/1.1 \(status) Word", "Content-Length: 0"])
        self.expect(try await self.fetch(answer).0, .statusNotOK, status: status)
    }

    @Test func otherAnswersAreRefused() async throws {
        let table: [(AnsweringServer.Answer, FetchRefusal.Reason)] = [
            (.init(["HTTP/1.1 200 OK", "Content-Length: 1", "Content-Encoding: gzip"], [0x61]), .encoded),
            (.init(ok: [0xEF, 0xBB, 0xBF] + Array("uptime".utf8)), .byteOrderMark),
            (.init(ok: [0x61, 0xFF]), .notUTF8),
            (.init(ok: ""), .empty),
            (.init(ok: "\n"), .empty),
            (.init(["HTTP/1.1 200 OK"], Array("uptime".utf8), ending: .close), .unframed),
            (.init(["HTTP/1.1 200 OK", "Content-Length: 60"], Array("uptime".utf8), ending: .close), .closed),
            (.init(["HTTP/1.1 200 OK", "Content-Length: 60"], Array("uptime".utf8), ending: .cut), .closed),
            (.init(bytes: [], ending: .close), .closed),
            (.init(bytes: Array("SSH-2.0-server\r\n".utf8)), .malformedAnswer),
            (.init(["HTTP/1.1 200 OK", "Content-Length: x"]), .malformedAnswer),
            (.init(["HTTP/1.1 200 OK", "X: " + String(repeating: "a", count: 17_000)]), .malformedAnswer),
        ]
        for (answer, reason) in table {
            let (result, heads) = try await self.fetch(answer)
            self.expect(result, reason)
            #expect(heads.count == 1)
        }
    }

    // MARK: Time

    @Test func aSlowAnswerEndsAtTheDeadline() async throws {
        let answer = AnsweringServer.Answer(["HTTP/1.1 200 OK", "Content-Length: 6"], Array("upt".utf8))
        self.expect(try await self.fetch(answer, deadline: .milliseconds(300)).0, .timedOut)
    }

    @Test func aServerThatDoesNotSpeakEndsAtTheDeadline() async throws {
        try await AnsweringServer.with(identity: nil, answer: .init(ok: "uptime")) { server in
            let fetcher = try self.fetcher(
                port: server.port, try Lookups(["127.0.0.1"]).resolver, deadline: .milliseconds(100))
            let result = await fetcher.fetch(
                try self.address(port: server.port), hosts: [Self.host], maximumBytes: 64)
            self.expect(result, .timedOut)
        }
    }

    @Test func aResolverThatHangsEndsAtTheDeadline() async throws {
        let gate = Gate()
        let hanging = HostResolver { _ in
            await gate.pass()
            return []
        }
        let fetcher = try self.fetcher(hanging, deadline: .milliseconds(50))
        let result = await fetcher.fetch(try self.address(), hosts: [Self.host], maximumBytes: 64)
        self.expect(result, .timedOut)
        gate.open()
        await fetcher.shutdown()
    }

    // MARK: Who answers

    @Test func theCertificateMustBeValidForTheName() async throws {
        let authority = try Self.authority.get()
        let stranger = try TestAuthority(commonName: "Somebody else")
        let wrong = [
            "another name": try authority.issueServer(dnsNames: ["other.example.com"], ipAddresses: []),
            // As anybody has it who owns the address and can change where the name points.
            "the address and another name": try authority.issueServer(
                dnsNames: ["other.example.com"], ipAddresses: ["127.0.0.1"]),
            "only the address": try authority.issueServer(dnsNames: [], ipAddresses: ["127.0.0.1"]),
            "another authority": try stranger.issueServer(dnsNames: [Self.host]),
            "expired": try authority.issueServer(
                dnsNames: [Self.host], notValidBefore: Date() - 7200, notValidAfter: Date() - 3600),
        ]
        for (what, identity) in wrong {
            let (result, heads) = try await self.fetch(.init(ok: "uptime"), identity: identity)
            #expect(result == .refused(FetchRefusal(.certificateInvalid)), "\(what)")
            #expect(heads.isEmpty, "\(what)")
        }
    }

    @Test func aWildcardForTheNameIsAsGood() async throws {
        let wildcard = try Self.authority.get().issueServer(dnsNames: ["*.example.com"], ipAddresses: [])
        let (result, _) = try await self.fetch(.init(ok: "uptime"), identity: wildcard)
        #expect(result == .script(ScriptText("uptime")))
    }

    @Test func aHostThatIsNotListedIsNotEvenResolved() async throws {
        let lookups = try Lookups(["127.0.0.1"])
        let fetcher = try self.fetcher(lookups.resolver)
        let result = await fetcher.fetch(try self.address(), hosts: ["example.com"], maximumBytes: 64)
        self.expect(result, .hostNotListed)
        #expect(lookups.asked.isEmpty)
    }

    @Test func addressesThatAreNotPublicAreRefused() async throws {
        let table: [([String], AddressClass)] = [
            (["10.0.0.4"], .private), (["169.254.169.254"], .linkLocal), (["127.0.0.1"], .loopback),
            (["::1"], .loopback), (["::ffff:127.0.0.1"], .loopback), (["fd00::1"], .uniqueLocal),
            (["168.63.129.16"], .azureHost),
            // One of them is enough, wherever it stands.
            (["8.8.8.8", "10.0.0.4"], .private), (["192.168.0.1", "8.8.8.8"], .private),
            (["2606:4700::1", "8.8.8.8", "fe80::1"], .linkLocal),
        ]
        for (addresses, addressClass) in table {
            let lookups = try Lookups(addresses)
            let fetcher = try self.fetcher(lookups.resolver, loopback: false)
            let result = await fetcher.fetch(try self.address(), hosts: [Self.host], maximumBytes: 64)
            self.expect(result, .addressNotPublic, addressClass)
            #expect(lookups.asked == [Self.host])
        }
    }

    @Test func loopbackIsAllowedAloneWhenATestAsksForIt() async throws {
        let fetcher = try self.fetcher(try Lookups(["127.0.0.1", "10.0.0.4"]).resolver)
        let result = await fetcher.fetch(try self.address(), hosts: [Self.host], maximumBytes: 64)
        self.expect(result, .addressNotPublic, .private)
        #expect(!ScriptFetcherConfiguration().allowsLoopback)
        #expect(ScriptFetcherConfiguration().ports == [443])
        #expect(!ScriptFetcherConfiguration().allowsLiteralAddresses)
    }

    @Test func aLiteralPrivateAddressIsRefusedEvenWhereLiteralsAreAllowed() async throws {
        let lookups = try Lookups(["8.8.8.8"])
        let fetcher = try self.fetcher(lookups.resolver, loopback: false, literals: true)
        let result = await fetcher.fetch(
            try self.address(host: "169.254.169.254"), hosts: ["169.254.169.254"], maximumBytes: 64)
        self.expect(result, .addressNotPublic, .linkLocal)
        #expect(lookups.asked.isEmpty)
    }

    @Test func aNameIsResolvedOnceAndTheConnectionGoesWhereItPointedThen() async throws {
        // The system's resolver takes this name to another address, where nobody listens on that port.
        let identity = try Self.authority.get().issueServer(dnsNames: ["localhost"], ipAddresses: [])
        try await AnsweringServer.with(identity: identity, answer: .init(ok: "uptime"), at: "127.0.0.2") { server in
            let lookups = try Lookups(["127.0.0.2"], ["10.0.0.4"])
            let fetcher = try self.fetcher(port: server.port, lookups.resolver)
            let address = try self.address(host: "localhost", port: server.port)
            #expect(
                await fetcher.fetch(address, hosts: ["localhost"], maximumBytes: 64) == .script(ScriptText("uptime")))
            #expect(lookups.asked == ["localhost"])
            #expect(server.connections == 1)
            // Nothing of the first fetch is kept for the next.
            self.expect(
                await fetcher.fetch(address, hosts: ["localhost"], maximumBytes: 64), .addressNotPublic, .private)
            #expect(server.connections == 1)
        }
    }

    @Test func theNextAddressIsTriedWhereNobodyListens() async throws {
        try await AnsweringServer.with(identity: Self.identity.get(), answer: .init(ok: "uptime")) { server in
            let address = try self.address(port: server.port)
            let second = try self.fetcher(port: server.port, try Lookups(["127.0.0.3", "127.0.0.1"]).resolver)
            #expect(
                await second.fetch(address, hosts: [Self.host], maximumBytes: 64) == .script(ScriptText("uptime")))
            let none = try self.fetcher(port: server.port, try Lookups(["127.0.0.3", "127.0.0.4"]).resolver)
            self.expect(await none.fetch(address, hosts: [Self.host], maximumBytes: 64), .connectFailed)
            let empty = try self.fetcher(port: server.port, try Lookups([]).resolver)
            self.expect(await empty.fetch(address, hosts: [Self.host], maximumBytes: 64), .nameNotResolved)
        }
    }

    @Test func theSystemResolverReadsAddressesOfBothFamilies() async throws {
        let resolver = HostResolver.system(maximumLookUps: 2)
        #expect(try await resolver.addresses(of: "127.0.0.1") == [.v4(0x7F00_0001)])
        #expect(try await resolver.addresses(of: "::1") == [.v6(1)])
        #expect(try await !resolver.addresses(of: "localhost").isEmpty)
        let none = HostResolver.system(maximumLookUps: 0)
        await #expect(throws: SystemHostResolver.Failure.tooManyLookUps) { try await none.addresses(of: "::1") }
        let fetcher = try ScriptFetcher(
            configuration: ScriptFetcherConfiguration(
                trustRoots: .pem(try Self.authority.get().certificatePEM), ports: [443]))
        let result = await fetcher.fetch(
            try self.address(host: "localhost"), hosts: ["localhost"], maximumBytes: 64)
        self.expect(result, .addressNotPublic, .loopback)
    }

    // MARK: Limits, stop, secrecy

    @Test func oneFetchTooManyIsRefusedAndAStopWaitsForTheRest() async throws {
        let gate = Gate()
        let resolver = HostResolver { _ in
            await gate.pass()
            return []
        }
        let fetcher = try self.fetcher(resolver, maximumFetches: 1)
        let address = try self.address()
        async let first = fetcher.fetch(address, hosts: [Self.host], maximumBytes: 64)
        while gate.waiting == 0 { await Task.yield() }
        self.expect(await fetcher.fetch(address, hosts: [Self.host], maximumBytes: 64), .busy)
        async let stopped: Void = fetcher.shutdown()
        gate.open()
        self.expect(await first, .nameNotResolved)
        await stopped
        self.expect(await fetcher.fetch(address, hosts: [Self.host], maximumBytes: 64), .shuttingDown)
    }

    @Test func aLimitOfNothingAllowsNothing() async throws {
        let lookups = try Lookups(["127.0.0.1"])
        let fetcher = try self.fetcher(lookups.resolver)
        for maximumBytes in [0, -1, Int.min] {
            self.expect(
                await fetcher.fetch(try self.address(), hosts: [Self.host], maximumBytes: maximumBytes), .tooLarge)
        }
        #expect(lookups.asked.isEmpty)
    }

    @Test func trustRootsWithoutACertificateAreAnError() {
        #expect(throws: (any Error).self) {
            try ScriptFetcher(configuration: ScriptFetcherConfiguration(trustRoots: .pem("")))
        }
    }

    @Test func everyReasonHasItsOwnWords() {
        let refusals = FetchRefusal.Reason.allCases.map { FetchRefusal($0, status: 302, addressClass: .private) }
        #expect(Set(refusals.map(\.message)).count == refusals.count)
        #expect(FetchRefusal(.redirected, status: 302).description == "redirected 302")
        #expect(FetchRefusal(.addressNotPublic, addressClass: .private).description == "addressNotPublic private")
    }

    @Test func theTargetDoesNotTellItsQuery() throws {
        let target = try FetchTarget(
            try self.address(), hosts: [Self.host], configuration: ScriptFetcherConfiguration())
        var dumped = ""
        dump(target, to: &dumped)
        #expect(!("\(target)" + dumped).contains("verysecret"))
    }
}
