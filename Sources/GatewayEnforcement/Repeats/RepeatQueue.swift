/// Requests in the order in which they are to be forgotten.
struct RepeatQueue: Sendable {
    private var ids: [String] = []
    private var start = 0

    var count: Int { self.ids.count - self.start }
    var first: String? { self.start < self.ids.count ? self.ids[self.start] : nil }

    mutating func append(_ id: String) { self.ids.append(id) }

    mutating func removeFirst() {
        self.start += 1
        guard self.start > 1_024, self.start * 2 > self.ids.count else { return }
        self.ids.removeFirst(self.start)
        self.start = 0
    }

    mutating func keep(where isKept: (String) -> Bool) {
        self.ids = self.ids[self.start...].filter(isKept)
        self.start = 0
    }
}
