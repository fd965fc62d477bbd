import Dispatch
import Foundation
import GRDB
import GRDBSQLite
import GatewayEnforcement
import Logging

/// The one thread that writes the record: it holds the writing connection from start to stop.
struct AuditWriterThread: Sendable {
    let connection: DatabaseQueue
    let readConnection: DatabaseQueue
    let lock: AuditFileLock
    let queue: AppendQueue
    let operations: OperationCache
    let erasure: AnswerErasure
    let marks: DeliveryMarks
    let options: AuditStoreOptions
    let logger: Logger
    /// Milliseconds since 1970.
    let now: @Sendable () -> Int64
    let onCommit: (@Sendable (_ rows: Int, _ nanoseconds: UInt64) -> Void)?

    func start() {
        let thread = Thread { self.run() }
        thread.name = "audit-writer"
        thread.start()
    }

    private func run() {
        do {
            try self.connection.writeWithoutTransaction { db in
                try self.serve(db)
                // What remains in the write-ahead log goes into the file, so that the file alone is complete.
                _ = try? db.checkpoint(.truncate)
            }
        } catch {
            self.logger.critical("the record's writer stopped", metadata: ["reason": "\(SQLFailure(error))"])
        }
        try? self.readConnection.close()
        try? self.connection.close()
        self.lock.release()
        self.queue.stopped()
    }

    private func serve(_ db: Database) throws {
        var writer = try BatchWriter(RecordStatements(db))
        var nextPurge = self.now()
        while true {
            let now = self.now()
            if now >= nextPurge {
                // A little at a time, so that rows do not wait behind it.
                let isDone = (try? self.purge(db, atMost: 200)) ?? true
                if isDone { nextPurge = now + Int64(self.options.purgeSeconds * 1000) }
            }
            if let due = self.erasure.nextDue, now >= due { self.eraseAndTell(db) }
            switch self.queue.next() {
            case .jobs(let jobs): for job in jobs { job(db) }
            case .batch(let batch):
                let written = self.write(batch, with: &writer)
                written.answers.tellWaiters()
                self.queue.report(written.answers)
                if written.rows > 0 { self.onCommit?(written.rows, written.nanoseconds) }
                if written.hasMarks { self.marks.write(db, operations: self.operations) }
            case .nothing:
                if self.queue.isFailing {
                    self.queue.wait(seconds: self.options.probeSeconds)
                    if self.queue.isFailing { self.queue.probed(Self.probe(db)) }
                } else {
                    let next = min(nextPurge, self.erasure.nextDue ?? .max)
                    self.queue.wait(seconds: min(Double(next - self.now()) / 1000, self.options.purgeSeconds))
                }
            case .stop: return
            }
        }
    }

    private struct Written {
        var answers: AppendAnswers
        var rows: Int
        var nanoseconds: UInt64
        /// Marks were waiting for these rows.
        var hasMarks: Bool
    }

    /// The rows are not held here any more when their callers are told: the thread that made them frees them, and has
    /// their memory at hand for the next.
    private func write(_ batch: consuming [PendingAppend], with writer: inout BatchWriter) -> Written {
        let start = DispatchTime.now().uptimeNanoseconds
        let outcome = writer.write(batch)
        let nanoseconds = DispatchTime.now().uptimeNanoseconds - start
        var began = 0
        var hasMarks = false
        for (row, answer) in zip(batch, outcome.answers) {
            guard case .begin(let operation) = row.change, case .success = answer else { continue }
            began += operation.endedMilliseconds == nil && !operation.isUnknown ? 1 : 0
            self.erasure.began(operation)
            guard self.marks.began(operation.id) else { continue }
            // Before the marks, which are set on what is known.
            self.operations.apply(.begin(operation))
            hasMarks = true
        }
        let answers = self.queue.finish(outcome, began: began, nanoseconds: nanoseconds, lastIndex: writer.lastIndex)
        for change in answers.unheard { self.operations.apply(change) }
        return Written(answers: answers, rows: outcome.written, nanoseconds: nanoseconds, hasMarks: hasMarks)
    }

    private func eraseAndTell(_ db: Database) {
        do {
            _ = try self.erase(db)
        } catch {
            self.logger.error(
                "answers whose time is over could not be erased", metadata: ["reason": "\(SQLFailure(error))"])
        }
    }

    /// A piece of what is due; one body may be 16 KiB.
    /// - Returns: whether nothing more is due.
    func erase(_ db: Database) throws -> Bool {
        try self.erasure.run(db, atMost: 64, now: self.now(), operations: self.operations)
    }

    /// - Returns: whether nothing is left to delete.
    func purge(_ db: Database, atMost count: Int) throws -> Bool {
        let now = self.now()
        let endedBefore = now - Int64(self.options.keepEndedSeconds * 1000)
        let begunBefore = now - Int64(self.options.keepOpenSeconds * 1000)
        self.operations.purge(endedBefore: endedBefore, openBegunBefore: begunBefore)
        // An open one is not deleted: its end is set to so long ago that it goes with the others. A hold ends by itself.
        try db.execute(
            sql: """
                UPDATE operation SET ended = min(created, ?1) WHERE rowid IN
                (SELECT rowid FROM operation
                    WHERE \(SchemaVersion3.recent) AND ended IS NULL AND isUnknown = 0 AND created < ?2 LIMIT ?3)
                """, arguments: [endedBefore - 1, begunBefore, count])
        let givenUp = db.changesCount
        self.queue.gaveUp(givenUp)
        try db.execute(
            sql: """
                DELETE FROM operation WHERE rowid IN
                (SELECT rowid FROM operation WHERE ended IS NOT NULL AND ended < ? LIMIT ?)
                """, arguments: [endedBefore, count])
        return givenUp < count && db.changesCount < count
    }

    /// Writes and removes as much as a long row needs: whether rows would be taken.
    private static func probe(_ db: Database) -> SQLFailure? {
        do {
            try db.execute(sql: "INSERT OR REPLACE INTO meta (name, value) VALUES ('probe', hex(zeroblob(32768)))")
            try db.execute(sql: "DELETE FROM meta WHERE name = 'probe'")
            return nil
        } catch {
            return SQLFailure(error)
        }
    }
}
