/// Version 3: an operation begins open, and mostly with an answer kept, so that one index of both does for two.
enum SchemaVersion3 {
    /// The condition of the index, which a query has to repeat word for word to go along it.
    static let recent = "(ended IS NULL OR answerStatus IS NOT NULL)"

    static let statements = [
        "DROP INDEX operation_open",
        "DROP INDEX operation_answer",
        "CREATE INDEX operation_recent ON operation (created) WHERE \(Self.recent)",
    ]
}
