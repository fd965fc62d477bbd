/// A value that must never be written anywhere: a password, a token, the query of a signed address.
///
/// Its description is redacted and it is not `Encodable`, so that it cannot slip into a log line, an error or a
/// record by accident. Reading it takes a call that is easy to find: ``withValue(_:)``.
package struct Secret: Sendable, Hashable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    private let value: String

    package init(_ value: String) { self.value = value }

    /// The only way to the value; each use is a place to review.
    package func withValue<Result, Failure: Error>(
        _ body: (String) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try body(self.value)
    }

    /// Length in UTF-8 bytes; a bound may be checked without looking at the value.
    package var utf8Count: Int { self.value.utf8.count }

    package var description: String { "<redacted>" }
    package var debugDescription: String { "<redacted>" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
