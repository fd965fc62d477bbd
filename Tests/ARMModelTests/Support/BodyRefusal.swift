import ARMModel
import StrictJSON
import Testing

/// A body that must be refused, and where the error must point.
struct BadBody: Sendable, CustomStringConvertible {
    var text: String
    var code: RequestError.Code
    var target: String
    /// The text at whose first byte the error's offset must stand; `nil` for an error without offset.
    var at: String?

    init(_ text: String, _ target: String, at: String? = nil, _ code: RequestError.Code = .invalidRequestContent) {
        self.text = text
        self.code = code
        self.target = target
        self.at = at
    }

    var description: String { self.text }

    func check(_ error: RequestError?) {
        guard let error else {
            Issue.record("taken: \(self.text)")
            return
        }
        #expect(error.code == self.code)
        #expect(error.target == self.target)
        let offset = self.at.flatMap { self.text.utf8.firstRange(of: $0.utf8)?.lowerBound }
        #expect(error.offset == offset.map { self.text.utf8.distance(from: self.text.utf8.startIndex, to: $0) })
        // A value may be a secret, wherever it stands.
        #expect(!"\(error)".lowercased().contains("canary"))
    }
}

func refusal(_ body: () throws -> Void) -> RequestError? {
    do {
        try body()
        return nil
    } catch {
        return error as? RequestError
    }
}

extension APIVersion {
    static let every: [APIVersion] = APIVersion.all.compactMap { APIVersion($0) }
}
