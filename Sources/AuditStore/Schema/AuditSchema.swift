import GRDB

/// The tables of the record, and the check that a file has exactly these.
///
/// Rows never change: triggers refuse UPDATE and DELETE, and an INSERT anywhere but at the end, on every connection but the
/// writer's, which runs none and has no statement that they would refuse.
enum AuditSchema {
    /// `PRAGMA application_id`: "SALY".
    static let applicationID = 0x5341_4C59
    /// `PRAGMA user_version`.
    static let version = 3

    /// What makes each version out of the one before, the first out of nothing. A file that was brought up to a version
    /// went through the same statements as one that began with it, so both look alike.
    private static let steps = [SchemaVersion1.statements, SchemaVersion2.statements, SchemaVersion3.statements]

    /// Makes everything in one transaction, which either happens or does not.
    static func create(_ db: Database, createdAt: String) throws {
        try db.inTransaction(.immediate) {
            for statement in Self.steps.joined() { try db.execute(sql: statement) }
            try db.execute(
                sql: "INSERT INTO meta (name, value) VALUES ('schemaVersion', ?), ('created', ?)",
                arguments: [String(Self.version), createdAt])
            try db.execute(sql: "PRAGMA application_id = \(Self.applicationID)")
            try db.execute(sql: "PRAGMA user_version = \(Self.version)")
            return .commit
        }
    }

    /// Brings a file of an older version up to this one, in one transaction, which either happens or does not. Rows of
    /// the record stay as they are.
    static func upgrade(_ db: Database, from version: Int, at time: String) throws {
        try db.inTransaction(.immediate) {
            for statement in Self.steps.dropFirst(version).joined() { try db.execute(sql: statement) }
            try db.execute(
                sql: "UPDATE meta SET value = ? WHERE name = 'schemaVersion'", arguments: [String(Self.version)])
            try db.execute(
                sql: "INSERT OR REPLACE INTO meta (name, value) VALUES (?, ?)",
                arguments: ["upgraded.\(Self.version)", time])
            try db.execute(sql: "PRAGMA user_version = \(Self.version)")
            return .commit
        }
    }

    /// What kind of file this is.
    enum Kind {
        case empty, foreign
        /// Of this version or one before it.
        case ours(version: Int)
        case newer(Int)

        var isEmpty: Bool { if case .empty = self { true } else { false } }
        /// The version to upgrade from.
        var older: Int? { if case .ours(let version) = self, version < AuditSchema.version { version } else { nil } }
    }

    static func kind(_ db: Database) throws -> Kind {
        let application = try Int.fetchOne(db, sql: "PRAGMA application_id") ?? 0
        let version = try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0
        if application == Self.applicationID {
            return version > Self.version ? .newer(version) : version > 0 ? .ours(version: version) : .foreign
        }
        let objects = try Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_master") ?? 0
        return application == 0 && version == 0 && objects == 0 ? .empty : .foreign
    }

    /// What differs from a fresh database of the file's own version; empty if nothing does.
    static func differences(_ db: Database) throws -> [String] {
        let version = try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0
        let expected = try DatabaseQueue().write { fresh in
            for statement in Self.steps.prefix(max(0, version)).joined() { try fresh.execute(sql: statement) }
            return try Self.objects(fresh)
        }
        let found = try Self.objects(db)
        return Set(expected.keys).union(found.keys).sorted().compactMap { name in
            switch (expected[name], found[name]) {
            case (nil, _): "\(name) is not ours"
            case (_, nil): "\(name) is missing"
            case (let a, let b): a == b ? nil : "\(name) was changed"
            }
        }
    }

    private static func objects(_ db: Database) throws -> [String: String] {
        let rows = try Row.fetchAll(
            db,
            sql:
                #"SELECT type || ' ' || name, coalesce(sql, '') FROM sqlite_master WHERE name NOT LIKE 'sqlite\_%' ESCAPE '\'"#
        )
        return Dictionary(rows.map { ($0[0], $0[1]) }, uniquingKeysWith: { first, _ in first })
    }
}
