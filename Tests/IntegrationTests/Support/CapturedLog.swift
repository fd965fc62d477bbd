import Logging
import Synchronization

/// Keeps everything that is logged at any level, message and metadata, as text.
final class CapturedLog: Sendable {
    private let text = Mutex("")

    var bytes: [UInt8] { self.text.withLock { Array($0.utf8) } }

    var logger: Logger {
        var logger = Logger(label: "captured") { _ in Handler(log: self) }
        logger.logLevel = .trace
        return logger
    }

    fileprivate func append(_ line: String) { self.text.withLock { $0 += line + "\n" } }

    private struct Handler: LogHandler {
        let log: CapturedLog
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.trace

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { self.metadata[key] }
            set { self.metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            var line = "\(event.level) \(event.message)"
            for (name, value) in self.metadata.merging(event.metadata ?? [:], uniquingKeysWith: { $1 }) {
                line += " \(name)=\(value)"
            }
            if let error = event.error { line += " error=\(String(reflecting: error))" }
            self.log.append(line)
        }
    }
}
