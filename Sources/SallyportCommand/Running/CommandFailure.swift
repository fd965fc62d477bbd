/// Why a command could not do its work: one line for a person.
struct CommandFailure: Error {
    var message: String

    init(_ message: String) { self.message = message }
}
