package import Logging
import Synchronization

/// Sets up logging for the process.
package enum GatewayLogging {
    /// Opens once. swift-log ends a process that sets its logging up twice; tests and subcommands may come twice.
    package final class Gate: Sendable {
        private let isTaken = Atomic<Bool>(false)

        package init() {}

        /// Whether this was the first call.
        package func pass() -> Bool { !self.isTaken.exchange(true, ordering: .acquiringAndReleasing) }
    }

    private static let gate = Gate()

    /// Makes every `Logger` created from now on write to standard error, from `level` upwards. Only the first call in
    /// a process counts.
    ///
    /// - Returns: whether this was it.
    @discardableResult
    package static func bootstrap(level: Logger.Level, format: LogFormat) -> Bool {
        self.bootstrap(level: level, format: format, gate: self.gate) { factory in
            LoggingSystem.bootstrap(factory, metadataProvider: nil)
        }
    }

    /// The same with another gate and another way to install the factory.
    package static func bootstrap(
        level: Logger.Level, format: LogFormat, gate: Gate, sink: LogLineSink = .standardError,
        install: (@escaping @Sendable (String, Logger.MetadataProvider?) -> any LogHandler) -> Void
    ) -> Bool {
        guard gate.pass() else { return false }
        // Asked once: a terminal does not come and go.
        let isColored = LogLineSink.standardErrorTakesColor
        install { label, provider in
            switch format {
            case .json:
                JSONLogHandler(label: label, level: level, metadataProvider: provider, sink: sink)
            case .text:
                TextLogHandler(
                    label: label, level: level, isColored: isColored, metadataProvider: provider, sink: sink)
            }
        }
        return true
    }
}
