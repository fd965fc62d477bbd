import Foundation
import Synchronization

/// A process that a test started, with what it wrote. It is in a process group of its own, and all of the group goes
/// with it at the latest when this process ends, however that happens.
final class ChildProcess: Sendable {
    /// How a process ended.
    enum End: Sendable, Equatable {
        case exited(Int32)
        case killed(Int32)
    }

    private struct State {
        var end: End?
        var waiters: [CheckedContinuation<End, Never>] = []
    }

    let id: pid_t
    private let outputPath: String
    private let errorsPath: String
    private let state = Mutex(State())

    /// - Parameters:
    ///   - arguments: without the program's name.
    ///   - environment: all of it; nothing of this process's is handed on.
    ///   - log: files `log.out` and `log.err` that get what it writes.
    init(_ program: String, _ arguments: [String], environment: [String: String] = [:], log: String) throws {
        self.outputPath = log + ".out"
        self.errorsPath = log + ".err"
        // There before the first child, so that a child is watched from its beginning.
        let orphans = OrphanGuard.shared
        self.id = try Self.spawn(
            [program] + arguments, environment, output: self.outputPath, errors: self.errorsPath)
        orphans.watch(self.id)
        Thread { self.reap() }.start()
    }

    var output: String { Self.text(self.outputPath) }
    var errors: String { Self.text(self.errorsPath) }
    var isRunning: Bool { self.state.withLock { $0.end == nil } }

    /// Sends a signal unless the process is over.
    func signal(_ signal: Int32) {
        self.state.withLock { if $0.end == nil { _ = kill(self.id, signal) } }
    }

    /// Kills the process and whatever it started.
    func killGroup() {
        self.state.withLock { if $0.end == nil { _ = kill(-self.id, SIGKILL) } }
    }

    /// Waits until it is over; one that takes longer than `limit` is killed.
    func end(within limit: Duration = .seconds(60)) async -> End {
        let watchdog = Task {
            try await Task.sleep(for: limit)
            self.killGroup()
        }
        defer { watchdog.cancel() }
        return await withCheckedContinuation { continuation in
            let end = self.state.withLock { state -> End? in
                if state.end == nil { state.waiters.append(continuation) }
                return state.end
            }
            if let end { continuation.resume(returning: end) }
        }
    }

    private func reap() {
        // Leaves the process a zombie until the lock is held, so that no signal goes to another of the same id.
        var info = siginfo_t()
        while waitid(P_PID, id_t(self.id), &info, WEXITED | WNOWAIT) != 0, errno == EINTR {}
        let (end, waiters) = self.state.withLock { state in
            var status: Int32 = 0
            while waitpid(self.id, &status, 0) < 0, errno == EINTR {}
            let end = status & 0x7F == 0 ? End.exited((status >> 8) & 0xFF) : End.killed(status & 0x7F)
            state.end = end
            defer { state.waiters = [] }
            return (end, state.waiters)
        }
        OrphanGuard.shared.forget(self.id)
        for waiter in waiters { waiter.resume(returning: end) }
    }

    private static func text(_ path: String) -> String {
        String(decoding: FileManager.default.contents(atPath: path) ?? Data(), as: UTF8.self)
    }

    static func spawn(
        _ arguments: [String], _ environment: [String: String], output: String, errors: String, input: Int32? = nil
    ) throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        var attributes = posix_spawnattr_t()
        posix_spawn_file_actions_init(&actions)
        posix_spawnattr_init(&attributes)
        defer {
            posix_spawn_file_actions_destroy(&actions)
            posix_spawnattr_destroy(&attributes)
        }
        if let input {
            posix_spawn_file_actions_adddup2(&actions, input, 0)
        } else {
            posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        }
        posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT | O_APPEND, 0o644)
        posix_spawn_file_actions_addopen(&actions, 2, errors, O_WRONLY | O_CREAT | O_APPEND, 0o644)
        // Threads of dispatch queues block all signals, which a child would inherit: SIGTERM would not reach it.
        var none = sigset_t()
        var usual = sigset_t()
        sigemptyset(&none)
        sigemptyset(&usual)
        for signal in [SIGTERM, SIGINT, SIGPIPE, SIGHUP] { sigaddset(&usual, signal) }
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &usual)
        posix_spawnattr_setpgroup(&attributes, 0)
        posix_spawnattr_setflags(
            &attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
        let words = arguments.map { strdup($0) }
        let variables = environment.map { strdup("\($0.key)=\($0.value)") }
        defer { for text in words + variables { free(text) } }
        var id: pid_t = 0
        let failure = posix_spawnp(&id, arguments[0], &actions, &attributes, words + [nil], variables + [nil])
        guard failure == 0 else {
            throw Unexpected("\(arguments[0]) cannot be started: \(String(cString: strerror(failure)))")
        }
        return id
    }
}

/// What a test did not expect and cannot go on with.
struct Unexpected: Error, CustomStringConvertible {
    var description: String
    init(_ description: String) { self.description = description }
}
