package import AuditModel
import GRDB

/// Reads a record and never writes: neither the file nor files beside it.
///
/// Works while a gateway writes, on a record at rest, and on a copy on read-only media. Rows come in pieces, each read in
/// a short transaction of its own, since a long one would keep the gateway from reusing its write-ahead log; as rows never
/// change, the pieces fit together. Not to be shared between threads.
package final class AuditReader {
    /// The file, absolute.
    package let path: String
    private let connection: ReadOnlyConnection

    /// Rows, and bytes, read in one transaction.
    private static let rowsAtOnce = 256
    private static let bytesAtOnce = 1 << 20
    /// How many indexes one transaction of a filtered listing looks through.
    var indexesAtOnce: Int64 = 20_000

    /// - Throws: ``AuditStoreError``
    package init(path: String) throws {
        let file = try AuditFile(path)
        _ = try file.mode()
        self.path = file.path
        self.connection = try ReadOnlyConnection(file)
        switch try self.connection.read(AuditSchema.kind) {
        case .ours: break
        case .empty, .foreign: throw AuditStoreError.foreign(self.path)
        case .newer(let version): throw AuditStoreError.newer(path: self.path, version: version)
        }
    }

    // MARK: - Rows

    package func lastIndex() throws -> Int64 {
        try self.connection.read { try Int64.fetchOne($0, sql: #"SELECT max("index") FROM record"#) ?? 0 }
    }

    package func row(_ index: Int64) throws -> AuditRow? {
        try self.connection.read { db in
            let statement = try SQLStatement(db, "SELECT \(AuditRow.selection) FROM record WHERE \"index\" = ?")
            statement.bind(index, at: 1)
            return try statement.step() ? AuditRow(statement) : nil
        }
    }

    /// The texts of a row, in the order of their pointers.
    package func bodies(_ index: Int64) throws -> [AuditBody] {
        try self.connection.read { try Self.bodies(index, SQLStatement($0, Self.bodiesQuery)) }
    }

    /// Hands over the rows that fit, in order, without ever holding many of them. Throw to stop.
    package func list(_ filter: AuditFilter, _ body: (AuditRow) throws -> Void) throws {
        let last = try self.lastIndex()
        var left = filter.limit ?? .max
        // Where the search goes on: the next index to be looked at, in the order of the listing.
        var position = filter.newestFirst ? last : Int64.min
        if let after = filter.afterIndex {
            guard let next = Self.next(after: after, filter.newestFirst) else { return }
            position = next
        }
        while left > 0 {
            let piece = try self.connection.read {
                try self.piece(filter, from: position, last: last, limit: left, in: $0)
            }
            for row in piece.rows { try body(row) }
            left -= piece.rows.count
            guard let next = piece.next else { return }
            position = next
        }
    }

    /// Hands over every row with its bodies, from the first to the last that is there when reading begins.
    package func forEachRow(_ body: (AuditRow, [AuditBody]) throws -> Void) throws {
        var after = Int64.min
        let last = try self.lastIndex()
        while true {
            let rows = try self.connection.read { db in
                let statement = try SQLStatement(
                    db,
                    "SELECT \(AuditRow.selection) FROM record WHERE \"index\" > ? AND \"index\" <= ? ORDER BY \"index\" LIMIT ?"
                )
                let bodies = try SQLStatement(db, Self.bodiesQuery)
                statement.bind(after, at: 1)
                statement.bind(last, at: 2)
                statement.bind(Int64(Self.rowsAtOnce), at: 3)
                var rows: [(AuditRow, [AuditBody])] = []
                var bytes = 0
                while bytes < Self.bytesAtOnce, try statement.step() {
                    let row = AuditRow(statement)
                    let itsBodies = try Self.bodies(row.index, bodies)
                    bytes += itsBodies.reduce(row.canonical.count) { $0 + ($1.text?.count ?? 0) }
                    rows.append((row, itsBodies))
                }
                statement.clear()
                return rows
            }
            guard let end = rows.last?.0.index else { return }
            for (row, bodies) in rows { try body(row, bodies) }
            after = end
        }
    }

    /// What `meta` says: schema version, time of creation, ids of keys.
    package func meta() throws -> [String: String] {
        try self.connection.read { db in
            let rows = try Row.fetchAll(db, sql: "SELECT name, value FROM meta")
            return Dictionary(rows.map { ($0[0], $0[1]) }, uniquingKeysWith: { first, _ in first })
        }
    }

    // MARK: - What verification asks beside rows

    /// Indexes of bodies whose row is missing, at most `limit` of them.
    func orphanBodies(limit: Int) throws -> [Int64] {
        try self.connection.read { db in
            try Int64.fetchAll(
                db,
                sql: #"""
                    SELECT DISTINCT "index" FROM body
                    WHERE NOT EXISTS (SELECT 1 FROM record WHERE record."index" = body."index") LIMIT ?
                    """#, arguments: [limit])
        }
    }

    func schemaDifferences() throws -> [String] { try self.connection.read(AuditSchema.differences) }

    // MARK: - Pieces

    private struct Piece {
        var rows: [AuditRow] = []
        /// `nil` at the end.
        var next: Int64?
    }

    private func piece(
        _ filter: AuditFilter, from: Int64, last: Int64, limit: Int, in db: Database
    ) throws -> Piece {
        let newestFirst = filter.newestFirst
        // A gap, which only tampering makes, is jumped over.
        let start = try Int64.fetchOne(
            db,
            sql: newestFirst
                ? #"SELECT max("index") FROM record WHERE "index" <= ?"#
                : #"SELECT min("index") FROM record WHERE "index" >= ?"#, arguments: [from])
        guard let start, start <= last || newestFirst else { return Piece() }
        let conditions = filter.conditions
        // With an index on the request id the whole record is one piece; otherwise a window of it.
        let window = filter.requestID == nil ? self.indexesAtOnce - 1 : Int64.max / 4
        let low = newestFirst ? max(Int64.min / 4, start - window) : start
        let end = start.addingReportingOverflow(window)
        let high = newestFirst ? start : min(last, end.overflow ? .max : end.partialValue)
        let statement = try SQLStatement(
            db,
            """
            SELECT \(AuditRow.selection) FROM record WHERE "index" BETWEEN ? AND ?
            \(conditions.map { " AND " + $0.sql }.joined()) ORDER BY "index" \(newestFirst ? "DESC" : "ASC")
            """)
        statement.bind(low, at: 1)
        statement.bind(high, at: 2)
        for (position, condition) in conditions.enumerated() {
            statement.bind(condition.value, at: Int32(position + 3))
        }
        defer { statement.clear() }
        var piece = Piece()
        var bytes = 0
        while try statement.step() {
            let row = AuditRow(statement)
            piece.rows.append(row)
            bytes += row.canonical.count
            if piece.rows.count == limit { return piece }
            if piece.rows.count == Self.rowsAtOnce || bytes >= Self.bytesAtOnce {
                piece.next = Self.next(after: row.index, newestFirst)
                return piece
            }
        }
        piece.next = Self.next(after: newestFirst ? low : high, newestFirst)
        return piece
    }

    /// `nil` at the ends of the numbers, where only a forged index can stand.
    private static func next(after index: Int64, _ newestFirst: Bool) -> Int64? {
        let next = newestFirst ? index.subtractingReportingOverflow(1) : index.addingReportingOverflow(1)
        return next.overflow ? nil : next.partialValue
    }

    private static let bodiesQuery = #"SELECT pointer, salt, text FROM body WHERE "index" = ? ORDER BY pointer"#

    private static func bodies(_ index: Int64, _ statement: SQLStatement) throws -> [AuditBody] {
        defer { statement.clear() }
        statement.bind(index, at: 1)
        var bodies: [AuditBody] = []
        while try statement.step() {
            bodies.append(
                AuditBody(
                    pointer: statement.text(0) ?? "", salt: statement.bytes(1) ?? [], text: statement.bytes(2)))
        }
        return bodies
    }
}
