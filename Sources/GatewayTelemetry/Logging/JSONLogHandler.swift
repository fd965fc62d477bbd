package import Logging

/// Writes each event as one line that is one JSON object: `time`, `level`, `logger`, `message`, then the metadata.
package struct JSONLogHandler: LogHandler {
    package var metadata: Logger.Metadata = [:]
    package var metadataProvider: Logger.MetadataProvider?
    package var logLevel: Logger.Level

    private let label: String
    private let sink: LogLineSink
    private let now: @Sendable () -> LogTimestamp

    private static let reserved: Set<String> = ["time", "level", "logger", "message"]

    package init(
        label: String, level: Logger.Level = .info, metadataProvider: Logger.MetadataProvider? = nil,
        sink: LogLineSink = .standardError, now: @escaping @Sendable () -> LogTimestamp = LogTimestamp.now
    ) {
        self.label = label
        self.logLevel = level
        self.metadataProvider = metadataProvider
        self.sink = sink
        self.now = now
    }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { self.metadata[key] }
        set { self.metadata[key] = newValue }
    }

    package func log(event: LogEvent) {
        var line = "{\"time\":\"\(self.now().text)\",\"level\":\"\(event.level.rawValue)\""
        line += ",\"logger\":\"\(LogText.escaped(self.label))\""
        line += ",\"message\":\"\(LogText.escaped(event.message.description))\""
        let facts = LogFields(
            logger: self.metadata, provider: self.metadataProvider, event: event, reserved: Self.reserved)
        for (name, value) in facts.fields {
            line += ",\"\(LogText.escaped(name))\":"
            switch value {
            case .text(let text): line += "\"\(LogText.escaped(text))\""
            case .list(let texts):
                line += "[" + texts.map { "\"\(LogText.escaped($0))\"" }.joined(separator: ",") + "]"
            }
        }
        line += "}\n"
        self.sink.write(Array(line.utf8))
    }
}
