import NIOCore

/// One moving deadline of a connection. Moving it later, the usual case, costs no timer: the one that is set looks again.
final class DeadlineTimer {
    private let loop: any EventLoop
    private let fire: () -> Void
    private var deadline: NIODeadline?
    private var scheduled: (task: Scheduled<Void>, at: NIODeadline)?

    init(loop: any EventLoop, fire: @escaping () -> Void) {
        self.loop = loop
        self.fire = fire
    }

    func set(_ time: Duration) { set(TimeAmount(time)) }

    func set(_ time: TimeAmount) {
        let deadline = loop.now + time
        self.deadline = deadline
        if let scheduled {
            if scheduled.at <= deadline { return }
            scheduled.task.cancel()
        }
        schedule(at: deadline)
    }

    /// No deadline for now. The timer that is set stays and finds nothing to do.
    func clear() { deadline = nil }

    /// No deadline ever again.
    func stop() {
        deadline = nil
        scheduled?.task.cancel()
        scheduled = nil
    }

    private func schedule(at time: NIODeadline) {
        let task = loop.assumeIsolated().scheduleTask(deadline: time) { self.look() }
        scheduled = (task, time)
    }

    private func look() {
        scheduled = nil
        guard let deadline else { return }
        guard deadline <= loop.now else { return schedule(at: deadline) }
        self.deadline = nil
        fire()
    }
}
