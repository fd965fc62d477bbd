import ARMModel
import ARMSimulator
import AuditModel
import AuditStore
import Foundation
import StrictJSON
import Testing

/// Scripts by address, end to end: from the caller's request to the fetch, the record, and what ARM gets.
@Suite struct ScriptFetchTests {
    /// A query such as a blob's signature, which may be written down nowhere.
    private static let signature = Canary("scriptUri query")
    private static var query: String { "sv=1&sig=" + Self.signature.value }

    private static let approved = "/run/hello.sh"

    private static func answer(_ request: AnsweringUpstream.Request) -> AnsweringUpstream.Reply {
        switch request.target.prefix(while: { $0 != "?" }) {
        case Self.approved: .init(status: 200, body: LocalStack.helloScript + "\n")
        case "/run/other.sh": .init(status: 200, body: "echo other\n")
        case "/run/large.sh": .init(status: 200, body: String(repeating: "#", count: 4_097))
        case "/run/moved.sh": .init(status: 302, headers: [("location", "https://\(ScriptStore.host)\(Self.approved)")])
        case "/run/busy.sh": .init(status: 503)
        default: .init(status: 404)
        }
    }

    private static func text(_ node: JSONNode?) -> String {
        guard let node else { return "" }
        var writer = JSONWriter()
        writer.node(node)
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    private static func holds(_ node: JSONNode?, _ text: String) -> Bool { self.text(node).contains(text) }

    /// The texts beside a row, by the place of their commitment in it.
    private static func bodies(of row: RecordedRow, in store: ScriptStore) throws -> [String: [UInt8]] {
        var found: [String: [UInt8]] = [:]
        try AuditReader(path: store.stack.database).forEachRow { other, bodies in
            guard other.index == row.index else { return }
            for body in bodies { found[body.pointer] = body.text }
        }
        return found
    }

    /// In the record's files, the log, the metrics and an answer.
    private static func expectNoQuery(_ store: ScriptStore, _ answers: LocalStack.Answer...) async throws {
        let search = CanarySearch([Self.signature])
        var places = [("log", store.log.bytes), ("metrics", try await store.stack.management("/metrics").body)]
        for answer in answers { places.append(("answer", answer.body + Array("\(answer.headers)".utf8))) }
        for suffix in ["", "-wal", "-shm"] {
            let data = FileManager.default.contents(atPath: store.stack.database + suffix) ?? Data()
            places.append(("record" + suffix, Array(data)))
        }
        #expect(places.contains { $0.0.hasPrefix("record") && !$0.1.isEmpty })
        for (name, bytes) in places { #expect(search.findings(in: bytes, called: name).isEmpty) }
    }

    @Test func theTextIsFetchedJudgedRecordedAndForwarded() async throws {
        try await ScriptStore.with(answer: Self.answer) { store in
            var answers: [LocalStack.Answer] = []
            for method in ["PUT", "PATCH"] {
                let answer = try await store.send(method, path: Self.approved, query: Self.query)
                #expect(answer.status == (method == "PUT" ? 201 : 200), "\(answer.text)")
                answers.append(answer)
                let token = try store.stack.token()
                _ = try await store.stack.follow(answer.header("azure-asyncoperation"), token: token)

                // One plain GET, without anything of the gateway's.
                let fetch = try #require(store.server.requests.last)
                #expect(store.server.requests.count == answers.count)
                #expect(fetch.method == "GET")
                #expect(fetch.target == Self.approved + "?" + Self.query)
                #expect(fetch.header("host") == ScriptStore.host)
                #expect(fetch.header("authorization") == nil)

                // ARM gets the text, and nothing of the address.
                let received = try #require(await store.stack.simulator.receivedRequests.last { $0.method == method })
                let sent = try JSONReader.read(received.body)
                #expect(
                    Self.text(sent["properties"]?["source"])
                        == #"{"script":\#(LocalStack.quoted(LocalStack.helloScript))}"#)
                #expect(!Self.holds(sent, ScriptStore.host))
                let view = try await store.stack.call(
                    "GET", LocalStack.instance("report", query: "&$expand=instanceView"), token: token)
                #expect(view.json?["properties"]?["instanceView"]?["output"]?.string == "hello \(method)\n")

                // On record: before the fetch with the address, and the decision with address and text.
                let rows = try store.stack.rows(of: answer)
                let isUpdate = method == "PATCH"
                #expect(
                    rows.map(\.event).prefix(isUpdate ? 4 : 3)
                        == (isUpdate ? ["lookup", "lookup"] : ["lookup"]) + ["decision", "response"])
                let decision = try #require(rows.first { $0.event == "decision" })
                let lookup = try #require(rows.last { $0.event == "lookup" && $0.index < decision.index })
                let address = "https://\(ScriptStore.host)\(Self.approved)"
                #expect(Self.holds(lookup.row["command"]?["scriptURI"], address))
                #expect(lookup.row["command"]?["script"] == nil)
                let command = decision.row["command"]
                #expect(Self.holds(command?["scriptURI"], address))
                #expect(
                    try Self.bodies(of: decision, in: store)["/command/script"] == Array(LocalStack.helloScript.utf8))
                #expect(
                    command?["scriptSHA256"]?.string
                        == ScriptText(LocalStack.helloScript).digest)
                #expect(decision.row["decision"]?["rule"]?.string == "test-keep")
            }
            try await Self.expectNoQuery(store, answers[0], answers[1])
        }
    }

    struct Refusal: Sendable, CustomTestStringConvertible {
        var name: String
        var host = ScriptStore.host
        var path = ScriptFetchTests.approved
        var status = 400
        var code = "InvalidParameter"
        /// The first reason of the decision to deny.
        var reason: String
        var events = ["lookup", "decision"]
        /// Whether the server is asked for the script.
        var isAsked = true
        var testDescription: String { self.name }
    }

    private static let refusals = [
        Refusal(name: "too large", path: "/run/large.sh", reason: "tooLarge"),
        Refusal(name: "redirect", path: "/run/moved.sh", reason: "redirected"),
        Refusal(name: "not there", path: "/run/none.sh", reason: "statusNotOK"),
        Refusal(
            name: "not served just then", path: "/run/busy.sh", status: 503, code: "UpstreamUnavailable",
            reason: "statusNotOK"),
        Refusal(
            name: "another digest", path: "/run/other.sh", status: 403, code: "RequestDisallowedByPolicy",
            reason: "ScriptNotListed"),
        Refusal(name: "private address", host: ScriptStore.insideHost, reason: "addressNotPublic", isAsked: false),
        Refusal(
            name: "another's certificate", host: ScriptStore.foreignHost, reason: "certificateInvalid", isAsked: false),
        Refusal(
            name: "host not listed", host: ScriptStore.unlistedHost, status: 403, code: "RequestDisallowedByPolicy",
            reason: "ScriptAddressNotAllowed", events: ["decision"], isAsked: false),
        Refusal(
            name: "another port", host: ScriptStore.host + ":8443", status: 403, code: "RequestDisallowedByPolicy",
            reason: "ScriptAddressNotAllowed", events: ["decision"], isAsked: false),
    ]

    @Test func whatIsRefusedIsOnRecordAndGoesNowhere() async throws {
        try await ScriptStore.with(answer: Self.answer) { store in
            for refusal in Self.refusals {
                let before = store.server.requests.count
                let lookups = store.names.asked.count
                let answer = try await store.send("PUT", host: refusal.host, path: refusal.path, query: Self.query)
                LocalStack.expectEnvelope(answer, refusal.status, refusal.code, "\(refusal.name)")
                let rows = try store.stack.rows(of: answer)
                #expect(rows.map(\.event) == refusal.events, "\(refusal.name)")
                let decision = try #require(rows.last)
                #expect(decision.row["decision"]?["effect"]?.string == "deny", "\(refusal.name)")
                #expect(
                    decision.row["decision"]?["reasons"]?.array?.first?["code"]?.string == refusal.reason,
                    "\(refusal.name): \(answer.text)")
                #expect(Self.holds(decision.row["command"]?["scriptURI"], refusal.path), "\(refusal.name)")
                #expect(store.server.requests.count == before + (refusal.isAsked ? 1 : 0), "\(refusal.name)")
                #expect(store.names.asked.count == lookups + (refusal.events.count - 1), "\(refusal.name)")
                try await Self.expectNoQuery(store, answer)
            }
            #expect(await store.stack.received("/runCommands/") == 0)
        }
    }

    @Test func nothingIsFetchedWithoutARuleThatSaysSo() async throws {
        try await ScriptStore.with(rules: ScriptStore.rules(""), answer: Self.answer) { store in
            let answer = try await store.send("PUT", path: Self.approved, query: Self.query)
            LocalStack.expectEnvelope(answer, 403, "RequestDisallowedByPolicy", "no scriptURIs")
            #expect(answer.text.contains("ScriptAddressNotAllowed"))
            #expect(try store.stack.rows(of: answer).map(\.event) == ["decision"])
            #expect(store.server.requests.isEmpty)
            #expect(store.names.asked.isEmpty)
            #expect(await store.stack.received("/runCommands/") == 0)
            // The same text in the request itself is another matter.
            let inline = try await store.stack.call(
                "PUT", LocalStack.instance("report", version: "2024-11-01"),
                body:
                    #"{"location":"westeurope","properties":{"source":{"script":\#(LocalStack.quoted(LocalStack.helloScript))},"parameters":[{"name":"word","value":"x"}]}}"#,
                token: try store.stack.token())
            #expect(inline.status == 201, "\(inline.text)")
        }
    }
}
