import ARMModel
import AuditModel
import PolicyCore
import Redaction
import StrictJSON
import Synchronization
import Testing

@testable import GatewayEnforcement

/// A script behind an address: fetched by the gateway on record, judged as text, forwarded as text.
@Suite struct ScriptFetchTests {
    static let host = "scripts.example.com"
    static let signature = "canarySigna%2Fture"
    static let address = "https://scripts.example.com/run/report.sh?sv=1&sig=canarySigna%2Fture"
    static let secrets = ["canarySigna%2Fture", "canarySigna/ture"]

    /// Answers every read alike, and remembers what it was asked and what was on record at that moment.
    final class ScriptedReader: ScriptReader {
        struct Asked: Sendable {
            var address: WebAddress
            var maximumBytes: Int
            var events: [String]
        }

        private let asked = Mutex<[Asked]>([])
        private let reading: ScriptReading
        private let log: MemoryAuditLog

        init(_ reading: ScriptReading, log: MemoryAuditLog) {
            self.reading = reading
            self.log = log
        }

        var reads: [Asked] { self.asked.withLock { $0 } }

        func read(_ address: WebAddress, maximumBytes: Int) async -> ScriptReading {
            let events = self.log.entries.map(\.event.rawValue)
            self.asked.withLock {
                $0.append(Asked(address: address, maximumBytes: maximumBytes, events: events))
            }
            return self.reading
        }
    }

    /// A gateway that fetches scripts, with a record in memory and a scripted ARM.
    struct Stage {
        let log = MemoryAuditLog()
        let upstream: ScriptedUpstream
        let reader: ScriptedReader
        let gateway: Gateway

        init(
            _ reading: ScriptReading = .text("echo hello\n"), results: [UpstreamResult] = [], fetches: Bool = true,
            _ change: (inout Rule) throws -> Void = { _ in }
        ) throws {
            self.upstream = ScriptedUpstream(results, log: self.log)
            self.reader = ScriptedReader(reading, log: self.log)
            let rules = try Scene.rules { rule in
                rule.operations = OperationSet([.create, .update])
                rule.scriptAddresses = ScriptAddressRule(hosts: [ScriptFetchTests.host], maximumBytes: 64)
                try change(&rule)
            }
            let policy = Policy(rules: rules, digest: "digest")
            let counter = Mutex(0)
            self.gateway = Gateway(
                policy: { policy }, log: self.log, upstream: self.upstream, observer: SilentObserver(),
                links: PollingLinks(publicURL: "https://run.contoso.example", endpointAuthority: "arm.example"),
                record: RecordSettings(fingerprintKey: FingerprintKey(bytes: [UInt8](repeating: 7, count: 32))),
                scriptReader: fetches ? self.reader : nil, now: { 1_800_000_000_000 },
                newRequestID: {
                    counter.withLock { count in
                        count += 1
                        return Scene.requestID(count)
                    }
                })
        }

        func call(_ method: String, _ body: String) async -> GatewayAnswer {
            await self.gateway.handle(
                InboundCall(
                    method: method, target: Scene.commandPath + "?api-version=2025-04-01", principal: Scene.person,
                    clientAddress: "192.0.2.1", headers: CallHeaders(), hasBody: true
                ) { () throws(BodyFailure) in Array(body.utf8) })
        }

