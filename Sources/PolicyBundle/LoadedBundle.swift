package import PolicyCore
package import YAMLReading

/// A bundle that was read without an error.
package struct LoadedBundle: Sendable {
    package var name: String
    package var revision: String
    /// SHA-256, lower-case hexadecimal, over a listing of `bundle.yaml`, `rules/*.yaml`, `scripts/catalog.yaml` and
    /// the scripts that the catalogue names: a line `SHA256  PATH` each, sorted by path, as `sha256sum` prints it.
    /// Case files decide nothing and take no part.
    package var digest: String
    package var policy: Policy
    /// What is allowed to load and yet worth a look, e.g. `anyScript`.
    package var warnings: [Problem]

    package init(name: String, revision: String, digest: String, policy: Policy, warnings: [Problem]) {
        self.name = name
        self.revision = revision
        self.digest = digest
        self.policy = policy
        self.warnings = warnings
    }
}

/// Everything that is wrong with a bundle, warnings included, in the order of files and lines.
package struct BundleProblems: Error, Sendable, CustomStringConvertible {
    package var problems: [Problem]

    package init(problems: [Problem]) { self.problems = problems }

    /// One problem a line.
    package var description: String { self.problems.map(\.description).joined(separator: "\n") }
}
