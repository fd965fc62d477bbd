package import Logging

/// Writes each event as one line for people: time, level, logger, message, then `name=value`.
package struct TextLogHandler: LogHandler {
    package var metadata: Logger.Metadata = [:]
    package var metadataProvider: Logger.MetadataProvider?
    package var logLevel: Logger.Level

    private let label: String
    private let isColored: Bool
    private let sink: LogLineSink
    private let now: @Sendable () -> LogTimestamp

    /// - Parameter isColored: whether the level is coloured, as terminals understand it.
    package init(
        label: String, level: Logger.Level = .info, isColored: Bool = LogLineSink.standardErrorTakesColor,
        metadataProvider: Logger.MetadataProvider? = nil, sink: LogLineSink = .standardError,
        now: @escaping @Sendable () -> LogTimestamp = LogTimestamp.now
    ) {
        self.label = label
        self.logLevel = level
        self.isColored = isColored
        self.metadataProvider = metadataProvider
        self.sink = sink
        self.now = now
    }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { self.metadata[key] }
        set { self.metadata[key] = newValue }
    }

    package func log(event: LogEvent) {
        var line = "\(self.now().text) \(self.word(event.level)) \(LogText.plain(self.label)): "
        line += LogText.plain(event.message.description)
        for (name, value) in LogFields(logger: self.metadata, provider: self.metadataProvider, event: event).fields {
            line += " \(LogText.plain(name))="
            switch value {
            case .text(let text): line += Self.quoted(text)
            case .list(let texts): line += "[" + texts.map(Self.quoted).joined(separator: ", ") + "]"
            }
        }
        line += "\n"
        self.sink.write(Array(line.utf8))
    }

    private static func quoted(_ text: String) -> String {
        LogText.needsQuotes(text) ? "\"\(LogText.escaped(text))\"" : LogText.plain(text)
    }

    /// Eight columns, as wide as the longest level.
    private func word(_ level: Logger.Level) -> String {
        let word = level.rawValue + String(repeating: " ", count: max(0, 8 - level.rawValue.utf8.count))
        guard self.isColored else { return word }
        let color =
            switch level {
            case .trace, .debug: "90"
            case .info: "32"
            case .notice: "36"
            case .warning: "33"
            case .error: "31"
            case .critical: "1;31"
            }
        return "\u{1B}[\(color)m\(word)\u{1B}[0m"
    }
}
