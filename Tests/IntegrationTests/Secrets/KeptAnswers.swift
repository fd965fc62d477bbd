import Synchronization

/// Every answer, and what the tests sent to get it.
final class KeptAnswers: Sendable {
    private let kept = Mutex<[(String, LocalStack.Answer)]>([])

    @discardableResult
    func keep(_ name: String, _ answer: LocalStack.Answer) -> LocalStack.Answer {
        self.kept.withLock { $0.append((name, answer)) }
        return answer
    }

    var all: [(String, [UInt8])] {
        self.kept.withLock { $0 }.map { name, answer in
            let head = answer.headers.map { "\($0): \($1)\n" }.joined()
            return ("answer to \(name)", Array(head.utf8) + answer.body)
        }
    }
    var statuses: [String: Int] {
        Dictionary(self.kept.withLock { $0 }.map { ($0.0, $0.1.status) }, uniquingKeysWith: { a, _ in a })
    }
}
