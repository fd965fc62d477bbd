import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import NIOSSL
import TLSNames

/// Reads the bytes of a key set from where the configuration says: an https address or a file.
struct KeySetSource: Sendable, Hashable {
    var location: KeySetLocation
    var trustRootsFile: String?
    /// Bounds connecting, the handshake, head and body together.
    var deadline: Duration = .seconds(10)

    /// Whether the address can be used at all.
    var isAcceptable: Bool {
        switch self.location {
        case .file(let path): return !path.isEmpty
        case .url(let text):
            guard text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }), let parts = URLComponents(string: text) else {
                return false
            }
            return parts.scheme?.lowercased() == "https" && !(parts.host ?? "").isEmpty && parts.user == nil
                && parts.password == nil && parts.fragment == nil
        }
    }

    /// - Throws: ``KeySetFailure``.
    func load() async throws -> [UInt8] {
        switch self.location {
        case .file(let path): return try Self.read(path)
        case .url(let address):
            guard self.isAcceptable else { throw KeySetFailure.unreachable }
            return try await self.download(address)
        }
    }

    private static func read(_ path: String) throws(KeySetFailure) -> [UInt8] {
        guard let file = FileHandle(forReadingAtPath: path) else { throw .unreadableFile }
        defer { try? file.close() }
        do {
            let data = try file.read(upToCount: KeySet.maximumBytes + 1) ?? Data()
            if data.count <= KeySet.maximumBytes { return Array(data) }
        } catch {
            throw .unreadableFile
        }
        throw .tooLarge
    }

    /// A client for each download: they are an hour apart, and so nothing stays open, and changed trust roots count.
    private func download(_ address: String) async throws -> [UInt8] {
        let client = HTTPClient(
            eventLoopGroupProvider: .singleton, configuration: try self.clientConfiguration(for: address))
        let result: Result<[UInt8], KeySetFailure>
        do {
            result = .success(try await self.withinDeadline { try await Self.fetch(address, with: client) })
        } catch let failure as KeySetFailure {
            result = .failure(failure)
        } catch is NIOTooManyBytesError {
            result = .failure(.tooLarge)
        } catch let error as HTTPClientError where Self.timeouts.contains(error) {
            result = .failure(.timedOut)
        } catch {
            result = .failure(.unreachable)
        }
        // Nobody waits for the farewell: to a server that has stopped reading it takes the five seconds that TLS allows.
        Task { try? await client.shutdown() }
        return try result.get()
    }

    private static let timeouts: [HTTPClientError] = [
        .connectTimeout, .readTimeout, .deadlineExceeded, .getConnectionFromPoolTimeout, .tlsHandshakeTimeout,
    ]

    private func clientConfiguration(for address: String) throws(KeySetFailure) -> HTTPClient.Configuration {
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.minimumTLSVersion = .tlsv12
        if let path = self.trustRootsFile {
            guard let roots = try? NIOSSLCertificate.fromPEMFile(path), !roots.isEmpty else { throw .trustRoots }
            tls.trustRoots = .certificates(roots)
        }
        var configuration = HTTPClient.Configuration(
            tlsConfiguration: tls, redirectConfiguration: .disallow,
            timeout: .init(connect: .seconds(5), read: .seconds(5)))
        configuration.httpVersion = .http1Only
        if let host = URL(string: address)?.host(), let peer = PeerName(host: host) {
            configuration.http1_1ConnectionDebugInitializer = { peer.requireProof(on: $0) }
        }
        // Otherwise a certificate that does not fit is tried again until the time is over, and then called a time-out.
        configuration.connectionPool.retryConnectionEstablishment = false
        return configuration
    }

    private static func fetch(_ address: String, with client: HTTPClient) async throws -> [UInt8] {
        var request = HTTPClientRequest(url: address)
        request.headers.add(name: "Accept", value: "application/json")
        request.headers.add(name: "User-Agent", value: "sallyport")
        let response = try await client.execute(request, timeout: .seconds(10))
        guard response.status == .ok else { throw KeySetFailure.status }
        return Array(buffer: try await response.body.collect(upTo: KeySet.maximumBytes))
    }

    /// The client's own time-out ends with the head of the answer; this one covers the body too.
    private func withinDeadline(_ body: @escaping @Sendable () async throws -> [UInt8]) async throws -> [UInt8] {
        try await withThrowingTaskGroup(of: [UInt8].self) { group in
            group.addTask { try await body() }
            group.addTask {
                try await Task.sleep(for: self.deadline)
                throw KeySetFailure.timedOut
            }
            defer { group.cancelAll() }
            guard let first = try await group.next() else { throw KeySetFailure.unreachable }
            return first
        }
    }
}
