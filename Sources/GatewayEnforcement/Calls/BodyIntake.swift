import ARMModel
import AuditModel
import StrictJSON

/// A body that has been read and parsed, or the refusal that it earned.
enum BodyIntake: Sendable {
    case value(JSONNode, length: Int)
    case refused(ErrorAnswer, UnreadableContent?)

    /// Checks the content headers, reads, and parses strictly.
    init(_ call: InboundCall) async {
        if let error = Self.problem(withHeadersOf: call) {
            self = .refused(error, nil)
            return
        }
        do throws(BodyFailure) {
            let bytes = try await call.readBody()
            do throws(JSONError) {
                self = .value(try JSONReader.read(bytes), length: bytes.count)
            } catch {
                self = .refused(
                    ErrorAnswer(
                        status: 400, code: RequestError.Code.invalidRequestContent.rawValue,
                        message: "\(error.explanation) at byte \(error.offset)",
                        target: RequestMembers.shown(path: error.path)),
                    UnreadableContent(length: bytes.count, reason: error.reason.rawValue, offset: error.offset))
            }
        } catch {
            self = .refused(Self.answer(to: error), nil)
        }
    }

    private static func answer(to failure: BodyFailure) -> ErrorAnswer {
        switch failure {
        case .tooLarge:
            ErrorAnswer(
                status: 413, code: "RequestEntityTooLarge", message: "The body is larger than this gateway takes.")
        case .timedOut:
            ErrorAnswer(status: 408, code: "RequestTimeout", message: "The body did not arrive in time.")
        case .broken:
            ErrorAnswer(
                status: 400, code: RequestError.Code.invalidRequestContent.rawValue,
                message: "The body ended before it was complete.")
        }
    }

    /// No content type means `application/json`; any content encoding is refused.
    private static func problem(withHeadersOf call: InboundCall) -> ErrorAnswer? {
        func refused(_ message: String) -> ErrorAnswer {
            ErrorAnswer(status: 415, code: "UnsupportedMediaType", message: message)
        }
        guard call.headers.contentEncoding.isEmpty else { return refused("a Content-Encoding is not taken") }
        guard let type = call.headers.contentType.first else { return nil }
        guard call.headers.contentType.count == 1 else { return refused("more than one Content-Type") }
        // As nearly every client writes it.
        if ASCIICase.areEqual(type, "application/json") { return nil }
        let parts = type.utf8.split(separator: UInt8(ascii: ";"), omittingEmptySubsequences: false)
            .map { Self.trimmed(String(Substring($0))) }
        guard ASCIICase.areEqual(parts[0], "application/json") || ASCIICase.areEqual(parts[0], "text/json") else {
            return refused("the Content-Type must be application/json")
        }
        for parameter in parts.dropFirst() where !parameter.isEmpty {
            let isUTF8 = ["charset=utf-8", "charset=\"utf-8\""].contains { ASCIICase.areEqual($0, parameter) }
            let isOther = !ASCIICase.lowered(parameter).hasPrefix("charset")
            guard isUTF8 || isOther else { return refused("the only charset taken is utf-8") }
        }
        return nil
    }

    private static func trimmed(_ text: String) -> String {
        var bytes = Substring(text).utf8
        while let first = bytes.first, first == 0x20 || first == 0x09 { bytes.removeFirst() }
        while let last = bytes.last, last == 0x20 || last == 0x09 { bytes.removeLast() }
        return String(Substring(bytes))
    }
}
