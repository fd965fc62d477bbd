import NIOCore

/// A timer of one event loop that is cheap to set again and again to later times: it leaves the scheduled callback
/// where it is and looks at the wanted time when that fires. Setting a deadline for each exchange then costs a store.
///
/// To be used on its event loop only.
final class LoopTimer: NIOScheduledCallbackHandler {
    private let eventLoop: any EventLoop
    private let action: () -> Void
    private var scheduled: NIOScheduledCallback?
    private var firesAt: NIODeadline?
    private var wanted: NIODeadline?

    init(eventLoop: any EventLoop, action: @escaping () -> Void) {
        self.eventLoop = eventLoop
        self.action = action
    }

    /// Runs the action at that time instead of at any set before.
    func set(_ deadline: NIODeadline) {
        wanted = deadline
        if let firesAt, firesAt <= deadline { return }
        schedule(deadline)
    }

    /// Forgets the time; the scheduled callback may fire once more and does nothing.
    func unset() { wanted = nil }

    /// Ends the timer for good.
    func cancel() {
        wanted = nil
        firesAt = nil
        scheduled?.cancel()
        scheduled = nil
    }

    func handleScheduledCallback(eventLoop: some EventLoop) {
        firesAt = nil
        scheduled = nil
        guard let wanted else { return }
        if wanted > .now() { return schedule(wanted) }
        self.wanted = nil
        action()
    }

    private func schedule(_ deadline: NIODeadline) {
        scheduled?.cancel()
        // Scheduling fails only on a loop that is shutting down, where nothing is waited for any more.
        scheduled = try? eventLoop.assumeIsolated().scheduleCallback(at: deadline, handler: self)
        firesAt = scheduled == nil ? nil : deadline
    }
}
