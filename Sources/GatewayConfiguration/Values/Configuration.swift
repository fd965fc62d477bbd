/// Everything that the gateway is told from outside, read, checked and complete.
///
/// Made only by `ConfigurationFile`, so a value of this type has passed every check there. It holds names of files, never the
/// secrets in them. Paths are absolute, or relative to the process's working directory where the file's own name was.
package struct Configuration: Sendable, Hashable, Encodable {
    package let listener: Listener
    package let management: Management
    package let identity: Identity
    package let upstream: Upstream
    package let policy: Policy
    package let audit: Audit
    package let retry: Retry
    /// How long a stop waits for requests in flight to end and to be recorded.
    package let shutdownSeconds: Int
    package let logging: Logging
}

extension Configuration {
    /// The listener for health and metrics, apart from the one that callers reach.
    package struct Management: Sendable, Hashable, Encodable {
        package let host: String
        /// 0 takes any free port.
        package let port: Int
    }

    package struct Policy: Sendable, Hashable, Encodable {
        /// The folder of the policy bundle.
        package let bundle: String
    }

    /// What makes a repeated request a repeat, and for how long.
    package struct Retry: Sendable, Hashable, Encodable {
        /// How long an answer is kept for a repeat.
        package let windowSeconds: Int
        /// How long a repeat waits for the first one's answer.
        package let waitSeconds: Int
        /// How long a command of unknown outcome blocks its like.
        package let unknownHoldSeconds: Int
    }

    package struct Logging: Sendable, Hashable, Encodable {
        package enum Level: String, Sendable, Hashable, Encodable, CaseIterable {
            case trace, debug, info, notice, warning, error, critical
        }
        package enum Format: String, Sendable, Hashable, Encodable, CaseIterable {
            case json, text
        }
        package let level: Level
        package let format: Format
    }
}
