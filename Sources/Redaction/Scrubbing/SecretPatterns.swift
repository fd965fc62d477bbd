/// What to look for: the secrets, and where a secret itself holds what reads as an escape, the readings of it.
///
/// The second is needed because undoing a writer's escapes undoes a secret's own as well: `a%2Fb"` comes back in JSON
/// as `a%2Fb\"`, which reads as `a/b"`.
struct SecretPatterns {
    private var patterns: Set<[UInt8]> = []
    private var secretBytes = 0
    private var derivedBytes = 0
    private var hasWideSecrets = false

    /// Readings of one secret, itself included: sixteen is each of the four families of escapes undone or not.
    private static let mostReadings = 16

    var isEmpty: Bool { self.patterns.isEmpty }

    mutating func add(_ value: String) {
        let plain = Array(value.utf8)
        let secret = Self.undoing([], in: plain) ?? plain
        guard self.patterns.insert(secret).inserted else { return }
        self.secretBytes += secret.count
        if value.utf16.allSatisfy({ $0 & 0xFF != 0 && $0 >> 8 != 0 }) { self.hasWideSecrets = true }
        self.addReadings(of: secret)
    }

    func machine(steps: inout Int) -> PatternMachine {
        var layout = PatternLayout()
        for pattern in self.patterns { layout.add(pattern) }
        return layout.machine(hasWideSecrets: self.hasWideSecrets, steps: &steps)
    }

    private mutating func addReadings(of secret: [UInt8]) {
        guard secret.contains(where: EscapeReading.begins) else { return }
        var readings: Set<[UInt8]> = [secret]
        var fresh = [secret]
        for _ in 0..<SecretSearch.mostEscapeLayers where !fresh.isEmpty {
            var next: [[UInt8]] = []
            for reading in fresh {
                for families in Self.choices(for: reading) {
                    guard let other = Self.undoing(families, in: reading), other.count >= Scrubber.minimumBytes,
                        // So that megabytes of secrets full of escapes stay megabytes.
                        self.derivedBytes + other.count <= 4 * self.secretBytes + 65_536,
                        readings.count < Self.mostReadings, readings.insert(other).inserted
                    else { continue }
                    self.derivedBytes += other.count
                    next.append(other)
                }
            }
            fresh = next
        }
        self.patterns.formUnion(readings)
    }

    /// Every choice of the families that change this text, all at once first.
    private static func choices(for text: [UInt8]) -> [EscapeReading.Families] {
        let acting = [EscapeReading.Families.percent, .backslash, .entity, .underscore].filter {
            self.undoing($0, in: text) != nil
        }
        return (1..<(1 << acting.count)).reversed().map { bits in
            acting.indices.reduce(into: []) { if bits >> $1 & 1 == 1 { $0.insert(acting[$1]) } }
        }
    }

    private static func undoing(_ families: EscapeReading.Families, in text: [UInt8]) -> [UInt8]? {
        text.withUnsafeBufferPointer { TextView.undoing(families, in: $0)?.bytes }
    }
}
