import YAMLReading

extension ConfigurationReader {
    /// A name as the file means it: relative names are taken from the file's folder.
    func resolve(_ path: String) -> String {
        path.hasPrefix("/") || folder.isEmpty ? path : "\(folder)/\(path)"
    }

    /// The name of a file that need not be there yet; empty after an error.
    func path(_ section: YAMLMapping, _ key: String, default fallback: String) -> String {
        section.has(key) ? section.string(key).map(resolve) ?? "" : noteDefault(section, key, fallback)
    }

    /// The name of a file that must be readable; nil if the key is absent or wrong.
    func readableFile(_ section: YAMLMapping, _ key: String) -> String? {
        guard let path = section.string(key).map(resolve) else { return nil }
        if let obstacle = ReadableFile.obstacle(path: path) { section.error(key, "names a file that \(obstacle)") }
        return path
    }

    /// The name of a file that must be readable, with a default; empty after an error.
    func readableFile(_ section: YAMLMapping, _ key: String, default fallback: String) -> String {
        if section.has(key) { return readableFile(section, key) ?? "" }
        if let obstacle = ReadableFile.obstacle(path: fallback) {
            section.error(key, "is not set, and its default \(fallback) \(obstacle)")
        }
        return noteDefault(section, key, fallback)
    }

    /// The name of a file that must be named and readable; empty after an error.
    func requiredFile(_ section: YAMLMapping, _ key: String) -> String {
        section.require(key) ? readableFile(section, key) ?? "" : ""
    }

    /// The name of a folder that must be readable, with a default; empty after an error.
    func readableFolder(_ section: YAMLMapping, _ key: String, default fallback: String) -> String {
        let isSet = section.has(key)
        guard let path = isSet ? section.string(key).map(resolve) : noteDefault(section, key, fallback) else {
            return ""
        }
        if let obstacle = ReadableFile.folderObstacle(path: path) {
            section.error(
                key, isSet ? "names a folder that \(obstacle)" : "is not set, and its default \(path) \(obstacle)")
        }
        return path
    }

    /// Counts the key as known although it is absent.
    private func noteDefault(_ section: YAMLMapping, _ key: String, _ fallback: String) -> String {
        _ = section.node(key)
        return fallback
    }
}
