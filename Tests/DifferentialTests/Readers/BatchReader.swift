import Foundation

/// A reader in another language: one process for a whole batch, a line in and a line out for each text.
struct BatchReader: Sendable {
    var name: String
    /// Command line; the script lies with the corpus.
    var arguments: [String]

    static let all = [
        BatchReader(name: "Python json", arguments: ["python3", Corpus.folder.appending(path: "read.py").path]),
        BatchReader(name: "Node JSON.parse", arguments: ["node", Corpus.folder.appending(path: "read.mjs").path]),
    ]

    enum Kind: String, Sendable { case json, target }

    struct Broken: Error {}

    /// - Returns: `nil` where this reader is not installed; a line is `-` where it refuses the text.
    func read(_ kind: Kind, _ texts: [[UInt8]]) async throws -> [Substring]? {
        let folder = FileManager.default.temporaryDirectory.appending(path: "differential-" + UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(at: folder) }
        let input = folder.appending(path: "in")
        let output = folder.appending(path: "out")
        let lines = texts.map { Data($0).base64EncodedString() + "\n" }.joined()
        try Data(lines.utf8).write(to: input)
        try Data().write(to: output)
        let status = try await self.run(kind, from: input, to: output)
        // What `env` answers for a program that is not there.
        if status == 127 { return nil }
        let answers = String(decoding: try Data(contentsOf: output), as: UTF8.self).split(separator: "\n")
        guard status == 0, answers.count == texts.count else { throw Broken() }
        return answers
    }

    /// Through files: a pipe would fill up in one direction while the other is being written.
    private func run(_ kind: Kind, from input: URL, to output: URL) async throws -> Int32 {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = self.arguments + [kind.rawValue]
        process.standardInput = try FileHandle(forReadingFrom: input)
        process.standardOutput = try FileHandle(forWritingTo: output)
        process.standardError = FileHandle.nullDevice
        return try await withCheckedThrowingContinuation { continuation in
            process.terminationHandler = { continuation.resume(returning: $0.terminationStatus) }
            do { try process.run() } catch {
                process.terminationHandler = nil
                continuation.resume(throwing: error)
            }
        }
    }
}

extension ForeignValue {
    /// The scripts' answer: `n`, `t`, `f`, `d12;`, `sBASE64;`, `[…]`, `{sBASE64;VALUE…}`.
    init?(answer: Substring) {
        var rest = Array(answer.utf8)[...]
        guard let value = Self.next(&rest), rest.isEmpty else { return nil }
        self = value
    }

    private static func next(_ rest: inout ArraySlice<UInt8>) -> ForeignValue? {
        switch rest.popFirst() {
        case UInt8(ascii: "n"): return .null
        case UInt8(ascii: "t"): return .bool(true)
        case UInt8(ascii: "f"): return .bool(false)
        case UInt8(ascii: "d"): return self.field(&rest).map { .number(String(decoding: $0, as: UTF8.self)) }
        case UInt8(ascii: "s"):
            return self.field(&rest).flatMap { Data(base64Encoded: Data($0)) }.map { .string(Array($0)) }
        case UInt8(ascii: "["):
            var elements: [ForeignValue] = []
            while rest.first != UInt8(ascii: "]") {
                guard let element = self.next(&rest) else { return nil }
                elements.append(element)
            }
            rest = rest.dropFirst()
            return .array(elements)
        case UInt8(ascii: "{"):
            var members: [[UInt8]: ForeignValue] = [:]
            while rest.first != UInt8(ascii: "}") {
                guard let name = self.next(&rest)?.bytes, let value = self.next(&rest) else { return nil }
                members[name] = value
            }
            rest = rest.dropFirst()
            return .object(members)
        default: return nil
        }
    }

    private static func field(_ rest: inout ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        guard let end = rest.firstIndex(of: UInt8(ascii: ";")) else { return nil }
        defer { rest = rest[(end + 1)...] }
        return rest[..<end]
    }
}
