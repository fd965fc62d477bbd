/// Why a request is not one that the gateway understands, in the words of its answer.
package struct RequestError: Error, Sendable, Hashable {
    package enum Code: String, Sendable, Hashable {
        case invalidRequestTarget = "InvalidRequestTarget"
        case missingAPIVersion = "MissingApiVersionParameter"
        case invalidAPIVersion = "InvalidApiVersionParameter"
        case invalidRequestContent = "InvalidRequestContent"
        case invalidParameter = "InvalidParameter"
        case conflictingProperties = "InvalidParameterConflictingProperties"
        case operationNotMediated = "OperationNotMediated"
        case methodNotAllowed = "MethodNotAllowed"
    }

    package var code: Code
    /// A sentence that may name a member of the API and never quotes a value.
    package var message: String
    /// JSON path, query name or path segment.
    package var target: String?
    /// Byte offset in the body.
    package var offset: Int?
    /// Methods of the path, where only the method was wrong.
    package var allowedMethods: [String]

    package init(
        _ code: Code, _ message: String, target: String? = nil, offset: Int? = nil, allowedMethods: [String] = []
    ) {
        self.code = code
        self.message = message
        self.target = target
        self.offset = offset
        self.allowedMethods = allowedMethods
    }
}
