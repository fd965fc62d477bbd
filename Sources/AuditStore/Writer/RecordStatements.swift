import ARMModel
import AuditModel
import GRDB
import GRDBSQLite
import GatewayEnforcement

/// The prepared statements of the writing connection; used on its thread only.
struct RecordStatements {
    private let connection: OpaquePointer?
    private let begin: SQLStatement
    private let commit: SQLStatement
    private let rollback: SQLStatement
    private let savepoint: SQLStatement
    private let rollbackToSavepoint: SQLStatement
    private let release: SQLStatement
    private let lastIndexQuery: SQLStatement
    private let insertRecord: SQLStatement
    private let space = BindingSpace()
    private let insertBody: SQLStatement
    private let insertOperation: SQLStatement
    private let endOperation: SQLStatement
    private let endUnknown: SQLStatement

    init(_ db: Database) throws {
        self.connection = db.sqliteConnection
        self.begin = try SQLStatement(db, "BEGIN IMMEDIATE")
        self.commit = try SQLStatement(db, "COMMIT")
        self.rollback = try SQLStatement(db, "ROLLBACK")
        self.savepoint = try SQLStatement(db, "SAVEPOINT one_row")
        self.rollbackToSavepoint = try SQLStatement(db, "ROLLBACK TO one_row")
        self.release = try SQLStatement(db, "RELEASE one_row")
        self.lastIndexQuery = try SQLStatement(db, #"SELECT coalesce(max("index"), 0) FROM record"#)
        self.insertRecord = try SQLStatement(
            db,
            """
            INSERT INTO record ("index", event, time, requestID, principal, operation, subscription, resourceGroup,
            machine, runCommand, effect, rule, scriptSHA256, outcome, sha256, canonical)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """)
        self.insertBody = try SQLStatement(
            db, #"INSERT INTO body ("index", pointer, salt, text) VALUES (?, ?, ?, ?)"#)
        self.insertOperation = try SQLStatement(
            db,
            """
            INSERT INTO operation (id, ownerIssuer, ownerTenant, ownerKind, ownerID, operation, subscription, location,
            targetPath, apiVersion, statusLink, resultLink, decisionIndex, created, ended, requestDigest,
            clientRequestID, answerStatus, answerRetryAfter, answerBody, answerBodyIsKept, isUnknown, undelivered, served)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """)
        let end = "UPDATE operation SET ended = ? WHERE id = ? AND ended IS NULL AND isUnknown ="
        self.endOperation = try SQLStatement(db, "\(end) 0")
        self.endUnknown = try SQLStatement(db, "\(end) 1")
    }

    var isInTransaction: Bool { sqlite3_get_autocommit(self.connection) == 0 }

    func beginTransaction() throws { try self.begin.run() }
    func commitTransaction() throws { try self.commit.run() }

    /// SQLite rolls back by itself on some failures; then there is nothing left to do.
    func rollbackTransaction() {
        if self.isInTransaction { try? self.rollback.run() }
    }

    func lastIndex() throws -> Int64 {
        defer { self.lastIndexQuery.clear() }
        return try self.lastIndexQuery.step() ? self.lastIndexQuery.integer(0) : 0
    }

    /// Runs `body` so that it happens whole or not at all within the open transaction.
    func whole(_ body: () throws -> Void) throws {
        try self.savepoint.run()
        do {
            try body()
        } catch {
            if self.isInTransaction {
                try self.rollbackToSavepoint.run()
                try self.release.run()
            }
            throw error
        }
        try self.release.run()
    }

    /// What a row did beside being written.
    enum Effect {
        case none, ended, endedUnknown
        /// The change is an end, and the operation has ended or is missing; nothing was written.
        case refused
    }

    func write(_ entry: AuditEntry, change: OperationChange?, index: Int64) throws -> Effect {
        var effect = Effect.none
        switch change {
        case nil: break
        case .end(let id, let atMilliseconds):
            effect = try self.end(id, atMilliseconds)
            if effect == .refused { return effect }
        case .begin(let operation): try self.insert(operation)
        }
        try self.insert(entry, index: index)
        for body in entry.bodies {
            self.insertBody.bind(index, at: 1)
            self.insertBody.bind(body.pointer, at: 2)
            self.insertBody.bind(blob: body.salt, at: 3)
            if let text = body.text {
                try self.insertBody.run(long: text, at: 4, asText: false)
            } else {
                defer { self.insertBody.clear() }
                try self.insertBody.run()
            }
        }
        return effect
    }

    private func end(_ id: String, _ atMilliseconds: Int64) throws -> Effect {
        // Nearly all are of the first kind. One of each, since a statement that tells which it was costs more.
        for (statement, effect) in [(self.endOperation, Effect.ended), (self.endUnknown, .endedUnknown)] {
            statement.bind(atMilliseconds, at: 1)
            statement.bind(id, at: 2)
            try statement.run()
            if sqlite3_changes(self.connection) == 1 { return effect }
        }
        return .refused
    }

    private func insert(_ entry: AuditEntry, index: Int64) throws {
        let statement = self.insertRecord
        defer { self.space.empty() }
        let columns = entry.columns
        statement.bind(index, at: 1)
        statement.bind(entry.event.rawValue, at: 2, in: self.space)
        statement.bind(Timestamp.text(milliseconds: entry.timeMilliseconds), at: 3, in: self.space)
        statement.bind(columns.requestID, at: 4, in: self.space)
        statement.bind(columns.principal, at: 5, in: self.space)
        statement.bind(columns.operation, at: 6, in: self.space)
        statement.bind(columns.subscription, at: 7, in: self.space)
        statement.bind(columns.resourceGroup, at: 8, in: self.space)
        statement.bind(columns.machine, at: 9, in: self.space)
        statement.bind(columns.runCommand, at: 10, in: self.space)
        statement.bind(columns.effect, at: 11, in: self.space)
        statement.bind(columns.rule, at: 12, in: self.space)
        statement.bind(columns.scriptSHA256, at: 13, in: self.space)
        statement.bind(columns.outcome, at: 14, in: self.space)
        statement.bind(blob: entry.sha256, at: 15)
        try statement.run(long: entry.canonical, at: 16, asText: true)
    }

    private func insert(_ operation: StoredOperation) throws {
        let statement = self.insertOperation
        defer {
            statement.clear()
            self.space.empty()
        }
        statement.bind(operation.id, at: 1, in: self.space)
        statement.bind(operation.owner.issuer, at: 2, in: self.space)
        statement.bind(operation.owner.tenant, at: 3, in: self.space)
        statement.bind(operation.owner.kind, at: 4, in: self.space)
        statement.bind(operation.owner.id, at: 5, in: self.space)
        statement.bind(operation.operation.rawValue, at: 6, in: self.space)
        statement.bind(operation.subscription, at: 7, in: self.space)
        statement.bind(operation.location, at: 8, in: self.space)
        statement.bind(operation.targetPath, at: 9, in: self.space)
        statement.bind(operation.apiVersion, at: 10, in: self.space)
        statement.bind(operation.statusLink, at: 11, in: self.space)
        statement.bind(operation.resultLink, at: 12, in: self.space)
        statement.bind(operation.decisionIndex, at: 13)
        statement.bind(operation.createdMilliseconds, at: 14)
        if let ended = operation.endedMilliseconds { statement.bind(ended, at: 15) }
        if let digest = operation.requestDigest {
            guard let bytes = LowerHexBytes.read(digest, count: 32) else {
                throw SQLFailure(ofTheRow: "the digest of a request is not 32 bytes in hexadecimal")
            }
            statement.bind(blob: bytes, at: 16)
        }
        statement.bind(operation.clientRequestID, at: 17, in: self.space)
        if let answer = operation.answer {
            statement.bind(Int64(answer.status), at: 18)
            statement.bind(answer.retryAfter, at: 19, in: self.space)
            if !answer.body.isEmpty { statement.bind(blob: ErasableBody.wrapped(answer.body), at: 20) }
            statement.bind(answer.bodyIsKept ? 1 : 0, at: 21)
        }
        statement.bind(operation.isUnknown ? 1 : 0, at: 22)
        statement.bind(operation.wasUndelivered ? 1 : 0, at: 23)
        statement.bind(operation.wasServed ? 1 : 0, at: 24)
        try statement.run()
    }
}
