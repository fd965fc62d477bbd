import Foundation
import NIOHTTP1
import Synchronization

/// Requests over many connections until enough were answered; then, at a moment drawn by lot, the end.
final class LoadRound: Sendable {
    /// What the callers saw, by the correlation id of each request.
    struct Trace: Sendable {
        /// Sent to the gateway, polls included.
        var sent: Set<String> = []
        /// Whose answer was read to its end.
        var answered: Set<String> = []
        /// Requests of earlier rounds that held a command back, since nobody knows whether they ran.
        var holds: Set<String> = []
        /// What went wrong while the gateway was alive.
        var surprises: [String] = []
    }

    private struct State {
        var trace = Trace()
        var isOver = false
        var atGoal: CheckedContinuation<Void, Never>?
    }

    private let stack: ProcessStack
    private let token: String
    private let goal: Int
    private let state = Mutex(State())

    /// - Parameter goal: answers after which the end comes.
    init(_ stack: ProcessStack, token: String, goal: Int) {
        self.stack = stack
        self.token = token
        self.goal = goal
    }

    /// - Parameter end: what ends the round while requests are on their way, such as killing the gateway.
    func run(connections: Int, end: @escaping @Sendable () -> Void) async -> Trace {
        await withTaskGroup(of: Void.self) { tasks in
            for _ in 0..<connections { tasks.addTask { await self.sendUntilOver() } }
            await withCheckedContinuation { continuation in
                self.state.withLock { $0.atGoal = continuation }
                self.checkGoal()
            }
            // Not a wait for something: the moment itself is what is drawn, or it would always be that after an answer.
            try? await Task.sleep(for: .microseconds(Int.random(in: 0..<20_000)))
            self.state.withLock { $0.isOver = true }
            end()
        }
        return self.state.withLock { $0.trace }
    }

    private func sendUntilOver() async {
        while !self.state.withLock({ $0.isOver }) {
            let request = LoadRequest.drawn()
            guard let answer = await self.sendAcknowledging(request) else { return }
            // A caller that now and then asks how it went.
            if request.kind == .run, Int.random(in: 0..<4) == 0 {
                guard let link = answer.headers.first(name: "azure-asyncoperation") else {
                    self.surprise("an answer without a link")
                    return
                }
                guard await self.send(.GET, link, nil, 200) != nil else { return }
            }
        }
    }

    /// A caller that knows of each kill: what the gateway holds back for it is sent once more.
    private func sendAcknowledging(_ request: LoadRequest) async -> ProcessStack.Answer? {
        var headers: [(String, String)] = []
        while true {
            guard
                let answer = await self.send(
                    request.method, self.stack.gateway + request.target, request.body, request.expectedStatus, headers)
            else { return nil }
            guard let held = answer.heldBy else { return answer }
            self.state.withLock { _ = $0.trace.holds.insert(held) }
            headers = [("x-sallyport-repeat", held)]
        }
    }

    private func send(
        _ method: HTTPMethod, _ url: String, _ body: String?, _ expected: Int, _ headers: [(String, String)] = []
    ) async -> ProcessStack.Answer? {
        let id = UUID().uuidString.lowercased()
        self.state.withLock { _ = $0.trace.sent.insert(id) }
        do {
            let answer = try await self.stack.call(
                method, url, body: body, token: self.token, correlationID: id, headers: headers)
            self.state.withLock { _ = $0.trace.answered.insert(id) }
            guard answer.status == expected || answer.heldBy != nil else {
                self.surprise("\(method) \(url): \(answer.status) \(answer.text)")
                return nil
            }
            self.checkGoal()
            return answer
        } catch {
            if !self.state.withLock({ $0.isOver }) { self.surprise("\(method) \(url): \(error)") }
            return nil
        }
    }

    private func surprise(_ text: String) {
        self.state.withLock { $0.trace.surprises.append(text) }
        self.checkGoal()
    }

    private func checkGoal() {
        let waiter = self.state.withLock { state -> CheckedContinuation<Void, Never>? in
            guard state.trace.answered.count >= self.goal || !state.trace.surprises.isEmpty else { return nil }
            defer { state.atGoal = nil }
            return state.atGoal
        }
        waiter?.resume()
    }
}
