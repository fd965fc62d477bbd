import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import ServiceLifecycle
import StrictJSON

/// Health and metrics, never on the main listener.
struct ManagementListener: Service {
    let host: String
    let port: Int
    let readiness: Readiness
    let metrics: @Sendable () -> String
    let logger: Logger
    let onBound: @Sendable (Int) -> Void

    func run() async throws {
        let router = Router()
        router.get("/healthz") { _, _ in
            Self.response(.ok, type: "application/json", text: #"{"status":"alive"}"#)
        }
        router.get("/readyz") { [readiness] _, _ in
            let missing = readiness.missing
            var json = JSONWriter()
            json.beginObject()
            json.name("missing")
            json.beginArray()
            for name in missing { json.string(name) }
            json.endArray()
            json.member("ready", missing.isEmpty)
            json.endObject()
            return Self.response(
                missing.isEmpty ? .ok : .serviceUnavailable, type: "application/json",
                text: String(decoding: json.bytes, as: UTF8.self))
        }
        router.get("/metrics") { [metrics] _, _ in
            Self.response(.ok, type: "text/plain; version=0.0.4; charset=utf-8", text: metrics())
        }
        let onBound = self.onBound
        let application = Application(
            router: router,
            configuration: ApplicationConfiguration(
                address: .hostname(self.host, port: self.port), serverName: nil),
            onServerRunning: { channel in onBound(channel.localAddress?.port ?? 0) }, logger: self.logger)
        try await application.run()
    }

    private static func response(_ status: HTTPResponse.Status, type: String, text: String) -> Response {
        Response(
            status: status, headers: [.contentType: type, .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }
}
