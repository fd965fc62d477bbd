/// Why a command could not do its work: one line for a person.
struct CommandFailure: Error, CustomStringConvertible {
    var message: String
    var description: String { self.message }

    init(_ message: String) { self.message = message }
}
