package import AuditModel
import Foundation
import GRDB
package import GatewayEnforcement
package import Logging

/// The record in one SQLite file, written by one thread, whoever waits sharing the next transaction.
///
/// ``append(_:change:)`` returns when the row has been flushed to disk. Appends that are made without waiting for each
/// other take their indexes in the order in which they were handed in.
package final class SQLiteAuditLog: AuditLog {
    private let queue: AppendQueue
    private let operations: OperationCache
    private let readConnection: DatabaseQueue
    private let erasure: AnswerErasure
    private let marks: DeliveryMarks
    private let now: @Sendable () -> Int64
    private let thread: AuditWriterThread
    /// The file, absolute.
    package let path: String

    /// Opens the record, making the file if it is absent, and starts the writer.
    /// - Parameters:
    ///   - now: Milliseconds since 1970, for the age of ended operations.
    ///   - onCommit: Called on the writer's thread after each transaction that wrote rows; must return quickly.
    /// - Throws: ``AuditStoreError``
    package init(
        options: AuditStoreOptions, logger: Logger,
        now: @escaping @Sendable () -> Int64 = { Int64(Date().timeIntervalSince1970 * 1000) },
        onCommit: (@Sendable (_ rows: Int, _ nanoseconds: UInt64) -> Void)? = nil
    ) throws {
        let file = try AuditFile(options.path)
        // The lock comes first: only its holder may make or open the file.
        let lock = try AuditFileLock(besides: file.path)
        try file.prepare()
        let connection = try AuditDatabaseOpening.open(
            file, options: options, createdAt: Timestamp.text(milliseconds: now()))
        let readConnection = try AuditDatabaseOpening.openForReading(file)
        let (lastIndex, open) = try connection.writeWithoutTransaction { db in
            (
                try Int64.fetchOne(db, sql: #"SELECT max("index") FROM record"#) ?? 0,
                try Int.fetchOne(
                    db,
                    sql: """
                        SELECT count(*) FROM operation WHERE \(SchemaVersion3.recent) AND ended IS NULL AND isUnknown = 0
                        """) ?? 0
            )
        }
        self.path = file.path
        self.readConnection = readConnection
        self.queue = AppendQueue(options: options, logger: logger, lastIndex: lastIndex, openOperations: open)
        self.operations = OperationCache(maximumBytes: options.operationCacheBytes)
        self.erasure = AnswerErasure(options: options)
        self.marks = DeliveryMarks(logger: logger)
        self.now = now
        self.thread = AuditWriterThread(
            connection: connection, readConnection: readConnection, lock: lock, queue: self.queue,
            operations: self.operations, erasure: self.erasure, marks: self.marks, options: options,
            logger: logger, now: now, onCommit: onCommit)
        self.thread.start()
    }

    deinit { self.queue.close() }

    package func append(_ entry: AuditEntry, change: OperationChange?) async throws(AuditLogError) -> AuditIndex {
        let answer = await withUnsafeContinuation { waiter in
            self.queue.submit(entry, change: change, waiter: waiter)
        }
        let index = try answer.get()
        // Here and not on the writer's thread, so that what the cache keeps and lets go is of one thread.
        if let change { self.operations.apply(change) }
        return index
    }

    package func operation(id: String) async throws(AuditLogError) -> StoredOperation? {
        let (known, generation) = self.operations.find(id)
        if let known { return self.erasure.withoutOldAnswer(known, now: self.now()) }
        guard let found = try await self.read("an operation", { try OperationRow.find(id, in: $0) }) else { return nil }
        self.operations.fill(found, generation: generation)
        return self.erasure.withoutOldAnswer(found, now: self.now())
    }

    /// Without ARM's links and without the bodies of answers, which may be long: ``operation(id:)`` has them.
    package func operations(sinceMilliseconds: Int64) async throws(AuditLogError) -> [StoredOperation] {
        let found = try await self.read("operations") {
            try OperationRow.recent(sinceMilliseconds: sinceMilliseconds, in: $0)
        }
        let now = self.now()
        return found.map { self.erasure.withoutOldAnswer($0, now: now) }
    }

    /// Commands of the process before, however long ago it died, are found too; ``UnansweredScan`` says which.
    package func unansweredCommands(
        sinceMilliseconds: Int64
    ) async throws(AuditLogError) -> [UnansweredCommand] {
        let now = self.now()
        return try await self.read("the record") {
            try UnansweredScan.commands(sinceMilliseconds: sinceMilliseconds, now: now, in: $0)
        }
    }

    package func markUndelivered(id: String) { self.mark(DeliveryMark(id: id, kind: .undelivered)) }

    /// Notes durably that a repeat of this operation's request was given its answer whole. Best effort, as
    /// ``markUndelivered(id:)`` is.
    package func markServed(id: String) { self.mark(DeliveryMark(id: id, kind: .served)) }

    private func mark(_ mark: DeliveryMark) {
        guard self.marks.add(mark) else { return }
        let (marks, operations) = (self.marks, self.operations)
        if !self.queue.submit({ marks.write($0, operations: operations) }) { marks.drop() }
    }

    private func read<Value: Sendable>(
        _ what: String, _ body: @escaping @Sendable (Database) throws -> Value
    ) async throws(AuditLogError) -> Value {
        if self.queue.isClosed { throw .closed }
        // Without GRDB's own async access, which ends with the task that asks.
        let answer: Result<Value, AuditLogError> = await withCheckedContinuation { waiter in
            self.readConnection.asyncRead { access in
                waiter.resume(
                    returning: Result { try body(access.get()) }.mapError { error in
                        error as? AuditLogError ?? .writeFailed("\(what) could not be read: \(SQLFailure(error))")
                    })
            }
        }
        return try answer.get()
    }

    package var isWritable: Bool { self.queue.isWritable }

    package var statistics: AuditStatistics { self.queue.statistics }

    /// Deletes operations whose time is over; the writer also does it by itself, on opening and hourly.
    package func purgeEndedOperations() async throws(AuditLogError) {
        let thread = self.thread
        try await self.perform { db in while try !thread.purge(db, atMost: 200) {} }
    }

    /// Erases the answers whose time is over and ends holds; the writer also does it by itself, on opening and within a
    /// minute of the time.
    package func eraseOldAnswers() async throws(AuditLogError) {
        let thread = self.thread
        try await self.perform { db in while try !thread.erase(db) {} }
    }

    /// Writes what waits, copies everything into the file and lets it go. Later appends throw `closed`.
    package func close() async {
        self.queue.close()
        await self.queue.waitUntilStopped()
    }

    /// Runs something on the writing connection, between transactions.
    func perform(_ job: @escaping @Sendable (Database) throws -> Void) async throws(AuditLogError) {
        let answer: Result<Void, AuditLogError> = await withCheckedContinuation { waiter in
            let isTaken = self.queue.submit { db in
                guard let db else { return waiter.resume(returning: .failure(.closed)) }
                waiter.resume(
                    returning: Result { try job(db) }.mapError {
                        AuditLogError.writeFailed(SQLFailure($0).description)
                    })
            }
            if !isTaken { waiter.resume(returning: .failure(.closed)) }
        }
        try answer.get()
    }
}
