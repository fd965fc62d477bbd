import Foundation
import Glibc
import NIOCore
import NIOPosix
import Synchronization

/// A script on its way: `/bin/bash` in a process group of its own, in a fresh directory, with exactly the environment
/// it was given, its input empty and no descriptor but the three standard ones.
final class ScriptProcess: Sendable {
    private struct State {
        /// The leader, which is the group too; nil once it has been reaped and its number may belong to others.
        var group: pid_t?
        var ending = ScriptOutcome.Ending.exited
    }

    private let state: Mutex<State>
    private let group: pid_t
    private let directory: URL
    private let outputs: (stdout: CInt, stderr: CInt)
    private let timeoutSeconds: Int
    private let startTime = Date()

    /// Starts the script. `root` is where its directory is made, and removed after the end.
    ///
    /// Throws a text that says why it could not start. Whoever starts it must await ``outcome()``.
    init(_ run: ScriptRun, root: URL) throws {
        let directory = root.appendingPathComponent("run-\(UUID().uuidString.lowercased())")
        let work = directory.appendingPathComponent("work")
        try FileManager.default.createDirectory(
            at: work, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        let script = directory.appendingPathComponent("script.sh")
        try Data(run.script.utf8).write(to: script)
        do {
            let spawned = try ScriptSpawning.spawn(
                arguments: ["/bin/bash", script.path] + run.arguments, variables: run.variables, directory: work.path)
            self.group = spawned.pid
            self.outputs = (spawned.stdout, spawned.stderr)
        } catch {
            try? FileManager.default.removeItem(at: directory)
            throw error
        }
        self.state = Mutex(State(group: self.group))
        self.directory = directory
        self.timeoutSeconds = run.timeoutSeconds
    }

    /// Kills the whole group; the outcome then says why. Does nothing after the end.
    func stop(_ ending: ScriptOutcome.Ending) {
        self.state.withLock { state in
            guard let group = state.group else { return }
            if state.ending == .exited { state.ending = ending }
            _ = kill(-group, SIGKILL)
        }
    }

    /// Waits for the end. To be called once.
    func outcome() async -> ScriptOutcome {
        let (stdout, stderr) = (OutputTail(), OutputTail())
        let channels = [
            try? await Self.read(self.outputs.stdout, into: stdout),
            try? await Self.read(self.outputs.stderr, into: stderr),
        ]
        let seconds = self.timeoutSeconds
        let timer = Task { [self] in
            try await Task.sleep(for: .seconds(seconds))
            self.stop(.timedOut)
        }
        let status = await withCheckedContinuation { continuation in
            let waiter = Thread { continuation.resume(returning: self.reap()) }
            waiter.stackSize = 256 * 1024
            waiter.start()
        }
        timer.cancel()
        for channel in channels.compactMap({ $0 }) { await Self.finish(channel) }
        try? FileManager.default.removeItem(at: self.directory)
        let ending = self.state.withLock { $0.ending }
        return ScriptOutcome(
            ending: ending, exitCode: ending == .exited ? Self.exitCode(status) : -1, output: stdout.text,
            error: stderr.text, startTime: self.startTime, endTime: Date())
    }

    private static func read(_ descriptor: CInt, into tail: OutputTail) async throws -> any Channel {
        try await NIOPipeBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(OutputTailHandler(tail))
                }
            }
            .takingOwnershipOfDescriptor(input: descriptor).get()
    }

    /// Waits for the end of the stream, but not for a descendant that left the group and keeps it open.
    private static func finish(_ channel: any Channel) async {
        let giveUp = channel.eventLoop.scheduleTask(in: .seconds(1)) { channel.close(promise: nil) }
        try? await channel.closeFuture.get()
        giveUp.cancel()
    }

    /// Blocks until the leader ended, then kills what it left behind, then reaps it, in this order: as long as it is
    /// not reaped, the group's number cannot belong to anybody else.
    private func reap() -> CInt {
        var information = siginfo_t()
        while waitid(P_PID, id_t(self.group), &information, WEXITED | WNOWAIT) == -1, errno == EINTR {}
        return self.state.withLock { state in
            _ = kill(-self.group, SIGKILL)
            var status: CInt = 0
            while waitpid(self.group, &status, 0) == -1, errno == EINTR {}
            state.group = nil
            return status
        }
    }

    private static func exitCode(_ status: CInt) -> Int {
        let signal = status & 0x7F
        return signal == 0 ? Int((status >> 8) & 0xFF) : 128 + Int(signal)
    }
}
