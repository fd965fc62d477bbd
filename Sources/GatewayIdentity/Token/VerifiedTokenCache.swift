import Crypto
import PolicyCore
import Synchronization

/// Tokens that were verified a moment ago, by the SHA-256 of their bytes, so that the signature of a token in steady
/// use is checked once. Bounded; the least recently used go first, roughly (second chance).
final class VerifiedTokenCache: Sendable {
    /// A token's digest: as good as the token for finding it, and no use to anybody who reads it.
    struct Digest: Sendable, Hashable {
        private let words: (UInt64, UInt64, UInt64, UInt64)

        init(of token: UnsafeRawBufferPointer) {
            var hash = SHA256()
            hash.update(bufferPointer: token)
            self.words = hash.finalize().withUnsafeBytes { bytes in
                (
                    bytes.loadUnaligned(fromByteOffset: 0, as: UInt64.self),
                    bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self),
                    bytes.loadUnaligned(fromByteOffset: 16, as: UInt64.self),
                    bytes.loadUnaligned(fromByteOffset: 24, as: UInt64.self)
                )
            }
        }

        static func == (a: Digest, b: Digest) -> Bool { a.words == b.words }

        func hash(into hasher: inout Hasher) { hasher.combine(self.words.0) }
    }

    /// What stays true of a token as long as its key does: who it names and when it counts.
    final class Entry: Sendable {
        let principal: Principal
        let lifetime: TokenLifetime
        let key: VerificationKey
        /// When it is to be verified anew, whatever its expiry: a bound on what a mistake elsewhere can cost.
        let verifyAgainAt: Int64

        init(principal: Principal, lifetime: TokenLifetime, key: VerificationKey, verifyAgainAt: Int64) {
            self.principal = principal
            self.lifetime = lifetime
            self.key = key
            self.verifyAgainAt = verifyAgainAt
        }

        func counts(at now: Int64) -> Bool {
            !self.key.isRetired && self.lifetime.failure(at: now) == nil && now < self.verifyAgainAt
        }
    }

    private struct Slot {
        var digest: Digest
        var entry: Entry
        var wasUsed: Bool
    }

    private struct Table {
        var places: [Digest: Int] = [:]
        var slots: [Slot] = []
        var hand = 0
    }

    private let table = Mutex(Table())
    private let capacity: Int

    /// - Parameter capacity: how many tokens are kept, at least one.
    init(capacity: Int) { self.capacity = max(1, capacity) }

    var count: Int { self.table.withLock { $0.slots.count } }

    /// The entry, if it still counts; times and key are asked at every use.
    func entry(for digest: Digest, at now: Int64) -> Entry? {
        let found = self.table.withLock { table -> Entry? in
            guard let place = table.places[digest] else { return nil }
            table.slots[place].wasUsed = true
            return table.slots[place].entry
        }
        guard let found, found.counts(at: now) else { return nil }
        return found
    }

    func insert(_ entry: Entry, for digest: Digest, at now: Int64) {
        self.table.withLock { table in
            let slot = Slot(digest: digest, entry: entry, wasUsed: false)
            if let place = table.places[digest] {
                table.slots[place] = slot
                return
            }
            if table.slots.count < self.capacity {
                table.places[digest] = table.slots.count
                table.slots.append(slot)
                return
            }
            // Each pass clears the marks that it meets, so this ends within two rounds.
            while table.slots[table.hand].wasUsed, table.slots[table.hand].entry.counts(at: now) {
                table.slots[table.hand].wasUsed = false
                table.hand = (table.hand + 1) % self.capacity
            }
            table.places[table.slots[table.hand].digest] = nil
            table.slots[table.hand] = slot
            table.places[digest] = table.hand
            table.hand = (table.hand + 1) % self.capacity
        }
    }
}
