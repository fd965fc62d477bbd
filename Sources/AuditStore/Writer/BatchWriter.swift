import GatewayEnforcement

/// Makes a batch of rows durable in one transaction, on the writer's thread.
struct BatchWriter {
    /// What became of a batch: an answer for each row, in order.
    struct Outcome {
        var answers: [Result<AuditIndex, AuditLogError>] = []
        var written = 0
        /// Operations that ended, without those of an unknown outcome.
        var ended = 0
        /// Set if the storage failed, not only a row.
        var failure: String?
    }

    private let statements: RecordStatements
    private(set) var lastIndex: Int64

    init(_ statements: RecordStatements) throws {
        self.statements = statements
        self.lastIndex = try statements.lastIndex()
    }

    mutating func write(_ batch: [PendingAppend]) -> Outcome {
        do {
            return try self.attempt(batch[...], eachWhole: false)
        } catch let failure where failure.isOfTheRow {
            // One row is at fault. Once more, with a savepoint a row, so that it falls alone.
            do {
                return try self.attempt(batch[...], eachWhole: true)
            } catch {
                return Self.failed(batch.count, error)
            }
        } catch let failure where failure.isFull && batch.count > 1 {
            return self.oneByOne(batch)
        } catch {
            return Self.failed(batch.count, error)
        }
    }

    /// One transaction for all rows. On a throw nothing of it happened.
    private mutating func attempt(_ batch: ArraySlice<PendingAppend>, eachWhole: Bool) throws(SQLFailure) -> Outcome {
        var outcome = Outcome()
        outcome.answers.reserveCapacity(batch.count)
        var index = self.lastIndex
        do {
            try self.statements.beginTransaction()
            for row in batch {
                do {
                    var effect = RecordStatements.Effect.none
                    if eachWhole {
                        try self.statements.whole {
                            effect = try self.statements.write(row.entry, change: row.change, index: index + 1)
                        }
                    } else {
                        effect = try self.statements.write(row.entry, change: row.change, index: index + 1)
                    }
                    if effect != .refused {
                        index += 1
                        outcome.written += 1
                        if effect == .ended { outcome.ended += 1 }
                        outcome.answers.append(.success(AuditIndex(durable: index)))
                    } else {
                        outcome.answers.append(.failure(.alreadyEnded))
                    }
                } catch let failure as SQLFailure
                    where eachWhole && failure.isOfTheRow && self.statements.isInTransaction
                {
                    outcome.answers.append(.failure(.writeFailed(failure.description)))
                }
            }
            try self.statements.commitTransaction()
        } catch {
            let failure = SQLFailure(error)
            self.statements.rollbackTransaction()
            // Somebody may have written behind our back; the next try starts from what is there.
            if let last = try? self.statements.lastIndex() { self.lastIndex = last }
            throw failure
        }
        self.lastIndex = index
        return outcome
    }

    /// On a full disk a short row may still find room where a long one does not.
    private mutating func oneByOne(_ batch: [PendingAppend]) -> Outcome {
        var outcome = Outcome()
        var inSuccession = 0
        for position in batch.indices {
            do {
                let one = try self.attempt(batch[position...position], eachWhole: false)
                outcome.answers += one.answers
                outcome.written += one.written
                outcome.ended += one.ended
                inSuccession = 0
            } catch {
                outcome.answers.append(.failure(.writeFailed(error.description)))
                if !error.isOfTheRow {
                    outcome.failure = error.description
                    inSuccession += 1
                }
                if inSuccession == 3 {
                    let rest = Self.failed(batch.count - position - 1, error)
                    outcome.answers += rest.answers
                    return outcome
                }
            }
        }
        return outcome
    }

    private static func failed(_ count: Int, _ failure: SQLFailure) -> Outcome {
        Outcome(
            answers: Array(repeating: .failure(.writeFailed(failure.description)), count: count),
            failure: failure.isOfTheRow ? nil : failure.description)
    }
}
