import NIOCore

/// The one place to which connections are made, from `upstream.endpoint`.
package struct UpstreamEndpoint: Sendable, Hashable {
    /// A DNS name, or an IP address without brackets.
    package var host: String
    package var port: Int

    package init(host: String, port: Int = 443) {
        self.host = host
        self.port = port
    }

    /// Reads `https://HOST[:PORT]`, with or without a slash at the end.
    ///
    /// - Returns: nil for anything else: another scheme, user information, a path, a query, a fragment.
    package init?(url: String) {
        guard url.utf8.count <= 300, url.lowercased().hasPrefix("https://") else { return nil }
        var rest = url.dropFirst(8)
        if rest.hasSuffix("/") { rest.removeLast() }
        var port: Substring?
        let host: Substring
        if rest.hasPrefix("["), let end = rest.firstIndex(of: "]") {
            host = rest[rest.index(after: rest.startIndex)..<end]
            let behind = rest[rest.index(after: end)...]
            guard behind.isEmpty || behind.hasPrefix(":"), host.contains(":") else { return nil }
            port = behind.isEmpty ? nil : behind.dropFirst()
        } else {
            let parts = rest.split(separator: ":", omittingEmptySubsequences: false)
            guard parts.count <= 2 else { return nil }
            host = parts[0]
            port = parts.count == 2 ? parts[1] : nil
        }
        let number = port.map { $0.utf8.allSatisfy { (0x30...0x39).contains($0) } ? UInt16($0) : nil } ?? 443
        guard let number, number > 0, !host.isEmpty, host.utf8.allSatisfy(Self.isHostByte) else { return nil }
        self.init(host: host.lowercased(), port: Int(number))
    }

    private static func isHostByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: ":"): true
        default: false
        }
    }

    var isIPAddress: Bool { (try? SocketAddress(ipAddress: host, port: port)) != nil }

    /// What the `host` header says: the port only where it is not 443.
    package var authority: String {
        let name = host.contains(":") ? "[\(host)]" : host
        return port == 443 ? name : "\(name):\(port)"
    }
}
