import Crypto

/// HMAC-SHA-256 (RFC 2104) of short messages under one key, with the key's two blocks taken in beforehand.
///
/// The same as `Crypto.HMAC`, which goes through generic code that no compiler specialises for us: for a message of a few
/// hundred bytes that costs as much as the hashing.
struct KeyedHash: Sendable {
    private let inner: SHA256
    private let outer: SHA256

    init(key: [UInt8]) {
        var block = key.count > SHA256.blockByteCount ? Array(SHA256.hash(data: key)) : key
        block += [UInt8](repeating: 0, count: SHA256.blockByteCount - block.count)
        self.inner = Self.begun(block, with: 0x36)
        self.outer = Self.begun(block, with: 0x5C)
    }

    func code(of message: [UInt8]) -> SHA256.Digest {
        var inner = self.inner
        message.withUnsafeBytes { inner.update(bufferPointer: $0) }
        var outer = self.outer
        inner.finalize().withUnsafeBytes { outer.update(bufferPointer: $0) }
        return outer.finalize()
    }

    private static func begun(_ block: [UInt8], with pad: UInt8) -> SHA256 {
        var hash = SHA256()
        hash.update(data: block.map { $0 ^ pad })
        return hash
    }
}
