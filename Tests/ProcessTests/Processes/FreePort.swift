import Foundation

/// Ports for processes that have to know theirs beforehand.
enum FreePort {
    /// A port of 127.0.0.1 on which nothing listens, below those that the system hands out by itself.
    static func find() throws -> Int {
        for _ in 0..<200 {
            let port = Int.random(in: 20_000..<32_000)
            if Self.isFree(port) { return port }
        }
        throw Unexpected("no free port")
    }

    /// Whether a listener could be bound.
    static func isFree(_ port: Int) -> Bool {
        guard let descriptor = Self.bound(port) else { return false }
        close(descriptor)
        return true
    }

    /// A socket bound to the port, nil if it is taken. The caller closes it.
    static func bound(_ port: Int) -> Int32? {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return nil }
        // Else connections that ended lately would count; a listener counts all the same.
        var yes: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let isBound = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
        if isBound { return descriptor }
        close(descriptor)
        return nil
    }
}
