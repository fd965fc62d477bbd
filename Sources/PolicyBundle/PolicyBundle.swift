package import ARMModel
import PolicyCore
import YAMLReading

/// Policies as files: from a directory to rules that decide.
package enum PolicyBundle {
    /// Reads a whole bundle, going on after the first problem.
    ///
    /// - Parameters:
    ///   - directory: the folder that holds `bundle.yaml`.
    ///   - requiresTenants: whether several tenants are configured, so that ids must be written `TENANT/ID`.
    /// - Throws: all problems together; nothing of a bundle with an error is used.
    package static func load(
        directory: String, requiresTenants: Bool = false
    ) throws(BundleProblems) -> LoadedBundle {
        let problems = Problems()
        let files = BundleFiles(directory: directory, problems: problems)
        let reader = BundleReader(files: files, requiresTenants: requiresTenants, problems: problems)
        let contents = reader.read()
        guard let contents, !problems.hasErrors else { throw BundleProblems(problems: problems.sorted) }
        let digest = files.digest
        return LoadedBundle(
            name: contents.name, revision: contents.revision, digest: digest,
            policy: Policy(rules: contents.rules, digest: digest), warnings: problems.warnings)
    }

    /// A script file as it is judged and digested: the same reading as for files of the catalogue.
    package static func script(file: String) throws(BundleProblems) -> ScriptText {
        let problems = Problems()
        let mark = YAMLMark(file: file)
        guard let bytes = BundleFiles.bytes(path: file, limit: ScriptFile.maximumBytes, at: mark, problems: problems),
            let script = ScriptFile.text(of: bytes, at: mark, problems: problems)
        else { throw BundleProblems(problems: problems.sorted) }
        return script
    }
}
