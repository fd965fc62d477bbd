import Glibc
import Synchronization

/// The requests that ARM received: in memory for tests, and in a file where one is asked for.
final class RequestLog: Sendable {
    private let kept: Mutex<[ReceivedRequest]> = Mutex([])
    private let limit: Int
    /// Nil without a file. Open for appending until the process ends.
    private let descriptor: CInt?

    init(path: String?, limit: Int) throws {
        self.limit = limit
        guard let path else {
            self.descriptor = nil
            return
        }
        let opened = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o600)
        guard opened >= 0 else { throw SimulatorError.requestLog(path) }
        self.descriptor = opened
    }

    deinit {
        if let descriptor { close(descriptor) }
    }

    var requests: [ReceivedRequest] { self.kept.withLock { $0 } }

    /// Keeps the request. When this returns, its line is with the operating system: killing the process loses nothing.
    func append(_ request: ReceivedRequest) {
        self.kept.withLock { kept in
            kept.append(request)
            if kept.count > self.limit * 2 { kept.removeFirst(kept.count - self.limit) }
            guard let descriptor else { return }
            var rest = (request.json.bytes + [UInt8(ascii: "\n")])[...]
            while !rest.isEmpty {
                let written = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
                if written < 0, errno == EINTR { continue }
                guard written > 0 else { return }
                rest = rest.dropFirst(written)
            }
        }
    }
}
