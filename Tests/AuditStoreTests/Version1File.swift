import AuditModel
import Crypto
import Foundation
import GRDB

@testable import AuditStore

/// A file as the first version of this program made it, statement for statement.
enum Version1File {
    /// Two rows with a body each, one open and one ended operation.
    static func make(_ fixture: StoreFixture, rows: Int = 2) throws {
        try fixture.raw { db in
            try db.execute(sql: "PRAGMA journal_mode = WAL")
            try db.inTransaction(.immediate) {
                for statement in Self.statements { try db.execute(sql: statement) }
                try db.execute(
                    sql: """
                        INSERT INTO meta (name, value) VALUES ('schemaVersion', '1'),
                            ('created', '2026-01-01T00:00:00.000Z'), ('key.fingerprint.k1', '2026-01-01T00:00:00.000Z')
                        """)
                try db.execute(sql: "PRAGMA application_id = \(0x5341_4C59)")
                try db.execute(sql: "PRAGMA user_version = 1")
                return .commit
            }
            for number in 1...rows {
                let entry = StoreFixture.entry(number)
                try db.execute(
                    sql: """
                        INSERT INTO record VALUES (?, 'decision', ?, ?, 'alice', 'run',
                            '11111111-1111-1111-1111-111111111111', 'rg-web', 'web-1', NULL, 'allow', 'web-disk', ?,
                            NULL, ?, ?)
                        """,
                    arguments: [
                        number, Timestamp.text(milliseconds: entry.timeMilliseconds), entry.columns.requestID,
                        entry.columns.scriptSHA256, Data(entry.sha256),
                        String(decoding: entry.canonical, as: UTF8.self),
                    ])
                for body in entry.bodies {
                    try db.execute(
                        sql: "INSERT INTO body VALUES (?, ?, ?, ?)",
                        arguments: [number, body.pointer, Data(body.salt), body.text.map { Data($0) }])
                }
            }
            for (id, ended) in [("open", nil), ("ended", 1_800_000_000_005)] as [(String, Int64?)] {
                try db.execute(
                    sql: """
                        INSERT INTO operation VALUES (?, 'https://sts.example/', 't', 'user', 'alice', 'run',
                            '11111111-1111-1111-1111-111111111111', 'westus', '/subscriptions/1/vm', '2025-04-01',
                            '/operations/1?sig=abc', NULL, 1, 1800000000000, ?)
                        """, arguments: [id, ended])
            }
        }
        chmod(fixture.path, 0o600)
    }

    private static let statements = [
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
}
