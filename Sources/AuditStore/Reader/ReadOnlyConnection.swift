import Foundation
import GRDB

/// A connection that reads a record and makes nothing, be the record live, at rest, or on read-only media.
final class ReadOnlyConnection {
    private let file: AuditFile
    private var connection: DatabaseQueue
    /// Set while the file is read as one that nobody writes: what it must still look like after each read.
    private var atRest: FileStatus?

    init(_ file: AuditFile) throws {
        self.file = file
        (self.connection, self.atRest) = try Self.open(file)
    }

    /// One short read. If the file was taken for one at rest and a gateway has come, it is read again as a live one.
    func read<T>(_ body: (Database) throws -> T) throws -> T {
        for _ in 0..<3 {
            let result = Result { try self.connection.read(body) }
            if let atRest, FileStatus(self.file.path) != atRest || FileStatus(self.file.walPath) != nil {
                try? self.connection.close()
                (self.connection, self.atRest) = try Self.open(self.file)
                continue
            }
            do {
                return try result.get()
            } catch let error where error is SQLFailure || error is DatabaseError {
                throw AuditStoreError.failed(path: self.file.path, reason: SQLFailure(error).description)
            }
        }
        throw AuditStoreError.failed(path: self.file.path, reason: "the file changes while it is read; try again")
    }

    /// A record without write-ahead log is read as one that nobody writes: otherwise SQLite would make the files of a live
    /// one beside it, which cannot be on read-only media and may not belong to the gateway's user elsewhere.
    private static func open(_ file: AuditFile) throws -> (DatabaseQueue, atRest: FileStatus?) {
        var configuration = Configuration()
        configuration.label = "audit-reader"
        configuration.readonly = true
        configuration.busyMode = .timeout(5)
        let status = FileStatus(file.path)
        let isLive = FileStatus(file.walPath) != nil
        do {
            let path = isLive ? file.path : file.uri("mode=ro&immutable=1")
            return (try DatabaseQueue(path: path, configuration: configuration), isLive ? nil : status)
        } catch let error as DatabaseError where error.resultCode == .SQLITE_NOTADB {
            throw AuditStoreError.foreign(file.path)
        } catch {
            throw AuditStoreError.failed(path: file.path, reason: SQLFailure(error).description)
        }
    }
}
