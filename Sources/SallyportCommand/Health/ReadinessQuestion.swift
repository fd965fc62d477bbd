import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import StrictJSON

/// Asks a gateway's management listener what is missing.
struct ReadinessQuestion {
    let url: String
    var limit = TimeAmount.seconds(3)

    /// - Parameter host: what the listener binds; an address for all interfaces is asked on loopback.
    init(host: String, port: Int) {
        let reachable =
            switch host {
            case "0.0.0.0", "": "127.0.0.1"
            case "::", "[::]": "[::1]"
            default: host.contains(":") && !host.hasPrefix("[") ? "[\(host)]" : host
            }
        self.url = "http://\(reachable):\(port)/readyz"
    }

    func ask(in context: CommandContext) async throws -> ExitStatus {
        var configuration = HTTPClient.Configuration(
            redirectConfiguration: .disallow, timeout: .init(connect: self.limit, read: self.limit))
        // Somebody who asks again and again does so himself.
        configuration.connectionPool.retryConnectionEstablishment = false
        let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        let answer: Result<(status: UInt, body: [UInt8]), any Error>
        do {
            let response = try await client.execute(HTTPClientRequest(url: self.url), timeout: self.limit)
            let body = try await response.body.collect(upTo: 65_536)
            answer = .success((response.status.code, Array(body.readableBytesView)))
        } catch {
            answer = .failure(error)
        }
        try? await client.shutdown()
        return try self.report(answer.mapError { CommandFailure(self.explanation($0)) }.get(), in: context)
    }

    private func report(_ answer: (status: UInt, body: [UInt8]), in context: CommandContext) throws -> ExitStatus {
        let node = try? JSONReader.read(answer.body, limits: .answer, names: .refuseIdentical)
        let missing = node?["missing"]?.array?.compactMap(\.string)
        guard answer.status == 200 || answer.status == 503, let missing else {
            throw CommandFailure("\(self.url) answered with status \(answer.status), not as a gateway does")
        }
        for name in missing { context.output.line("missing: \(TerminalText.escaped(name))") }
        guard answer.status == 200, missing.isEmpty else {
            if missing.isEmpty { context.output.line("not ready") }
            return .failure
        }
        context.output.line("ready")
        return .success
    }

    private func explanation(_ error: any Error) -> String {
        switch error as? HTTPClientError {
        case .deadlineExceeded, .connectTimeout, .readTimeout:
            "\(self.url) did not answer within \(self.limit.nanoseconds / 1_000_000) ms"
        default: "\(self.url) cannot be asked; is the gateway running? (\(type(of: error)))"
        }
    }
}
