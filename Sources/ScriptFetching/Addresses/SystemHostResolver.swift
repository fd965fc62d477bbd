import Dispatch
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Asks `getaddrinfo`, which blocks its thread and cannot be called off: so on threads of its own, and only so many.
final class SystemHostResolver: Sendable {
    enum Failure: Error { case tooManyLookUps, notFound }

    private let queue = DispatchQueue(label: "sallyport.script-names", attributes: .concurrent)
    private let running = Mutex(0)
    private let maximumLookUps: Int

    init(maximumLookUps: Int) { self.maximumLookUps = maximumLookUps }

    func addresses(of name: String) async throws -> [IPAddress] {
        // A look-up outlives the fetch that gave up on it; while a name server hangs they must not pile up.
        let admitted = self.running.withLock { running in
            guard running < self.maximumLookUps else { return false }
            running += 1
            return true
        }
        guard admitted else { throw Failure.tooManyLookUps }
        return try await withCheckedThrowingContinuation { continuation in
            self.queue.async {
                let result = Result { try Self.lookUp(name) }
                self.running.withLock { $0 -= 1 }
                continuation.resume(with: result)
            }
        }
    }

    private static func lookUp(_ name: String) throws -> [IPAddress] {
        var hints = addrinfo()
        hints.ai_family = AF_UNSPEC
        #if canImport(Glibc)
            hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        #else
            hints.ai_socktype = SOCK_STREAM
        #endif
        var list: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(name, nil, &hints, &list) == 0 else { throw Failure.notFound }
        defer { freeaddrinfo(list) }
        var addresses: [IPAddress] = []
        var entry = list
        while let current = entry?.pointee {
            addresses.append(try self.address(of: current))
            entry = current.ai_next
        }
        return addresses
    }

    /// An entry of a family that nobody asked for is an error, not skipped: all answers are to be judged.
    private static func address(of entry: addrinfo) throws -> IPAddress {
        guard let socket = UnsafeRawPointer(entry.ai_addr) else { throw Failure.notFound }
        switch entry.ai_family {
        case AF_INET:
            let number = socket.loadUnaligned(as: sockaddr_in.self).sin_addr
            if let address = withUnsafeBytes(of: number, { IPAddress(bytes: $0) }) { return address }
        case AF_INET6:
            let number = socket.loadUnaligned(as: sockaddr_in6.self).sin6_addr
            if let address = withUnsafeBytes(of: number, { IPAddress(bytes: $0) }) { return address }
        default:
            break
        }
        throw Failure.notFound
    }
}
