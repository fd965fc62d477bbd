import NIOCore
import NIOPosix
import Testing

@testable import GatewayListener

@Suite("Tasks on an event loop", .timeLimit(.minutes(1)))
struct EventLoopTaskExecutorTests {
    private func with(_ body: (any EventLoop, EventLoopTaskExecutor) async throws -> Void) async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let loop = group.next()
        try await body(loop, EventLoopTaskExecutor(loop))
        try await group.shutdownGracefully()
    }

    @Test("run there, begun in the order in which they were made on it")
    func order() async throws {
        try await with { loop, executor in
            let notes = Notes()
            try await loop.submit {
                for number in 0..<100 {
                    Task(executorPreference: executor) { notes.add("\(number) \(loop.inEventLoop)") }
                }
            }.get()
            // Behind the others in the queue.
            await Task(executorPreference: executor) {}.value
            #expect(notes.all == (0..<100).map { "\($0) true" })
        }
    }

    @Test("all end, whatever threads resume them, and however often")
    func manyThreads() async throws {
        try await with { loop, executor in
            let sum = await withTaskGroup(of: Int.self) { group in
                for _ in 0..<50 {
                    group.addTask(executorPreference: executor) {
                        var resumed = 0
                        for _ in 0..<50 {
                            // From a thread of the shared pool.
                            await withCheckedContinuation { continuation in
                                Task.detached { continuation.resume() }
                            }
                            if loop.inEventLoop { resumed += 1 }
                        }
                        return resumed
                    }
                }
                return await group.reduce(0, +)
            }
            #expect(sum == 2500)
        }
    }

    @Test("leave the loop time for others, however often they go on")
    func fairness() async throws {
        try await with { loop, executor in
            let stop = Signal()
            let endless = Task(executorPreference: executor) {
                while !stop.hasHappened { await Task.yield() }
            }
            try await loop.scheduleTask(in: .milliseconds(1)) { stop.happen() }.futureResult.get()
            await endless.value
        }
    }
}

@Suite("Requests on their way to their task")
struct ArrivalsTests {
    private func arrival(_ target: String) -> Arrival {
        Arrival(
            request: InboundRequest(
                method: "GET", rawTarget: target, eventLoop: MultiThreadedEventLoopGroup.singleton.next()),
            sideBySide: false)
    }

    @Test("come in order, those before the end too, and none after it")
    func order() async {
        let arrivals = Arrivals()
        for number in 1...3 { arrivals.add(arrival("/\(number)")) }
        #expect(await arrivals.next()?.request.rawTarget == "/1")
        arrivals.finish()
        arrivals.add(arrival("/4"))
        #expect(await arrivals.next()?.request.rawTarget == "/2")
        #expect(await arrivals.next()?.request.rawTarget == "/3")
        #expect(await arrivals.next() == nil)
    }

    @Test("are given to a task that waits, and so is the end")
    func waiting() async {
        let arrivals = Arrivals()
        let task = Task { () -> [String] in
            var seen: [String] = []
            while let arrival = await arrivals.next() { seen.append(arrival.request.rawTarget) }
            return seen
        }
        for number in 1...3 {
            arrivals.add(arrival("/\(number)"))
            await Task.yield()
        }
        arrivals.finish()
        #expect(await task.value == ["/1", "/2", "/3"])
    }
}
