/// Environment variables that stand over a file: `listener.tls.privateKey` is `PREFIX_LISTENER_TLS_PRIVATE_KEY`.
///
/// A reader asks for the variable of every scalar it reads, so what can be set is exactly what is read, and whatever is left
/// over is a name that means nothing.
package final class EnvironmentOverlay {
    private let prefix: String
    private let variables: [String: String]
    private var asked: Set<String> = []

    /// - Parameters:
    ///   - prefix: in capitals, without the underscore, e.g. `SALLYPORT`.
    ///   - environment: all variables of the process; those without the prefix are ignored.
    package init(prefix: String, environment: [String: String]) {
        self.prefix = prefix
        self.variables = environment.filter { $0.key.hasPrefix(prefix + "_") }
    }

    /// The value that stands over `path`, if there is one.
    func scalar(path: [String]) -> YAMLNode? {
        let name = variable(path: path)
        return variables[name].map { YAMLNode(.scalar($0, .environment), at: YAMLMark(file: name)) }
    }

    /// Notes that `path` is a value that is read.
    func ask(path: [String]) {
        asked.insert(variable(path: path))
    }

    /// The variable's name for a path of keys: words in capitals, an underscore wherever a capital follows another letter.
    package func variable(path: [String]) -> String {
        ([prefix] + path.map(Self.upperSnake)).joined(separator: "_")
    }

    /// Variables with the prefix that no reader asked for, each with the nearest name that was, if any is near.
    package var unknown: [(name: String, suggestion: String?)] {
        // Without the prefix, which all have alike and which would make everything seem near.
        let known = asked.map { String($0.dropFirst(prefix.count + 1)) }.sorted()
        return variables.keys.filter { !asked.contains($0) }.sorted().map { name in
            let written = String(name.dropFirst(prefix.count + 1))
            return (name, NearestName.suggestion(for: written, among: known).map { "\(prefix)_\($0)" })
        }
    }

    private static func upperSnake(_ key: String) -> String {
        var result = ""
        var previousIsLower = false
        for character in key {
            if character.isUppercase, previousIsLower { result.append("_") }
            previousIsLower = !character.isUppercase
            result += character.uppercased()
        }
        return result
    }
}
