package import NIOCore
import Synchronization

/// Runs tasks on one event loop, so that a request needs no hop between threads on its way from socket to answer.
///
/// Jobs run in the order in which they came. However many come, from whatever thread, before the loop gets to them: it is
/// asked, and so woken, once. A job that comes while jobs run waits for another turn of the loop's own queue.
package final class EventLoopTaskExecutor: TaskExecutor {
    private struct Queue {
        var waiting: [UnownedJob] = []
        /// Storage that an earlier turn has emptied.
        var spare: [UnownedJob] = []
    }

    private let loop: any EventLoop
    /// Invariant: a turn has been asked for, and has not taken the jobs yet, exactly while some wait.
    private let queue = Mutex(Queue())

    package init(_ loop: any EventLoop) { self.loop = loop }

    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let isFirst = queue.withLock { queue in
            queue.waiting.append(job)
            return queue.waiting.count == 1
        }
        if isFirst { loop.execute(runWaiting) }
    }

    private func runWaiting() {
        var jobs = queue.withLock { queue in
            let jobs = queue.waiting
            queue.waiting = queue.spare
            queue.spare = []
            return jobs
        }
        let executor = asUnownedTaskExecutor()
        for job in jobs { job.runSynchronously(on: executor) }
        jobs.removeAll(keepingCapacity: true)
        queue.withLock { $0.spare = jobs }
    }
}
