/// Why a text is not JSON that we accept, and where.
package struct JSONError: Error, Sendable, Hashable, CustomStringConvertible {
    package enum Reason: String, Sendable, Hashable {
        case empty, tooLarge, byteOrderMark, notUTF8, syntax, trailingBytes, tooDeep, tooManyMembers, tooManyElements
        case stringTooLong, repeatedName, loneSurrogate, controlCharacter, numberTooLong
    }

    package var reason: Reason
    /// Byte offset from the start of the text.
    package var offset: Int
    /// Where the reader was, e.g. `$.properties.parameters[2].name`.
    package var path: String

    package init(_ reason: Reason, offset: Int, path: String = "$") {
        self.reason = reason
        self.offset = offset
        self.path = path
    }

    package var description: String { "\(self.explanation) at byte \(self.offset) (\(self.path))" }

    /// A sentence without anything of the text itself.
    package var explanation: String {
        switch self.reason {
        case .empty: "the body is empty"
        case .tooLarge: "the text is larger than allowed"
        case .byteOrderMark: "the text begins with a byte-order mark"
        case .notUTF8: "the text is not UTF-8"
        case .syntax: "the text is not JSON (RFC 8259)"
        case .trailingBytes: "something follows the JSON value"
        case .tooDeep: "the JSON is nested too deeply"
        case .tooManyMembers: "an object has too many members"
        case .tooManyElements: "an array has too many elements"
        case .stringTooLong: "a string is longer than allowed"
        case .repeatedName: "a member is repeated, or two differ only in letter case"
        case .loneSurrogate: "a \\u escape is half of a surrogate pair"
        case .controlCharacter: "a string holds an unescaped control character"
        case .numberTooLong: "a number has too many digits"
        }
    }

    /// The same error seen from one level further out.
    func inside(_ component: String) -> JSONError {
        var error = self
        error.path = "$" + component + self.path.dropFirst()
        return error
    }
}
