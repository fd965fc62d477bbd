import ARMSimulator
import Foundation
import GRDB
import GatewayTestSupport
import StrictJSON
import Synchronization
import Testing

/// A unique secret in every place that can carry one, in allowed, denied, malformed and failing requests; then database,
/// write-ahead log, shared memory, log output, metrics and every answer are searched for it in each encoding.
///
/// Where values are meant to stand, and are found by the same search: the script's text and the values of plain
/// parameters (table `body` of the record, answers that relay output), a justification (row of the record).
@Suite struct CanaryTests {
    private static var options: LocalStack.Options {
        var options = LocalStack.Options()
        options.limits = "{bodyBytes: 65536}"
        options.scripts = ["leak": CanaryTraffic.leak]
        options.rules = options.rules.replacing(
            "commands: [{script: hello}]", with: "commands: [{script: hello}, {script: leak}]")
        return options
    }

    /// The search itself: a value planted in every encoding among other bytes is found, and only there.
    @Test func theSearchFindsWhatIsPlanted() throws {
        let noise = (0..<100_000).map { UInt8(truncatingIfNeeded: $0 &* 2_654_435_761 >> 7) }
        let (planted, absent) = (Canary("planted"), Canary("absent"))
        let search = CanarySearch([planted, absent])
        #expect(search.findings(in: noise, called: "noise").isEmpty)
        for encoding in CanaryEncoding.allCases {
            for around in [(0, 0), (1, 1), (50_001, 3)] {
                let bytes =
                    Array(noise.prefix(around.0)) + encoding.written(planted.value) + Array(noise.suffix(around.1))
                let found = search.findings(in: bytes, called: "file")
                #expect(found.contains { $0.place == "planted" && $0.encoding == encoding }, "\(encoding)")
                #expect(!found.contains { $0.place == "absent" })
            }
        }
        // Base64 of a longer text, made elsewhere, at each alignment.
        for prefix in ["", "a", "ab", "abc"] {
            let text = Data((prefix + planted.value + "tail").utf8).base64EncodedString()
            #expect(!search.findings(in: Array(text.utf8), called: "text").isEmpty, "\(prefix.utf8.count) before it")
        }
    }

    @Test func noSecretStandsAnywhere() async throws {
        let log = CapturedLog()
        var options = Self.options
        options.logger = log.logger
        let fixed = options
        try await LocalStack.Surroundings.with(options) { surroundings in
            let answers = KeptAnswers()
            let (canaries, controls) = try await surroundings.withGateway(fixed) { stack in
                let traffic = CanaryTraffic(stack: stack, answers: answers)
                var canaries: [Canary] = []
                canaries += try await traffic.allowed()
                canaries += try await traffic.denied()
                canaries += try await traffic.malformed()
                canaries += try await traffic.failing()
                canaries += try await traffic.badTokens()
                canaries += try await traffic.headersAndTargets()
                let controls = try await traffic.controls()
                let metrics = try await stack.management("/metrics").body
                // With the write-ahead log still there.
                try Self.expectNothing(canaries, controls, stack.directory.url, log, metrics, answers, isRunning: true)
                return (canaries, controls)
            }
            try Self.expectNothing(canaries, controls, surroundings.directory.url, log, [], answers, isRunning: false)
            // A new process knows no secrets to remove from an output that it relays. Nothing of it is kept.
            try await surroundings.withGateway(fixed) { stack in
                let view = try await stack.call(
                    "GET", LocalStack.instance("allowed") + "&$expand=instanceView", token: try stack.token())
                #expect(view.status == 200, "\(view.text)")
            }
            try Self.expectNothing(canaries, controls, surroundings.directory.url, log, [], answers, isRunning: false)
        }
    }

    private static func expectNothing(
        _ canaries: [Canary], _ controls: [Canary], _ directory: URL, _ log: CapturedLog, _ metrics: [UInt8],
        _ answers: KeptAnswers, isRunning: Bool
    ) throws {
        let secrets = CanarySearch(
            canaries + [Canary("the gateway's client secret", found: LocalStack.clientSecret)])
        let plain = CanarySearch(controls)
        var haystacks: [(String, [UInt8])] = [("log", log.bytes), ("metrics", metrics)] + answers.all
        for name in ["audit.sqlite", "audit.sqlite-wal", "audit.sqlite-shm"] {
            let file = directory.appendingPathComponent(name)
            guard let data = try? Data(contentsOf: file) else {
                #expect(!isRunning, "\(name) is missing")
                continue
            }
            haystacks.append((name, Array(data)))
        }
        // Row by row as well, for a file cuts long values at the ends of its pages.
        let rows = try Self.content(of: directory.appendingPathComponent("audit.sqlite").path)
        haystacks.append(("rows", rows))
        for (name, bytes) in haystacks {
            for finding in secrets.findings(in: bytes, called: name) { Issue.record("\(finding)") }
        }
        for control in controls {
            let own = CanarySearch([control])
            #expect(!own.findings(in: rows, called: "").isEmpty, "\(control.place) is not in the record")
            let files = haystacks.filter { $0.0.hasPrefix("audit.sqlite") }
            #expect(files.contains { !own.findings(in: $0.1, called: "").isEmpty }, "\(control.place) is in no file")
        }
        #expect(plain.findings(in: log.bytes, called: "log").isEmpty)
        #expect(plain.findings(in: metrics, called: "metrics").isEmpty)
        // The log was really taken, down to its lowest level.
        #expect(log.bytes.count > 1_000)
        for word in ["notice Listening", "trace "] {
            #expect(log.bytes.firstRange(of: Array(word.utf8)) != nil, "no '\(word)' in the log")
        }
        if isRunning { #expect(metrics.count > 1_000) }
    }

    /// Every value of every table, read as SQLite reads it.
    private static func content(of database: String) throws -> [UInt8] {
        var configuration = GRDB.Configuration()
        configuration.readonly = true
        let queue = try DatabaseQueue(path: database, configuration: configuration)
        return try queue.read { db in
            var bytes: [UInt8] = []
            for table in ["record", "body", "operation", "meta"] {
                for row in try Row.fetchAll(db, sql: "SELECT * FROM \(table)") {
                    for (_, value) in row {
                        switch value.storage {
                        case .string(let text): bytes += Array(text.utf8)
                        case .blob(let data): bytes += Array(data)
                        default: continue
                        }
                        bytes.append(0)
                    }
                }
            }
            return bytes
        }
    }
}
