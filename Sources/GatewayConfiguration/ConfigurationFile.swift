import Foundation
package import YAMLReading

/// Reads `sallyport.yaml` and lays the environment over it.
package enum ConfigurationFile {
    /// A configuration that may be used, and what is suspicious about it.
    package struct Loaded: Sendable {
        package let configuration: Configuration
        package let warnings: [Problem]
    }

    /// Everything that is wrong, warnings included, by file and line.
    package struct Refused: Error, Sendable {
        package let problems: [Problem]
    }

    /// Variables with this word and an underscore in front stand over the file.
    package static let environmentPrefix = "SALLYPORT"

    /// Reads and checks a configuration; binds nothing, changes nothing.
    ///
    /// - Parameters:
    ///   - path: the file. Relative names inside it are taken from its folder.
    ///   - environment: the variables of the process; `SALLYPORT_…` win over the file.
    package static func load(path: String, environment: [String: String]) -> Result<Loaded, Refused> {
        let problems = Problems()
        let document = YAMLDocument.read(path: path, into: problems)
        return read(
            document, folder: (path as NSString).deletingLastPathComponent, environment: environment, problems: problems
        )
    }

    /// Reads and checks a configuration from text.
    ///
    /// - Parameters:
    ///   - file: what problems call it.
    ///   - folder: where relative names inside it are taken from; the working directory if empty.
    package static func load(
        text: String, file: String, folder: String, environment: [String: String]
    ) -> Result<Loaded, Refused> {
        let problems = Problems()
        let document = YAMLDocument.read(text: text, file: file, into: problems)
        return read(document, folder: folder, environment: environment, problems: problems)
    }

    /// Every key that reading this text asks for, list positions written `[]`; what the documents are held against.
    static func keysRead(text: String, environment: [String: String]) -> Set<String> {
        let problems = Problems()
        guard let document = YAMLDocument.read(text: text, file: "", into: problems),
            let root = YAMLMapping(document, problems: problems)
        else { return [] }
        _ = ConfigurationReader(folder: "", environment: environment, problems: problems).configuration(root)
        return root.keysRead
    }

    private static func read(
        _ document: YAMLNode?, folder: String, environment: [String: String], problems: Problems
    ) -> Result<Loaded, Refused> {
        let overlay = EnvironmentOverlay(prefix: environmentPrefix, environment: environment)
        guard let document, let root = YAMLMapping(document, overlay: overlay, problems: problems) else {
            return .failure(Refused(problems: problems.sorted))
        }
        let reader = ConfigurationReader(folder: folder, environment: environment, problems: problems)
        let configuration = reader.configuration(root)
        root.finish()
        for (name, suggestion) in overlay.unknown {
            let hint = suggestion.map { "; is \($0) meant?" } ?? ""
            problems.warning("the variable sets nothing\(hint)", at: YAMLMark(file: name))
        }
        if problems.hasErrors { return .failure(Refused(problems: problems.sorted)) }
        return .success(Loaded(configuration: configuration, warnings: problems.warnings))
    }
}
