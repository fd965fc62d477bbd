import ARMModel
import Foundation

/// One line of a corpus file: what a text is expected to be taken for, and the text.
///
/// `EXPECTED<TAB>NAME<TAB>TEXT`, see `Tests/Fixtures/corpus/README.md`.
struct CorpusCase: Sendable, CustomStringConvertible {
    /// `bodies-action.txt:12`
    var place: String
    var name: String
    var expected: Verdict
    var version: APIVersion
    var bytes: [UInt8]

    var description: String { "\(self.place) (\(self.name))" }

    struct Malformed: Error, CustomStringConvertible {
        var description: String
    }

    /// - Returns: `nil` for an empty line and for a remark.
    init?(line: String, place: String) throws {
        guard !line.isEmpty, !line.hasPrefix("#") else { return nil }
        let fields = line.split(separator: "\t", maxSplits: 2, omittingEmptySubsequences: false)
        guard fields.count == 3, !fields[1].isEmpty else {
            throw Malformed(description: "\(place): not of the form EXPECTED<TAB>NAME<TAB>TEXT")
        }
        self.place = place
        self.name = String(fields[1])
        self.version = .newest
        self.expected = Verdict("")
        for word in fields[0].split(separator: " ") {
            switch word.first {
            case "$": self.expected.path = String(word)
            case "+": self.expected.offset = Int(word.dropFirst())
            case "@":
                guard let version = APIVersion(String(word.dropFirst())) else {
                    throw Malformed(description: "\(place): no such api-version")
                }
                self.version = version
            default: self.expected.code = String(word)
            }
        }
        guard Verdict.known.contains(self.expected.code) else {
            throw Malformed(description: "\(place): \(self.expected.code) is no verdict")
        }
        self.bytes = CorpusEscapes.bytes(of: Array(fields[2].utf8))
    }
}

extension CorpusCase {
    /// An update's `properties` in the body of a creation, which reads them alike; `nil` for a case about another
    /// member. A good one gets a source if it has none, since a creation without any is never allowed.
    var asCreation: CorpusCase? {
        let start = Array(#"{"properties":{"#.utf8)
        guard self.bytes.starts(with: start), self.bytes != start + Array("}}".utf8) else { return nil }
        let location = Array(#""location":"westus","#.utf8)
        var creation = self
        creation.name += ", as a creation"
        creation.bytes.insert(contentsOf: location, at: 1)
        creation.expected.offset = self.expected.offset.map { $0 + location.count }
        let isGood = self.expected.code == "ok" && !String(decoding: self.bytes, as: UTF8.self).contains(#"ource":"#)
        if isGood {
            creation.bytes.insert(
                contentsOf: #""source":{"script":"id"},"#.utf8, at: start.count + location.count)
        }
        return creation
    }
}

/// The corpus as it lies beside the tests.
enum Corpus {
    static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Fixtures/corpus")

    static let bodies: Result<[Body], any Error> = Result {
        let actions = try Corpus.read("bodies-action.txt").map { Body(kind: .action, line: $0) }
        let updates = try Corpus.read("bodies-update.txt")
        return try actions + updates.map { Body(kind: .update, line: $0) }
            + updates.compactMap(\.asCreation).map { Body(kind: .create, line: $0) }
            + Corpus.read("bodies-create.txt").map { Body(kind: .create, line: $0) }
    }

    static let targets = Result { try Corpus.read("targets.txt") }

    struct Body: Sendable {
        var kind: BodyKind
        var line: CorpusCase
    }

    private static func read(_ file: String) throws -> [CorpusCase] {
        let text = String(decoding: try Data(contentsOf: self.folder.appending(path: file)), as: UTF8.self)
        var cases: [CorpusCase] = []
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            if let found = try CorpusCase(line: String(line), place: "\(file):\(index + 1)") { cases.append(found) }
        }
        return cases
    }
}
