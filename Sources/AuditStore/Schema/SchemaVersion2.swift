/// Version 2: an operation remembers what its caller was told, so that a repeat of the request is told the same.
enum SchemaVersion2 {
    /// The table of operations is made anew with rows in the order of their coming, so that rows of one transaction lie in
    /// the same pages, whatever their ids are; ARM's links make them long. Those of the first version come in the order
    /// in which they lie: to sort them would take memory for them all.
    ///
    /// Short columns stand before the long ones, as in the record. `answerBody` is one that ``ErasableBody`` has wrapped.
    static let statements = [
        """
        CREATE TABLE operation_2 (
            id TEXT NOT NULL PRIMARY KEY CHECK (id <> ''),
            decisionIndex INTEGER NOT NULL,
            created INTEGER NOT NULL,
            ended INTEGER,
            isUnknown INTEGER NOT NULL DEFAULT 0 CHECK (isUnknown IN (0, 1)),
            undelivered INTEGER NOT NULL DEFAULT 0 CHECK (undelivered IN (0, 1)),
            served INTEGER NOT NULL DEFAULT 0 CHECK (served IN (0, 1)),
            requestDigest BLOB CHECK (length(requestDigest) = 32),
            clientRequestID TEXT,
            ownerIssuer TEXT NOT NULL,
            ownerTenant TEXT NOT NULL,
            ownerKind TEXT NOT NULL,
            ownerID TEXT NOT NULL,
            operation TEXT NOT NULL,
            subscription TEXT NOT NULL,
            location TEXT NOT NULL,
            targetPath TEXT NOT NULL,
            apiVersion TEXT NOT NULL,
            answerStatus INTEGER,
            answerRetryAfter TEXT,
            answerBodyIsKept INTEGER CHECK (answerBodyIsKept IN (0, 1)),
            statusLink TEXT,
            resultLink TEXT,
            answerBody BLOB CHECK (length(answerBody) > 4096)
        ) STRICT
        """,
        """
        INSERT INTO operation_2 (id, ownerIssuer, ownerTenant, ownerKind, ownerID, operation, subscription, location,
            targetPath, apiVersion, statusLink, resultLink, decisionIndex, created, ended)
        SELECT id, ownerIssuer, ownerTenant, ownerKind, ownerID, operation, subscription, location,
            targetPath, apiVersion, statusLink, resultLink, decisionIndex, created, ended
        FROM operation
        """,
        "DROP TABLE operation",
        "ALTER TABLE operation_2 RENAME TO operation",
        "CREATE INDEX operation_ended ON operation (ended) WHERE ended IS NOT NULL",
        "CREATE INDEX operation_open ON operation (created) WHERE ended IS NULL",
        "CREATE INDEX operation_answer ON operation (created) WHERE answerStatus IS NOT NULL",
        "CREATE INDEX operation_unknown ON operation (created) WHERE isUnknown = 1 AND ended IS NULL",
        // Fires if a statement only names such a column, whatever it sets it to, and costs nothing where none does.
        """
        CREATE TRIGGER operation_update BEFORE UPDATE OF id, ownerIssuer, ownerTenant, ownerKind, ownerID, operation,
            subscription, location, targetPath, apiVersion, statusLink, resultLink, decisionIndex, created,
            requestDigest, clientRequestID, isUnknown ON operation
        BEGIN SELECT RAISE(ABORT, 'what an operation is never changes'); END
        """,
        """
        CREATE TRIGGER operation_delete BEFORE DELETE ON operation WHEN OLD.ended IS NULL
        BEGIN SELECT RAISE(ABORT, 'an open operation is not deleted'); END
        """,
        """
        CREATE TRIGGER operation_end BEFORE UPDATE OF ended ON operation
        WHEN OLD.ended IS NOT NULL OR NEW.ended IS NULL
        BEGIN SELECT RAISE(ABORT, 'an operation ends once'); END
        """,
        """
        CREATE TRIGGER operation_erase BEFORE UPDATE OF answerStatus, answerRetryAfter, answerBody, answerBodyIsKept
            ON operation
        WHEN NEW.answerStatus IS NOT NULL OR NEW.answerRetryAfter IS NOT NULL OR NEW.answerBody IS NOT NULL
            OR NEW.answerBodyIsKept IS NOT NULL
        BEGIN SELECT RAISE(ABORT, 'an answer is only erased, and whole'); END
        """,
        """
        CREATE TRIGGER operation_undelivered BEFORE UPDATE OF undelivered ON operation
        WHEN NEW.undelivered IS NOT 1
        BEGIN SELECT RAISE(ABORT, 'an answer that did not arrive stays so'); END
        """,
        """
        CREATE TRIGGER operation_served BEFORE UPDATE OF served ON operation
        WHEN NEW.served IS NOT 1
        BEGIN SELECT RAISE(ABORT, 'an answer that was served stays so'); END
        """,
    ]
}
