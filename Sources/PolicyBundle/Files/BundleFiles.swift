import ARMModel
import Crypto
import Foundation
import YAMLReading

/// The files of a bundle: which there are, their bytes read once, and the digest over what was read.
final class BundleFiles {
    let directory: String
    private let root: String
    private let problems: Problems
    private var digests: [String: String] = [:]

    init(directory: String, problems: Problems) {
        var path = directory
        while path.count > 1, path.hasSuffix("/") { path.removeLast() }
        self.directory = path
        self.root = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
        self.problems = problems
    }

    /// How problems call a file of the bundle.
    func name(_ path: String) -> String { self.directory + "/" + path }

    func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: self.name(path)) }

    /// Reports what a bundle has no place for, and names the rule files in their order.
    func ruleFiles() -> [String] {
        var rules: [String] = []
        for entry in self.entries(of: "rules", isNeeded: true) {
            if entry.hasSuffix(".yaml") {
                rules.append("rules/" + entry)
            } else {
                self.problems.error(
                    "only rule files named *.yaml belong here; this one would not be read",
                    at: YAMLMark(file: self.name("rules/" + entry)))
            }
        }
        for entry in self.entries(of: "", isNeeded: true) where self.isStray(entry) {
            self.problems.warning("not a part of a bundle, so it is not read", at: YAMLMark(file: self.name(entry)))
        }
        return rules
    }

    /// The case files, in their order; a bundle may have none.
    func caseFiles() -> [String] {
        self.entries(of: "tests", isNeeded: false).compactMap { entry in
            if entry.hasSuffix(".yaml") { return "tests/" + entry }
            self.problems.error(
                "only case files named *.yaml belong here; this one would not be run",
                at: YAMLMark(file: self.name("tests/" + entry)))
            return nil
        }
    }

    /// Warns of files under `scripts/` that the catalogue does not name.
    func warnOfUnlistedScripts() {
        for entry in self.entries(of: "scripts", isNeeded: false) {
            let path = "scripts/" + entry
            var isFolder: ObjCBool = false
            _ = FileManager.default.fileExists(atPath: self.name(path), isDirectory: &isFolder)
            if self.digests[path] == nil, !isFolder.boolValue {
                self.problems.warning(
                    "the catalogue does not name this file, so no rule can allow it by name",
                    at: YAMLMark(file: self.name(path)))
            }
        }
    }

    private func isStray(_ entry: String) -> Bool {
        if ["bundle.yaml", "rules", "scripts", "tests"].contains(entry) { return false }
        var isFolder: ObjCBool = false
        _ = FileManager.default.fileExists(atPath: self.name(entry), isDirectory: &isFolder)
        return isFolder.boolValue || entry.hasSuffix(".yaml") || entry.hasSuffix(".yml")
    }

    /// Names in a folder, sorted by their bytes; hidden ones (editors and mounts make them) are passed over.
    private func entries(of folder: String, isNeeded: Bool) -> [String] {
        let path = folder.isEmpty ? self.directory : self.name(folder)
        if let obstacle = ReadableFile.folderObstacle(path: path) {
            if isNeeded { self.problems.error("the folder \(obstacle)", at: YAMLMark(file: path)) }
            return []
        }
        guard let found = try? FileManager.default.contentsOfDirectory(atPath: path) else {
            self.problems.error("the folder cannot be read", at: YAMLMark(file: path))
            return []
        }
        return found.filter { !$0.hasPrefix(".") }.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    /// The bytes of a file of the bundle, noted for the digest.
    ///
    /// - Parameter mark: where the file is named, if it is; problems point there.
    /// - Returns: `nil` after reporting why not; also for a link that leads out of the bundle.
    func read(_ path: String, limit: Int, at mark: YAMLMark? = nil) -> [UInt8]? {
        let place = mark ?? YAMLMark(file: self.name(path))
        let resolved = URL(fileURLWithPath: self.name(path)).resolvingSymlinksInPath().path
        guard resolved.hasPrefix(self.root + "/") else {
            self.problems.error("the file \(path) leads out of the bundle", at: place)
            return nil
        }
        guard let bytes = Self.bytes(path: resolved, limit: limit, at: place, problems: self.problems) else {
            return nil
        }
        self.digests[path] = HexDigest.text(of: SHA256.hash(data: bytes))
        return bytes
    }

    /// A file's bytes.
    static func bytes(path: String, limit: Int, at mark: YAMLMark, problems: Problems) -> [UInt8]? {
        if let obstacle = ReadableFile.obstacle(path: path) {
            problems.error("the file \(obstacle)", at: mark)
            return nil
        }
        guard let file = FileHandle(forReadingAtPath: path) else {
            problems.error("the file cannot be opened", at: mark)
            return nil
        }
        defer { try? file.close() }
        guard let data = try? file.read(upToCount: limit + 1) ?? Data() else {
            problems.error("the file cannot be read", at: mark)
            return nil
        }
        guard data.count <= limit else {
            let size = (try? file.seekToEnd()).map { "\($0) bytes, which is more than" } ?? "more than"
            problems.error("the file has \(size) the \(limit) that are taken", at: mark)
            return nil
        }
        return Array(data)
    }

    /// One YAML document of the bundle.
    func document(_ path: String) -> YAMLNode? {
        guard let bytes = self.read(path, limit: YAMLDocument.maximumBytes) else { return nil }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            self.problems.error("the file is not UTF-8 text", at: YAMLMark(file: self.name(path)))
            return nil
        }
        return YAMLDocument.read(text: text, file: self.name(path), into: self.problems)
    }

    /// Over all that was read so far.
    var digest: String {
        let lines = self.digests.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
            .map { "\($0.value)  \($0.key)\n" }
        return HexDigest.text(of: SHA256.hash(data: Array(lines.joined().utf8)))
    }
}
