import Foundation
import Synchronization

/// Kills what the tests have started if they end without doing so: a shell at the other end of a socket that is told of
/// each process, and sees the socket close even when this process is killed.
final class OrphanGuard: Sendable {
    static let shared = OrphanGuard()

    private static let script = """
        declare -A running
        while IFS= read -r line; do
            case $line in
            +*) running[${line#+}]=1 ;;
            -*) unset "running[${line#-}]" ;;
            esac
        done
        for process in "${!running[@]}"; do kill -KILL -- "-$process" 2>/dev/null; done
        """

    /// Our end, -1 if there is none; closed by the system when this process ends.
    private let socket: Mutex<Int32>

    init() {
        var ends: [Int32] = [-1, -1]
        // Unlike a pipe it is closed in children from the first moment; one that got hold of it would keep it open.
        let type = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        guard socketpair(AF_UNIX, type, 0, &ends) == 0 else {
            self.socket = Mutex(-1)
            return
        }
        defer { Foundation.close(ends[0]) }
        let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
        let started = try? ChildProcess.spawn(
            ["bash", "-c", Self.script], ["PATH": path], output: "/dev/null", errors: "/dev/null", input: ends[0])
        if started == nil {
            Foundation.close(ends[1])
            ends[1] = -1
        }
        self.socket = Mutex(ends[1])
    }

    func watch(_ id: pid_t) { self.tell("+\(id)\n") }
    func forget(_ id: pid_t) { self.tell("-\(id)\n") }

    private func tell(_ line: String) {
        // Shorter than a socket takes at once.
        self.socket.withLock { if $0 >= 0 { _ = send($0, line, line.utf8.count, Int32(MSG_NOSIGNAL)) } }
    }

    /// What the system does when this process ends.
    func close() {
        self.socket.withLock { end in
            if end >= 0 { Foundation.close(end) }
            end = -1
        }
    }
}