        func create(_ more: String = "", source: String = ScriptFetchTests.source()) async -> GatewayAnswer {
            await self.call("PUT", #"{"location":"westus","properties":{"source":\#(source)\#(more)}}"#)
        }

        func update(_ more: String = "", source: String = ScriptFetchTests.source()) async -> GatewayAnswer {
            await self.call("PATCH", #"{"properties":{"source":\#(source)\#(more)}}"#)
        }

        var events: [String] { self.log.entries.map(\.event.rawValue) }
        var record: String { self.log.entries.map { String(decoding: $0.canonical, as: UTF8.self) }.joined() }

        func last(_ event: String) throws -> JSONNode {
            let rows = try self.log.entries.map {
                try JSONReader.read($0.canonical, limits: .record, names: .refuseIdentical)
            }
            return try #require(rows.last { $0["event"]?.string == event })
        }

        /// Nothing went to ARM, and nowhere stands the query.
        func expectNothingSent(_ answer: GatewayAnswer, _ location: SourceLocation = #_sourceLocation) {
            #expect(!self.upstream.sent.contains { $0.method != "GET" }, sourceLocation: location)
            for secret in ScriptFetchTests.secrets {
                #expect(!answer.text.contains(secret), sourceLocation: location)
                #expect(!self.record.contains(secret), sourceLocation: location)
            }
        }
    }

    static func source(_ address: String = Self.address, more: String = "") -> String {
        #"{"scriptUri":"\#(address)"\#(more)}"#
    }

    // MARK: Fetched

    @Test func textIsForwardedInPlaceOfTheAddress() async throws {
        let stage = try Stage(results: [ARM.reply(201, #"{"properties":{}}"#, asyncOperation: ARM.status)])
        let answer = await stage.create()
        #expect(answer.status == 201, "\(answer.text)")
        #expect(stage.events == ["lookup", "decision", "response"])
        // The fetch was on record before it began, and the decision came after it.
        let read = try #require(stage.reader.reads.first)
        #expect(stage.reader.reads.count == 1)
        #expect(read.events == ["lookup"])
        #expect(read.maximumBytes == 64)
        #expect(read.address == WebAddress(Self.address))
        let sent = try #require(stage.upstream.sent.first)
        #expect(sent.permittedBy == "decision")
        let body = try #require(sent.body)
        #expect(body.contains(#""source":{"script":"echo hello"}"#))
        #expect(!body.contains("scriptUri"))
        #expect(!body.contains("scripts.example.com"))
        let command = try stage.last("decision")["command"]
        #expect(command?["scriptSHA256"]?.string == Scene.script.digest)
        #expect(command?["scriptURI"] != nil)
        #expect(try stage.last("decision")["decision"]?["rule"]?.string == "update")
        #expect(try stage.last("lookup")["command"]?["scriptURI"] != nil)
        #expect(try stage.last("lookup")["command"]?["scriptSHA256"] == nil)
        for secret in Self.secrets { #expect(!stage.record.contains(secret)) }
    }

    @Test func updateFetchesTooAndKeepsTheShell() async throws {
        let stage = try Stage(results: [ARM.stored(source: #"{"script":"old"}"#), ARM.accepted]) {
            $0.scriptShells = ["Powershell7"]
        }
        let answer = await stage.update(source: Self.source(more: #","scriptShell":"Powershell7""#))
        #expect(answer.status == 202, "\(answer.text)")
        #expect(stage.reader.reads.count == 1)
        let body = try #require(stage.upstream.sent.last?.body)
        #expect(body.contains(#""script":"echo hello""#))
        #expect(body.contains(#""scriptShell":"Powershell7""#))
        #expect(!body.contains("scriptUri"))
        #expect(stage.events.filter { $0 == "lookup" }.count == 2)
    }

    /// An error of ARM's that quotes the address's signature comes back without it.
    @Test func queryIsScrubbedFromAnswers() async throws {
        let quoted = #"{"error":{"code":"Bad","message":"sig=\#(Self.signature)"}}"#
        let stage = try Stage(results: [ARM.reply(400, quoted)])
        let answer = await stage.create()
        #expect(answer.status == 400)
        #expect(!answer.text.contains(Self.signature))
    }

    // MARK: Not allowed

    @Test func otherTextIsRefusedByItsDigest() async throws {
        let stage = try Stage(.text("rm -rf /"))
        let answer = await stage.create()
        #expect(answer.status == 403)
        #expect(answer.error == "RequestDisallowedByPolicy")
        #expect(answer.text.contains("ScriptNotListed"))
        #expect(stage.events == ["lookup", "decision"])
        let command = try stage.last("decision")["command"]
        #expect(command?["scriptSHA256"]?.string == ScriptText("rm -rf /").digest)
        #expect(command?["scriptURI"] != nil)
        stage.expectNothingSent(answer)
    }

    @Test(arguments: [
        Self.source("https://other.example.com/x?sig=canarySigna%2Fture"),
        Self.source("http://scripts.example.com/x?sig=canarySigna%2Fture"),
        Self.source("https://u@scripts.example.com/x?sig=canarySigna%2Fture"),
        Self.source("https://scripts.example.com:8443/x?sig=canarySigna%2Fture"),
        Self.source("https://169.254.169.254/metadata/instance?sig=canarySigna%2Fture"),
        Self.source(more: #","scriptUriManagedIdentity":{"clientId":"22d35efb-0c99-4041-8c5b-6d24db33a69a"}"#),
        Self.source(more: #","scriptShell":"Powershell7""#),
    ])
    func whatNoScriptCouldMakeAllowedIsNotFetched(source: String) async throws {
        for method in ["PUT", "PATCH"] {
            let stage = try Stage(results: [ARM.stored(), ARM.accepted])
            let answer = method == "PUT" ? await stage.create(source: source) : await stage.update(source: source)
            #expect(answer.status == 403)
            #expect(answer.error == "RequestDisallowedByPolicy")
            #expect(stage.reader.reads.isEmpty)
            #expect(stage.events == ["decision"])
            stage.expectNothingSent(answer)
        }
    }

    @Test func withoutScriptURIsNothingIsFetched() async throws {
        let stage = try Stage { $0.scriptAddresses = nil }
        let answer = await stage.create()
        #expect(answer.status == 403)
        #expect(answer.text.contains("ScriptAddressNotAllowed"))
        #expect(answer.text.contains("The rule does not allow scripts from an address"))
        #expect(stage.reader.reads.isEmpty)
        #expect(stage.events == ["decision"])
    }

    @Test func storedAddressIsNeverFetched() async throws {
        let stage = try Stage(results: [ARM.stored(source: Self.source()), ARM.accepted])
        let answer = await stage.call("PATCH", #"{"tags":{}}"#)
        #expect(answer.status == 403)
        #expect(stage.reader.reads.isEmpty)
        #expect(stage.upstream.sent.map(\.method) == ["GET"])
    }

    // MARK: Not fetched

    @Test func gatewayThatDoesNotFetchSaysSo() async throws {
        let stage = try Stage(fetches: false)
        let answer = await stage.create()
        #expect(answer.status == 400)
        #expect(answer.error == "InvalidParameter")
        #expect(answer.text.contains("fetches no scripts"))
        #expect(stage.events == ["decision"])
        stage.expectNothingSent(answer)
    }

    @Test func withoutItsRowNothingIsFetched() async throws {
        let stage = try Stage()
        stage.log.fail(on: [.lookup])
        let answer = await stage.create()
        #expect(answer.status == 503)
        #expect(answer.error == "AuditUnavailable")
        #expect(stage.reader.reads.isEmpty)
        stage.expectNothingSent(answer)
    }

    @Test func withoutTheRowOfTheDecisionNothingIsSent() async throws {
        let stage = try Stage(results: [ARM.accepted])
        stage.log.fail(on: [.decision])
        let answer = await stage.create()
        #expect(answer.status == 503)
        #expect(answer.error == "AuditUnavailable")
        #expect(stage.reader.reads.count == 1)
        stage.expectNothingSent(answer)
    }

    @Test func failedFetchIsTheCallersToMend() async throws {
        let failure = ScriptReadingFailure(
            code: "statusNotOK", message: "the script's address answered with status 404", isTransient: false)
        let stage = try Stage(.refused(failure))
        let answer = await stage.create()
        #expect(answer.status == 400)
        #expect(answer.error == "InvalidParameter")
        #expect(answer.json?["error"]?["target"]?.string == "$.properties.source.scriptUri")
        #expect(answer.text.contains("the script's address answered with status 404"))
        #expect(answer.header("retry-after") == nil)
        #expect(stage.events == ["lookup", "decision"])
        #expect(answer.index == 2)
        let decision = try stage.last("decision")
        #expect(decision["decision"]?["effect"]?.string == "deny")
        #expect(decision["decision"]?["reasons"]?.array?.first?["code"]?.string == "statusNotOK")
        #expect(decision["command"]?["scriptURI"] != nil)
        stage.expectNothingSent(answer)
    }

    @Test func hostThatIsNotReachedMayBeAskedAgain() async throws {
        let failure = ScriptReadingFailure(
            code: "timedOut", message: "the script was not fetched in time", isTransient: true)
        for method in ["PUT", "PATCH"] {
            let stage = try Stage(.refused(failure), results: method == "PUT" ? [] : [ARM.stored()])
            let answer = method == "PUT" ? await stage.create() : await stage.update()
            #expect(answer.status == 503)
            #expect(answer.error == "UpstreamUnavailable")
            #expect(answer.header("retry-after") == "5")
            for part in ["from its host", "not fetched in time", "Manager was not asked", "nothing was run"] {
                #expect(answer.text.contains(part), "\(part)")
            }
            #expect(try stage.last("decision")["decision"]?["effect"]?.string == "deny")
            stage.expectNothingSent(answer)
        }
    }

    @Test(arguments: [
        (String(repeating: "a", count: 65), "larger than is allowed"), ("\u{FEFF}echo hello", "byte order mark"),
        ("", "is empty"), ("\r\n\n", "is empty"),
    ])
    func textThatCannotStandInABody(text: String, message: String) async throws {
        let stage = try Stage(.text(text))
        let answer = await stage.create()
        #expect(answer.status == 400)
        #expect(answer.error == "InvalidParameter")
        #expect(answer.text.contains(message))
        stage.expectNothingSent(answer)
    }

    // MARK: By itself

    private func resolution(_ stage: Stage, _ command: Command) async throws -> ScriptResolution {
        let head = try ARMRequestHead(method: "PUT", target: Scene.command)
        let call = InboundCall(
            method: "PUT", target: Scene.command, principal: Scene.person, clientAddress: "192.0.2.1",
            headers: CallHeaders(), hasBody: true
        ) { () throws(BodyFailure) in [] }
        var context = CallContext(call, requestID: Scene.requestID(1), at: 0)
        context.understood(head)
        return await stage.gateway.fetchedScript(command, head, context, extras: CommandExtras())
    }

    @Test func onlyAnAddressIsFetched() async throws {
        let stage = try Stage()
        for source: ScriptSource? in [
            nil, .inline(commandID: nil, script: Scene.script), .builtIn(commandID: "IPConfig"), .gallery("/g"),
        ] {
            guard case .notNeeded = try await self.resolution(stage, Command(source: source)) else {
                Issue.record("\(String(describing: source))")
                continue
            }
        }
        guard case .notNeeded = try await self.resolution(stage, .unread) else {
            Issue.record("unread")
            return
        }
        #expect(stage.reader.reads.isEmpty)
        #expect(stage.events.isEmpty)
    }

    @Test func resolvedCommandHasTheTextAndItsOrigin() async throws {
        let stage = try Stage()
        let address = try #require(WebAddress(Self.address))
        var command = Command(source: .address(address, identity: .known(nil)))
        command.timeoutSeconds = .known(60)
        guard case .resolved(let fetched) = try await self.resolution(stage, command) else {
            Issue.record("not resolved")
            return
        }
        #expect(fetched.source == .known(.inline(commandID: nil, script: Scene.script)))
        #expect(fetched.fetchedFrom == address)
        #expect(fetched.timeoutSeconds == .known(60))
        #expect(stage.events == ["lookup"])
    }
}
