import ARMModel
import Redaction

/// How much of secrets one request may carry: the gateway remembers them, in many spellings, as long as the command may
/// show them.
enum SecretVolume {
    /// Bytes of all secret values together, each counted with ``bytesEach`` more.
    static let mostBytes = 64 << 10
    static let bytesEach = 64

    /// - Returns: `nil` if it is not too much.
    static func refusal(of command: Command) -> ErrorAnswer? {
        let bytes = command.secrets.reduce(0) { $0 + $1.utf8Count + self.bytesEach }
        guard bytes > self.mostBytes else { return nil }
        return ErrorAnswer(
            status: 400, code: RequestError.Code.invalidParameter.rawValue,
            message: "The request carries too much in secret values: \(self.mostBytes) bytes are taken, each value "
                + "counted with \(self.bytesEach) more.", target: "$.properties.protectedParameters")
    }
}
