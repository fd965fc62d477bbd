import GRDB

/// The tables of the record, and the check that a file has exactly these.
///
/// Rows never change: triggers refuse UPDATE and DELETE, and an INSERT anywhere but at the end.
enum AuditSchema {
    /// `PRAGMA application_id`: "SALY".
    static let applicationID = 0x5341_4C59
    /// `PRAGMA user_version`.
    static let version = 1

    /// Columns for searching stand before the long ones, so that a scan need not follow overflow pages.
    static let statements = [
        """
        CREATE TABLE record (
            "index" INTEGER PRIMARY KEY CHECK ("index" > 0),
            event TEXT NOT NULL CHECK (event <> ''),
            time TEXT NOT NULL CHECK (length(time) = 24),
            requestID TEXT,
            principal TEXT,
            operation TEXT,
            subscription TEXT,
            resourceGroup TEXT,
            machine TEXT,
            runCommand TEXT,
            effect TEXT,
            rule TEXT,
            scriptSHA256 TEXT,
            outcome TEXT,
            sha256 BLOB NOT NULL CHECK (length(sha256) = 32),
            canonical TEXT NOT NULL CHECK (canonical <> '')
        ) STRICT
        """,
        """
        CREATE TABLE body (
            "index" INTEGER NOT NULL REFERENCES record ("index"),
            pointer TEXT NOT NULL,
            salt BLOB NOT NULL CHECK (length(salt) = 16),
            text BLOB,
            PRIMARY KEY ("index", pointer)
        ) STRICT, WITHOUT ROWID
        """,
        """
        CREATE TABLE operation (
            id TEXT NOT NULL PRIMARY KEY CHECK (id <> ''),
            ownerIssuer TEXT NOT NULL,
            ownerTenant TEXT NOT NULL,
            ownerKind TEXT NOT NULL,
            ownerID TEXT NOT NULL,
            operation TEXT NOT NULL,
            subscription TEXT NOT NULL,
            location TEXT NOT NULL,
            targetPath TEXT NOT NULL,
            apiVersion TEXT NOT NULL,
            statusLink TEXT,
            resultLink TEXT,
            decisionIndex INTEGER NOT NULL,
            created INTEGER NOT NULL,
            ended INTEGER
        ) STRICT, WITHOUT ROWID
        """,
        "CREATE TABLE meta (name TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID",
        "CREATE INDEX record_requestID ON record (requestID) WHERE requestID IS NOT NULL",
        "CREATE INDEX operation_ended ON operation (ended) WHERE ended IS NOT NULL",
        """
        CREATE TRIGGER record_insert BEFORE INSERT ON record
        WHEN NEW."index" IS NOT (SELECT coalesce(max("index"), 0) + 1 FROM record)
        BEGIN SELECT RAISE(ABORT, 'a row is added only at the end of the record'); END
        """,
        """
        CREATE TRIGGER record_update BEFORE UPDATE ON record
        BEGIN SELECT RAISE(ABORT, 'a row of the record never changes'); END
        """,
        """
        CREATE TRIGGER record_delete BEFORE DELETE ON record
        BEGIN SELECT RAISE(ABORT, 'a row of the record is never deleted'); END
        """,
        // REPLACE would delete the old body without firing the trigger on DELETE.
        """
        CREATE TRIGGER body_insert BEFORE INSERT ON body
        WHEN NEW."index" IS NOT (SELECT max("index") FROM record)
            OR EXISTS (SELECT 1 FROM body WHERE "index" = NEW."index" AND pointer = NEW.pointer)
        BEGIN SELECT RAISE(ABORT, 'a body is added only with its row'); END
        """,
        """
        CREATE TRIGGER body_update BEFORE UPDATE ON body
        BEGIN SELECT RAISE(ABORT, 'a body never changes'); END
        """,
        """
        CREATE TRIGGER body_delete BEFORE DELETE ON body
        BEGIN SELECT RAISE(ABORT, 'a body is never deleted'); END
        """,
        """
        CREATE TRIGGER operation_update BEFORE UPDATE ON operation
        WHEN OLD.ended IS NOT NULL OR NEW.ended IS NULL OR OLD.id IS NOT NEW.id
        BEGIN SELECT RAISE(ABORT, 'an operation ends once'); END
        """,
        """
        CREATE TRIGGER operation_delete BEFORE DELETE ON operation WHEN OLD.ended IS NULL
        BEGIN SELECT RAISE(ABORT, 'an open operation is not deleted'); END
        """,
    ]

    /// Makes everything in one transaction, which either happens or does not.
    static func create(_ db: Database, createdAt: String) throws {
        try db.inTransaction(.immediate) {
            for statement in Self.statements { try db.execute(sql: statement) }
            try db.execute(
                sql: "INSERT INTO meta (name, value) VALUES ('schemaVersion', ?), ('created', ?)",
                arguments: [String(Self.version), createdAt])
            try db.execute(sql: "PRAGMA application_id = \(Self.applicationID)")
            try db.execute(sql: "PRAGMA user_version = \(Self.version)")
            return .commit
        }
    }

    /// What kind of file this is.
    enum Kind {
        case empty, ours, foreign
        case newer(Int)
    }

    static func kind(_ db: Database) throws -> Kind {
        let application = try Int.fetchOne(db, sql: "PRAGMA application_id") ?? 0
        let version = try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0
        if application == Self.applicationID {
            return version > Self.version ? .newer(version) : version == Self.version ? .ours : .foreign
        }
        let objects = try Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_master") ?? 0
        return application == 0 && version == 0 && objects == 0 ? .empty : .foreign
    }

    /// What differs from a database that this version has just made; empty if nothing does.
    static func differences(_ db: Database) throws -> [String] {
        let expected = try DatabaseQueue().write { fresh in
            for statement in Self.statements { try fresh.execute(sql: statement) }
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
