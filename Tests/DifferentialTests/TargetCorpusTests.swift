import ARMModel
import Testing

/// Hostile request targets: each refused as its line says, and each accepted one taken alike by Python and Node.
@Suite struct TargetCorpusTests {
    /// `METHOD TARGET`.
    private struct Request {
        var line: CorpusCase
        var method: String
        var target: String

        init(_ line: CorpusCase) {
            self.line = line
            let parts = line.bytes.split(separator: 0x20, maxSplits: 1, omittingEmptySubsequences: false)
            self.method = String(decoding: parts[0], as: UTF8.self)
            self.target = parts.count > 1 ? String(decoding: parts[1], as: UTF8.self) : ""
        }

        var result: Result<ARMRequestHead, RequestError> {
            do throws(RequestError) {
                return .success(try ARMRequestHead(method: self.method, target: self.target))
            } catch {
                return .failure(error)
            }
        }
    }

    private func requests() throws -> [Request] { try Corpus.targets.get().map(Request.init) }

    @Test func eachTargetIsTakenAsItsLineSays() throws {
        for request in try self.requests() {
            let verdict: Verdict =
                switch request.result {
                case .success: .ok
                case .failure(let error): Verdict(error)
                }
            #expect(
                verdict.fulfils(request.line.expected),
                "\(request.line): expected \(request.line.expected), is \(verdict)")
        }
    }

    /// What goes to ARM is plain, is read as the same operation on the same names, and is its own forwarded form.
    @Test func forwardedTargetsMeanTheSame() throws {
        for request in try self.requests() {
            guard case .success(let head) = request.result else { continue }
            let forwarded = head.upstreamTarget(apiVersion: head.apiVersion)
            #expect(forwarded.utf8.allSatisfy(Self.isPlain), "\(request.line): \(forwarded)")
            let again = try ARMRequestHead(method: request.method, target: forwarded)
            #expect(again.route.name == head.route.name, "\(request.line)")
            #expect(again.target == head.target, "\(request.line)")
            #expect(again.operationID == head.operationID, "\(request.line)")
            #expect(again.apiVersion == head.apiVersion, "\(request.line)")
            #expect(again.expandsInstanceView == head.expandsInstanceView, "\(request.line)")
            #expect(again.upstreamTarget(apiVersion: again.apiVersion) == forwarded, "\(request.line)")
        }
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "A")...UInt8(ascii: "Z"):
            true
        default: "-._/?=&$%".utf8.contains(byte)
        }
    }

    @Test func everyReaderTakesAcceptedTargetsAlike() async throws {
        var pairs: [(line: CorpusCase, received: String, forwarded: String)] = []
        for request in try self.requests() {
            guard case .success(let head) = request.result else { continue }
            pairs.append((request.line, request.target, head.upstreamTarget(apiVersion: head.apiVersion)))
        }
        #expect(pairs.count >= 20)
        for reader in BatchReader.all {
            let texts = pairs.flatMap { [Array($0.received.utf8), Array($0.forwarded.utf8)] }
            guard let answers = try await reader.read(.target, texts) else {
                print("differential: \(reader.name) is not installed, skipped")
                continue
            }
            for (index, pair) in pairs.enumerated() {
                let received = Self.plain(answers[2 * index])
                let forwarded = Self.plain(answers[2 * index + 1])
                #expect(received != nil, "\(pair.line): \(reader.name)")
                #expect(received == forwarded, "\(pair.line): \(reader.name)")
            }
        }
    }

    /// Path segments and query items as a reader took them, in ARM's comparison: without ASCII case, one trailing
    /// slash, the order of the query, the form of a polling link, and where a list goes on, which is ours alone.
    private static func plain(_ answer: Substring) -> [String]? {
        guard let parts = ForeignValue(answer: answer)?.elements, parts.count == 2, let path = parts[0].elements,
            let query = parts[1].elements
        else { return nil }
        func text(_ value: ForeignValue) -> String {
            ASCIICase.lowered(String(decoding: value.bytes ?? [0xFF], as: UTF8.self))
        }
        var segments = path.map(text)
        if segments.last == "" { segments.removeLast() }
        let items = query.map { item in (item.elements ?? []).map(text).joined(separator: "=") }
            .filter { $0 != "monitor=true" && !$0.hasPrefix("$skiptoken=") }
        return segments.map { "/" + $0 } + items.sorted()
    }
}
