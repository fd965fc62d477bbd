import Foundation
import GatewayTelemetry
import Synchronization

/// Keeps what handlers write, a call apart.
final class CollectedLines: Sendable {
    private let lines = Mutex<[[UInt8]]>([])

    var sink: LogLineSink { LogLineSink { line in self.lines.withLock { $0.append(line) } } }
    var all: [String] { self.lines.withLock { $0 }.map { String(decoding: $0, as: UTF8.self) } }

    /// The lines as JSON objects; the reader refuses control characters, and a line with a second line in it.
    func objects() throws -> [[String: Any]] {
        try self.all.map { line in
            guard line.hasSuffix("\n"), line.utf8.count(where: { $0 == UInt8(ascii: "\n") }) == 1 else {
                throw NotOneLine(line: line)
            }
            guard let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any] else {
                throw NotOneLine(line: line)
            }
            return object
        }
    }

    struct NotOneLine: Error {
        var line: String
    }
}

/// Stands for a value that must not be seen: its description is all that may come out.
struct Hidden: CustomStringConvertible, Sendable, Error {
    let value = "hunter2-canary"
    var description: String { "<redacted>" }
}
