/// A value that no policy can allow, whatever its rules say.
package struct FloorViolation: Sendable, Hashable {
    /// JSON path of the member, e.g. `properties.parameters[1].name`.
    package var path: String
    /// A sentence that names the member and never quotes the value.
    package var message: String

    package init(path: String, message: String) {
        self.path = path
        self.message = message
    }
}
