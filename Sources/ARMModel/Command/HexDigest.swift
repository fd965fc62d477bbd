/// Lower-case hexadecimal text of bytes, as digests are written in policies and records.
package enum HexDigest {
    private static let digits = Array("0123456789abcdef".utf8)

    package static func text(of bytes: some Sequence<UInt8>) -> String {
        var out: [UInt8] = []
        out.reserveCapacity(64)
        for byte in bytes {
            out.append(self.digits[Int(byte >> 4)])
            out.append(self.digits[Int(byte & 15)])
        }
        return String(decoding: out, as: UTF8.self)
    }
}
