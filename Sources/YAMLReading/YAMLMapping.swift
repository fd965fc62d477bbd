/// Reads the members of one mapping by name and type, recording every problem and going on.
///
/// A getter answers nil when the key is absent or its value is wrong; in the second case the problem is recorded. What no
/// getter asked for is unknown: `finish()` on the outermost mapping reports it here and in every mapping opened from here,
/// so the names that are accepted are exactly the names that are read.
///
/// How values are taken:
/// - text: quoted, or plain if it cannot be taken for anything else in YAML 1.2's core schema. `08:00`, `yes` and `2026-11-20`
///   are text; plain `true`, `null` and `1.10` are not, since other tools would hand on something else than what was
///   written. Where ids are due a plain number may be allowed (`numbersAsText`); it is taken as it is written, digit by digit.
/// - integers: plain decimal digits with an optional `-`.
/// - booleans: `true` and `false`, no other spelling.
/// - nothing (`key:`) is never a value: leave the key out.
package final class YAMLMapping {
    /// Where the mapping stands; for a section that is absent from the file, where its parent stands.
    package let mark: YAMLMark
    /// The keys that lead here from the top, list positions included; empty at the top.
    package let path: [String]

    let members: [String: YAMLNode.Member]
    let overlay: EnvironmentOverlay?
    let problems: Problems
    private let written: [String]
    private var asked: Set<String> = []
    private var children: [YAMLMapping] = []

    /// Opens a document or any node that should be a mapping.
    ///
    /// - Returns: nil after recording the problem if it is something else.
    package convenience init?(
        _ node: YAMLNode, path: [String] = [], overlay: EnvironmentOverlay? = nil, problems: Problems
    ) {
        guard case .mapping(let members) = node.content else {
            let place = path.isEmpty ? "the file" : "'\(Self.join(path))'"
            problems.error("\(place) must be a mapping, not \(node.kind)", at: node.mark)
            return nil
        }
        self.init(members: members, mark: node.mark, path: path, overlay: overlay, problems: problems)
    }

    init(
        members: [YAMLNode.Member], mark: YAMLMark, path: [String], overlay: EnvironmentOverlay?, problems: Problems
    ) {
        self.members = Dictionary(members.map { ($0.key, $0) }, uniquingKeysWith: { first, _ in first })
        self.written = members.map(\.key)
        self.mark = mark
        self.path = path
        self.overlay = overlay
        self.problems = problems
    }

    // MARK: Places and names

    /// The keys that stand in the file, in their order.
    package var keys: [Marked<String>] { written.map { Marked($0, at: members[$0]?.keyMark ?? mark) } }

    /// Whether the key is set, in the file or by the environment.
    package func has(_ key: String) -> Bool { raw(key) != nil }

    /// Where the value of `key` stands; where the mapping stands if the key is absent.
    package func mark(of key: String) -> YAMLMark { raw(key)?.mark ?? mark }

    /// `rules[2].limits.timeoutSeconds`: a key's place in words.
    package func name(of key: String) -> String { Self.join(path + [key]) }

    /// The value of a key as it stands, for a value that may be of several kinds; nil if absent.
    package func node(_ key: String) -> YAMLNode? {
        asked.insert(key)
        overlay?.ask(path: path + [key])
        return raw(key)
    }

    /// The value in the file alone, for what no single variable can hold.
    private func member(_ key: String) -> YAMLNode? {
        asked.insert(key)
        return members[key]?.value
    }

    // MARK: Problems of callers

    /// Records an error at the value of `key` ('key' MESSAGE).
    package func error(_ key: String, _ message: String) {
        problems.error("'\(name(of: key))' \(message)", at: mark(of: key))
    }

    /// Records a warning at the value of `key`.
    package func warning(_ key: String, _ message: String) {
        problems.warning("'\(name(of: key))' \(message)", at: mark(of: key))
    }

    /// Records that a key without which nothing works is absent. Answers whether it is there.
    @discardableResult
    package func require(_ key: String) -> Bool {
        if node(key) != nil { return true }
        problems.error("'\(name(of: key))' is missing", at: mark)
        return false
    }

    /// Refuses each of these keys that is present, for a stated reason, and counts it as known.
    package func refuse(_ keys: [String], because reason: String) {
        for key in keys where node(key) != nil { error(key, reason) }
    }

    // MARK: Nested mappings

    /// The mapping under `key`; nil if absent or something else.
    package func mapping(_ key: String) -> YAMLMapping? {
        guard let node = member(key) else { return nil }
        return open(node, path: path + [key])
    }

    /// The mapping under `key`, or an empty one in its place, so that defaults and the environment still apply.
    package func section(_ key: String) -> YAMLMapping {
        if let node = member(key) {
            if let mapping = open(node, path: path + [key]) { return mapping }
            return YAMLMapping(members: [], mark: node.mark, path: path + [key], overlay: nil, problems: problems)
        }
        let empty = YAMLMapping(members: [], mark: mark, path: path + [key], overlay: overlay, problems: problems)
        children.append(empty)
        return empty
    }

    /// The mappings of the list under `key`; nil if the key is absent or not a list. Wrong elements are reported and left out.
    package func mappings(_ key: String) -> [YAMLMapping]? {
        guard let node = member(key) else { return nil }
        guard case .sequence(let elements) = node.content else {
            error(key, "must be a list of mappings, not \(node.kind)")
            return nil
        }
        return elements.enumerated().compactMap { open($1, path: path + [key, String($0)]) }
    }

    private func open(_ node: YAMLNode, path: [String]) -> YAMLMapping? {
        guard let mapping = YAMLMapping(node, path: path, overlay: overlay, problems: problems) else { return nil }
        children.append(mapping)
        return mapping
    }

    // MARK: End

    /// Reports every key that nobody asked for, here and in every mapping opened from here. Called once, on the outermost.
    package func finish() {
        for key in keys where !asked.contains(key.value) {
            let hint = NearestName.suggestion(for: key.value, among: asked.filter { members[$0] == nil }.sorted())
                .map { "; is '\($0)' meant?" }
            problems.error("unknown key '\(name(of: key.value))'\(hint ?? "")", at: key.mark)
        }
        for child in children { child.finish() }
    }

    /// Every key that was asked for, here and in every mapping opened from here, with list positions written `[]`.
    package var keysRead: Set<String> {
        let prefix = Self.join(path)
        let own = asked.map { prefix.isEmpty ? $0 : "\(prefix).\($0)" }
        return children.reduce(into: Set(own.map(Self.withoutPositions))) { $0.formUnion($1.keysRead) }
    }

    private static func withoutPositions(_ name: String) -> String {
        var isInside = false
        return name.filter { character in
            if character == "]" { isInside = false }
            defer { if character == "[" { isInside = true } }
            return !isInside
        }
    }

    /// What stands over the file, or in it, for `key`; does not count as asking.
    private func raw(_ key: String) -> YAMLNode? {
        overlay?.scalar(path: path + [key]) ?? members[key]?.value
    }

    /// Keys joined by dots, positions in brackets.
    static func join(_ path: [String]) -> String {
        path.reduce("") { text, part in
            if part.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }), !part.isEmpty {
                return "\(text)[\(part)]"
            }
            return text.isEmpty ? part : "\(text).\(part)"
        }
    }
}
