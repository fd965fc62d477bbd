import Foundation
import Yams

/// Reads one YAML document, strictly.
///
/// Refused, each with its line: more than one document, a repeated key, a key that is not text, anchors and aliases (what a
/// reviewer reads in one place must not change meaning in another), explicit tags, bytes that are not UTF-8, control
/// characters, a file over the size limit. YAML's merge key `<<` is a key like any other, so no reader knows it.
package enum YAMLDocument {
    /// Above what any person writes, below what would hurt to parse.
    package static let maximumBytes = 1 << 20

    /// Reads a file.
    ///
    /// - Parameters:
    ///   - path: where it is.
    ///   - name: what problems call it; the path by default.
    /// - Returns: the document, or nil after recording at least one error.
    package static func read(
        path: String, name: String? = nil, maximumBytes: Int = maximumBytes, into problems: Problems
    ) -> YAMLNode? {
        let whole = YAMLMark(file: name ?? path)
        let (data, obstacle) = ReadableFile.bytes(path: path, limit: maximumBytes + 1)
        guard let data else {
            problems.error("the file \(obstacle ?? "cannot be read")", at: whole)
            return nil
        }
        guard data.count <= maximumBytes else {
            problems.error("the file is larger than \(maximumBytes) bytes", at: whole)
            return nil
        }
        guard let text = String(validating: data, as: UTF8.self) else {
            problems.error("the file is not UTF-8 text", at: whole)
            return nil
        }
        return read(text: text, file: whole.file, into: problems)
    }

    /// Reads text that came from `file`.
    ///
    /// - Returns: the document, or nil after recording at least one error.
    package static func read(text: String, file: String, into problems: Problems) -> YAMLNode? {
        let before = problems.all.count
        do {
            // Named outright: the default lets an environment variable choose and prints about it.
            let parser = try Parser(yaml: text, encoding: .utf8)
            // Nodes know their anchors only while the parser lives.
            return try withExtendedLifetime(parser) {
                guard let root = try parser.singleRoot() else {
                    problems.error("the file is empty", at: YAMLMark(file: file))
                    return nil
                }
                let node = NodeConversion(file: file, problems: problems).convert(root)
                return problems.all[before...].contains { $0.severity == .error } ? nil : node
            }
        } catch let error as YamlError {
            problems.add(Problem(syntax: error, file: file, text: text))
        } catch {
            problems.error("the file is not YAML", at: YAMLMark(file: file))
        }
        return nil
    }
}

extension Problem {
    /// What the parser could not read. Its own description quotes the line, which may hold anything; this does not.
    fileprivate init(syntax error: YamlError, file: String, text: String) {
        switch error {
        case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _),
            .composer(let context, let problem, let mark, _):
            let lead = context.map { "\($0.text): " } ?? ""
            self.init(file: file, line: mark.line, column: mark.column, message: "not YAML: \(lead)\(problem)")
        case .duplicatedKeysInMapping(let keys, let context):
            let names = keys.map { "'\($0)'" }.joined(separator: ", ")
            self.init(
                file: file, line: context.mark.line, column: context.mark.column,
                message: "\(names) stands more than once in the same mapping")
        case .reader(let problem, let offset, _, _):
            let line = offset.map { 1 + text.prefix($0).filter(\.isNewline).count }
            self.init(file: file, line: line, message: "not YAML: \(problem)")
        default:
            self.init(file: file, message: "not YAML")
        }
    }
}
