import GatewayTelemetry
import Logging
import Testing

@Suite("Setting logging up")
struct GatewayLoggingTests {
    private typealias Factory = @Sendable (String, Logger.MetadataProvider?) -> any LogHandler

    @Test func onlyTheFirstCallCounts() throws {
        let gate = GatewayLogging.Gate()
        let lines = CollectedLines()
        var factories: [Factory] = []
        let install: (@escaping Factory) -> Void = { factories.append($0) }
        #expect(
            GatewayLogging.bootstrap(level: .warning, format: .json, gate: gate, sink: lines.sink, install: install))
        #expect(!GatewayLogging.bootstrap(level: .trace, format: .text, gate: gate, sink: lines.sink, install: install))
        #expect(factories.count == 1)
        let factory = try #require(factories.first)
        let logger = Logger(label: "sallyport") { factory($0, nil) }
        logger.info("not this")
        logger.warning("this")
        #expect(try lines.objects().map { $0["message"] as? String } == ["this"])
    }

    @Test func theFormatChoosesTheHandler() throws {
        for format in LogFormat.allCases {
            var made: (any LogHandler)?
            _ = GatewayLogging.bootstrap(level: .info, format: format, gate: GatewayLogging.Gate()) { factory in
                made = factory("x", nil)
            }
            #expect(format == .json ? made is JSONLogHandler : made is TextLogHandler)
        }
    }

    @Test func theWordsOfTheConfiguration() {
        #expect(LogFormat.allCases.map(\.rawValue) == ["json", "text"])
    }
}
