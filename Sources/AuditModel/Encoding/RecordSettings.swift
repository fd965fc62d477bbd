package import Redaction

/// How much of a request's texts the record keeps, and the key for what it must not keep.
package struct RecordSettings: Sendable {
    package enum Keep: String, Sendable, Hashable {
        /// The text, apart from the row, so that it can be erased one day.
        case full
        /// Only a digest: of a script its SHA-256, of a parameter value a fingerprint.
        case digest
    }

    package var fingerprintKey: FingerprintKey
    package var scriptText: Keep
    package var parameterValues: Keep
    /// 16 random bytes.
    package var salt: @Sendable () -> [UInt8]

    package init(
        fingerprintKey: FingerprintKey, scriptText: Keep = .full, parameterValues: Keep = .full,
        salt: @escaping @Sendable () -> [UInt8] = { RecordSettings.randomSalt() }
    ) {
        self.fingerprintKey = fingerprintKey
        self.scriptText = scriptText
        self.parameterValues = parameterValues
        self.salt = salt
    }

    package static func randomSalt() -> [UInt8] {
        withUnsafeBytes(of: RandomBlock.shared.pair()) { Array($0) }
    }
}
