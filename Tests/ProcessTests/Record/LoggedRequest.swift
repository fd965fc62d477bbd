import Foundation
import StrictJSON

/// A request that the simulator received, from a line of its request log.
struct LoggedRequest: Sendable, Hashable {
    enum Kind: Sendable, Hashable {
        /// POST, PUT, PATCH, DELETE: something runs or changes.
        case command
        /// A stored command was read.
        case read
        /// An operation, by ARM's id, was asked after.
        case poll(String)
    }

    var method: String
    var path: String
    /// `x-ms-correlation-request-id`
    var correlationID: String?

    var kind: Kind {
        guard self.method == "GET" else { return .command }
        let segments = self.path.prefix { $0 != "?" }.split(separator: "/")
        guard segments.count > 1, segments[segments.count - 2].lowercased() == "operations" else { return .read }
        return .poll(String(segments[segments.count - 1]))
    }

    static func read(_ path: String) throws -> [LoggedRequest] {
        guard let data = FileManager.default.contents(atPath: path) else { throw Unexpected("\(path) is not there") }
        return try data.split(separator: UInt8(ascii: "\n")).map { line in
            let node = try JSONReader.read(Array(line), limits: .answer)
            guard let method = node["method"]?.string, let path = node["path"]?.string else {
                throw Unexpected("a line of the request log without method and path")
            }
            return LoggedRequest(
                method: method, path: path, correlationID: node["x-ms-correlation-request-id"]?.string)
        }
    }
}
