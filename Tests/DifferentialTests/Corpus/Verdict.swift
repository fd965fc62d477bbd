import ARMModel
import StrictJSON

/// What became of a text: `ok`, or the code of its refusal with its place.
struct Verdict: Sendable, CustomStringConvertible {
    /// `ok`; `neverAllowed` for what is understood but has a form that nothing may allow; a reason of the JSON reader
    /// (`repeatedName`); or the code of a request error (`InvalidRequestContent`).
    var code: String
    /// JSON path, query name or path segment.
    var path: String?
    var offset: Int?

    static let ok = Verdict("ok")
    static let neverAllowed = Verdict("neverAllowed")

    init(_ code: String, path: String? = nil, offset: Int? = nil) {
        self.code = code
        self.path = path
        self.offset = offset
    }

    init(_ error: JSONError) { self.init(error.reason.rawValue, path: error.path, offset: error.offset) }
    init(_ error: RequestError) { self.init(error.code.rawValue, path: error.target, offset: error.offset) }

    /// Whether this is what a corpus line expects; what the line leaves out is not compared.
    func fulfils(_ expected: Verdict) -> Bool {
        self.code == expected.code && (expected.path == nil || expected.path == self.path)
            && (expected.offset == nil || expected.offset == self.offset)
    }

    var description: String {
        self.code + (self.path.map { " " + $0 } ?? "") + (self.offset.map { " +\($0)" } ?? "")
    }

    static let known: Set<String> = [
        "ok", "neverAllowed",
        "empty", "tooLarge", "byteOrderMark", "notUTF8", "syntax", "trailingBytes", "tooDeep", "tooManyMembers",
        "tooManyElements", "stringTooLong", "repeatedName", "loneSurrogate", "controlCharacter", "numberTooLong",
        "InvalidRequestTarget", "MissingApiVersionParameter", "InvalidApiVersionParameter", "InvalidRequestContent",
        "InvalidParameter", "InvalidParameterConflictingProperties", "OperationNotMediated", "MethodNotAllowed",
    ]
}
