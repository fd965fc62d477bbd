extension Configuration {
    /// The record.
    package struct Audit: Sendable, Hashable, Encodable {
        /// What is kept of a text that may have to be erased one day.
        package enum Detail: String, Sendable, Hashable, Encodable, CaseIterable {
            case full, digest
        }
        package let database: String
        /// Key files; made on first start if absent.
        package let signingKey: String
        package let fingerprintKey: String
        /// How long a caller waits for its record before 503.
        package let writeSeconds: Int
        package let scriptText: Detail
        package let parameterValues: Detail
    }
}
