import Foundation
import StrictJSON
import Testing

/// Azure's own examples through the real listener, in every api-version: taken or refused as the version says, and
/// forwarded with the same meaning.
@Suite struct ExampleRequestTests {
    private struct Combination: Sendable {
        var request: ExampleRequest
        var version: String
        /// Forwarded, so the upstream knows it by it.
        var correlation = UUID().uuidString.lowercased()
    }

    private struct Tally: Sendable {
        var accepted = 0
        var refused = 0
        var problems: [String] = []

        mutating func add(_ other: Tally) {
            self.accepted += other.accepted
            self.refused += other.refused
            self.problems += other.problems
        }
    }

    /// A plain success of each operation.
    private static let script: @Sendable (AnsweringUpstream.Request) -> AnsweringUpstream.Reply = { request in
        let isDiagnostic = request.target.contains("/diagnosticRunCommands")
        let resource = ExampleStack.resource(ExampleStack.stored(isDiagnostic: isDiagnostic))
        switch request.method {
        case "POST": return .init(status: 202, headers: ExampleStack.links(request))
        case "PUT": return .init(status: 201, headers: ExampleStack.links(request), body: resource)
        case "PATCH": return .init(status: 200, headers: ExampleStack.links(request), body: resource)
        case "DELETE": return .init(status: 202, headers: ExampleStack.links(request))
        default:
            let path = request.target.prefix { $0 != "?" }
            if path.hasSuffix("ommands") { return .init(status: 200, body: #"{"value":[]}"#) }
            let document =
                ##"{"$schema":"s","id":"I","osType":"Linux","label":"l","description":"d","script":["true"]}"##
            return .init(status: 200, body: path.contains("/locations/") ? document : resource)
        }
    }

    @Test func everyExampleInEveryVersion() async throws {
        let requests = try ExampleRequest.all()
        let examples = requests.count(where: \.isAsWritten)
        let all = requests.flatMap { request in
            (PublishedSurface.versions + PublishedSurface.strange).map { Combination(request: request, version: $0) }
        }
        let tally = try await ExampleStack.withRunning(script: Self.script) { stack, upstream in
            let token = try stack.token()
            let lanes = 12
            return try await withThrowingTaskGroup(of: Tally.self) { group in
                for lane in 0..<lanes {
                    group.addTask {
                        var tally = Tally()
                        for index in stride(from: lane, to: all.count, by: lanes) {
                            try await Self.tryOne(all[index], stack, token, &tally)
                        }
                        return tally
                    }
                }
                var tally = Tally()
                for try await part in group { tally.add(part) }
                Self.compare(all, upstream.requests, &tally)
                let decisions = try stack.record().filter { $0.event == "decision" }.map {
                    $0.row["decision"]?["effect"]?.string
                }
                #expect(decisions.count(where: { $0 == "allow" }) == tally.accepted)
                #expect(decisions.count(where: { $0 == "deny" }) == tally.refused)
                return tally
            }
        }
        for problem in tally.problems.prefix(20) { Issue.record("\(problem)") }
        #expect(tally.problems.isEmpty, "\(tally.problems.count) problems")
        #expect(examples == 68)
        #expect(tally.accepted + tally.refused == all.count)
        print(
            "note: \(examples) examples, \(all.count) combinations, \(tally.accepted) accepted, \(tally.refused) refused"
        )
    }

    /// Clients write the words of a path as they like, some end it with a slash, some speak HTTP/2. ARM gets one form.
    @Test func spellingsOfThePath() async throws {
        let words: Set = [
            "subscriptions", "resourceGroups", "providers", "Microsoft.Compute", "virtualMachines", "locations",
            "virtualMachineScaleSets", "runCommand", "runCommands", "diagnosticRunCommands",
        ]
        let requests = try ExampleRequest.all().filter {
            PublishedSurface.verdict($0, in: $0.example.version) == .accepted
        }
        try await ExampleStack.withRunning(script: Self.script) { stack, upstream in
            let token = try stack.token()
            try await stack.overHTTP2 { client in
                for request in requests {
                    let example = request.example
                    let slash = example.path.contains("ommands") && !example.path.contains("/locations/") ? "/" : ""
                    for change in [{ $0.lowercased() }, { $0.uppercased() }] as [@Sendable (String) -> String] {
                        let path = example.path.split(separator: "/", omittingEmptySubsequences: false).map {
                            words.contains(String($0)) ? change(String($0)) : String($0)
                        }.joined(separator: "/")
                        let answer = try await stack.call(
                            example.method, "\(path)\(slash)?API-Version=\(example.version)",
                            bytes: request.body.map { Array(JSONDifference.text($0).utf8) }, token: token,
                            client: client)
                        #expect((200...204).contains(answer.status), "\(path): \(answer.text)")
                        #expect(answer.isHTTP2)
                        let due = example.path.replacing("/SoutheastAsia/", with: "/southeastasia/")
                        #expect(upstream.requests.last?.target == "\(due)?api-version=\(example.version)")
                    }
                }
            }
        }
    }

    private static func tryOne(
        _ one: Combination, _ stack: LocalStack, _ token: String, _ tally: inout Tally
    ) async throws {
        let target = one.request.path(in: one.version) + "?api-version=" + one.version
        let answer = try await stack.call(
            one.request.example.method, target, body: one.request.body.map { JSONDifference.text($0) }, token: token,
            headers: [("x-ms-correlation-request-id", one.correlation)])
        switch PublishedSurface.verdict(one.request, in: one.version) {
        case .accepted:
            tally.accepted += 1
            guard (200...204).contains(answer.status) else {
                return tally.problems.append("\(one.request) in \(one.version): \(answer.status) \(answer.text)")
            }
        case .refused(let status, let code):
            tally.refused += 1
            guard answer.status == status, answer.code == code else {
                return tally.problems.append(
                    "\(one.request) in \(one.version), due \(status) \(code): \(answer.status) \(answer.text)")
            }
        }
    }

    /// What came out upstream: nothing of a refused request, and of an accepted one exactly what was sent.
    private static func compare(_ all: [Combination], _ received: [AnsweringUpstream.Request], _ tally: inout Tally) {
        let byID = Dictionary(grouping: received) { $0.header("x-ms-correlation-request-id") ?? "" }
        for one in all {
            let example = one.request.example
            let arrived = byID[one.correlation] ?? []
            guard PublishedSurface.verdict(one.request, in: one.version) == .accepted else {
                if !arrived.isEmpty { tally.problems.append("\(one.request) in \(one.version): reached ARM") }
                continue
            }
            // An update is preceded by the read of what is stored.
            let lookups = example.kind == .update ? 1 : 0
            guard arrived.count == 1 + lookups, let last = arrived.last, last.method == example.method else {
                tally.problems.append("\(one.request) in \(one.version): \(arrived.count) requests upstream")
                continue
            }
            var path = example.path
            if example.kind == .catalog || example.kind == .catalogEntry {
                path = path.replacing("/SoutheastAsia/", with: "/southeastasia/")
            }
            if last.target != path + "?api-version=" + one.version {
                tally.problems.append("\(one.request) in \(one.version): target \(last.target)")
            }
            do {
                let body = last.body.isEmpty ? nil : try JSONReader.read(last.body)
                let stored = try JSONReader.read(
                    Array(ExampleStack.stored(isDiagnostic: example.isDiagnostic).utf8))
                let found = JSONDifference.between(one.request.body, body)
                let due = PublishedSurface.changes(
                    one.request, in: one.version, stored: example.kind == .update ? stored : nil)
                if found != due {
                    let wrong = found.symmetricDifference(due).sorted().joined(separator: "; ")
                    tally.problems.append("\(one.request) in \(one.version), forwarded: \(wrong)")
                }
            } catch {
                tally.problems.append("\(one.request) in \(one.version): body is not JSON, \(error)")
            }
        }
    }
}
