import Foundation
import Synchronization

/// Answers one plain HTTP request on loopback in a set way, or takes it and stays silent.
final class OneAnswerServer: Sendable {
    let port: Int
    private let socketDescriptor: Mutex<Int32?>
    private let received = Mutex("")
    private let isDone = DispatchSemaphore(value: 0)

    struct NoSocket: Error {}

    /// - Parameter status: code and phrase; nil never to answer.
    init(status: String?, body: String = "") throws {
        let listening = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listening, $0, length) == 0 && listen(listening, 4) == 0
                    && getsockname(listening, $0, &length) == 0
            }
        }
        guard listening >= 0, isBound else { throw NoSocket() }
        self.port = Int(UInt16(bigEndian: address.sin_port))
        self.socketDescriptor = Mutex(listening)
        guard let status else {
            self.isDone.signal()
            return
        }
        let answer = "HTTP/1.1 \(status)\r\nContent-Length: \(body.utf8.count)\r\nConnection: close\r\n\r\n\(body)"
        Thread.detachNewThread { [self] in
            defer { self.isDone.signal() }
            let connection = accept(listening, nil, nil)
            guard connection >= 0 else { return }
            var request = ""
            var buffer = [UInt8](repeating: 0, count: 4096)
            while !request.contains("\r\n\r\n") {
                let count = recv(connection, &buffer, buffer.count, 0)
                guard count > 0 else { break }
                request += String(decoding: buffer[..<count], as: UTF8.self)
            }
            self.received.withLock { $0 = request }
            _ = Array(answer.utf8).withUnsafeBytes {
                send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            _ = Foundation.close(connection)
        }
    }

    deinit { self.close() }

    /// What was asked; known once the answer has been received.
    var request: String { self.received.withLock { $0 } }

    /// Refuses connections from now on.
    func close() {
        let open = self.socketDescriptor.withLock { descriptor in
            defer { descriptor = nil }
            return descriptor
        }
        guard let open else { return }
        // Wakes the thread that waits for a connection.
        _ = shutdown(open, Int32(SHUT_RDWR))
        self.isDone.wait()
        _ = Foundation.close(open)
    }
}
