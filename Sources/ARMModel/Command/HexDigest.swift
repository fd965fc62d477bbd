import Crypto

/// Lower-case hexadecimal text of bytes, as digests are written in policies and records.
package enum HexDigest {
    package static func text(of bytes: some Sequence<UInt8>) -> String { self.text(of: Array(bytes)) }

    package static func text(of bytes: [UInt8]) -> String { bytes.withUnsafeBytes { self.text(ofBytes: $0) } }

    /// Without the array that a digest makes to be read as a sequence.
    static func text(of digest: SHA256.Digest) -> String { digest.withUnsafeBytes { self.text(ofBytes: $0) } }

    private static func text(ofBytes bytes: UnsafeRawBufferPointer) -> String {
        String(unsafeUninitializedCapacity: bytes.count * 2) { out in
            for index in 0..<bytes.count {
                out[index * 2] = self.digit(bytes[index] >> 4)
                out[index * 2 + 1] = self.digit(bytes[index] & 15)
            }
            return bytes.count * 2
        }
    }

    private static func digit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
    }
}
