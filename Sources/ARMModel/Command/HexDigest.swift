/// Lower-case hexadecimal text of bytes, as digests are written in policies and records.
package enum HexDigest {
    package static func text(of bytes: some Sequence<UInt8>) -> String { self.text(of: Array(bytes)) }

    package static func text(of bytes: [UInt8]) -> String {
        String(unsafeUninitializedCapacity: bytes.count * 2) { out in
            for (index, byte) in bytes.enumerated() {
                out[index * 2] = self.digit(byte >> 4)
                out[index * 2 + 1] = self.digit(byte & 15)
            }
            return bytes.count * 2
        }
    }

    private static func digit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
    }
}
