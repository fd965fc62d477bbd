/// Finds what somebody probably meant by a name that does not exist.
enum NearestName {
    /// The known name that is closest to `written`, if any is close enough to be worth saying.
    static func suggestion(for written: String, among known: [String]) -> String? {
        let folded = written.lowercased()
        if let same = known.first(where: { $0.lowercased() == folded }) { return same }
        if folded.count >= 4, let longer = known.first(where: { $0.lowercased().hasPrefix(folded) }) { return longer }
        let allowed = max(1, written.count / 3)
        return
            known
            .map { (name: $0, distance: distance(folded, $0.lowercased())) }
            .filter { $0.distance <= allowed }
            .min { ($0.distance, $0.name) < ($1.distance, $1.name) }?.name
    }

    /// Insertions, deletions, replacements and swaps of neighbours that lead from one to the other.
    static func distance(_ left: String, _ right: String) -> Int {
        let a = Array(left.prefix(64))
        let b = Array(right.prefix(64))
        var beforeLast: [Int] = []
        var last = Array(0...b.count)
        for (i, x) in a.enumerated() {
            var row = [i + 1]
            for (j, y) in b.enumerated() {
                var best = min(last[j + 1] + 1, row[j] + 1, last[j] + (x == y ? 0 : 1))
                if i > 0, j > 0, x == b[j - 1], a[i - 1] == y { best = min(best, beforeLast[j - 1] + 1) }
                row.append(best)
            }
            (beforeLast, last) = (last, row)
        }
        return last[b.count]
    }
}
