/// One way to take a body, run as often as fits into a fixed time.
struct Contender {
    let name: String
    /// Takes the body once. What it returns goes into a checksum, so that no work can be left out.
    let work: () throws -> Int
    /// Microseconds for one body, of each round.
    private(set) var times: [Double] = []
    private(set) var checksum = 0

    init(_ name: String, work: @escaping () throws -> Int) {
        self.name = name
        self.work = work
    }

    var median: Double { self.times.sorted()[self.times.count / 2] }
    var least: Double { self.times.min() ?? 0 }

    mutating func round(of time: Duration) throws {
        let clock = ContinuousClock()
        let start = clock.now
        var count = 0
        var passed = Duration.zero
        repeat {
            for _ in 0..<64 { self.checksum &+= try self.work() }
            count += 64
            passed = clock.now - start
        } while passed < time
        self.times.append(passed / .microseconds(1) / Double(count))
    }
}
