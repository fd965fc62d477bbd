/// Version 1: the record, its bodies, and the operations behind polling links. It stays as it was: files of it exist.
enum SchemaVersion1 {
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
}
