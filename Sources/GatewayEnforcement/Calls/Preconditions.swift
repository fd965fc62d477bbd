import ARMModel

/// `If-Match` and `If-None-Match`: the state of the resource that a change depends on, such as "only if there is none".
/// Left out, a change would be made that its caller did not ask for. They go to ARM as received; whether Compute heeds
/// them is not known (facts §9).
package struct Preconditions: Sendable, Hashable {
    /// Every value under the name, one an occurrence.
    package var ifMatch: [String]
    package var ifNoneMatch: [String]
    /// `If-Unmodified-Since` or `If-Modified-Since` is there. Azure gives managed commands no time of change to hold
    /// them against, so a change with one is refused.
    package var dependsOnTime: Bool

    package init(ifMatch: [String] = [], ifNoneMatch: [String] = [], dependsOnTime: Bool = false) {
        self.ifMatch = ifMatch
        self.ifNoneMatch = ifNoneMatch
        self.dependsOnTime = dependsOnTime
    }

    private var named: [(name: String, values: [String])] {
        if self.ifMatch.isEmpty, self.ifNoneMatch.isEmpty { return [] }
        return [("If-Match", self.ifMatch), ("If-None-Match", self.ifNoneMatch)].filter { !$0.1.isEmpty }
    }

    /// Whether they go along with a request of this operation. Not with reads: the worst that comes of one without
    /// them is an answer that the caller already has.
    static func go(with operation: ARMModel.Operation) -> Bool {
        switch operation {
        case .create, .update, .delete: true
        case .run, .read, .list, .catalog, .companion, .poll: false
        }
    }

    /// Why a request of this operation cannot be let out as its caller meant it; nil where it can.
    func refusal(of operation: ARMModel.Operation) -> ErrorAnswer? {
        if self.dependsOnTime, operation == .run || Self.go(with: operation) {
            return Self.refusal("If-Unmodified-Since", "a change takes no If-Unmodified-Since or If-Modified-Since")
        }
        for (name, values) in self.named {
            if operation == .run { return Self.refusal(name, "an action takes no \(name)") }
            guard Self.go(with: operation) else { continue }
            guard values.count == 1, let value = values.first else {
                return Self.refusal(name, "\(name) stands there more than once")
            }
            guard Self.isWellFormed(value) else {
                return Self.refusal(name, "\(name) is not one to 256 visible characters")
            }
        }
        return nil
    }

    /// What they add to a request's digest; nothing where there are none. With their names: "only if it is this one"
    /// and "only if it is not" are two requests.
    var digestParts: [[UInt8]] {
        self.named.flatMap { [[UInt8]($0.name.utf8)] + $0.values.map { [UInt8]($0.utf8) } }
    }

    /// Visible ASCII, with spaces inside only. No closer look: an entity tag is the provider's to judge.
    private static func isWellFormed(_ value: String) -> Bool {
        let bytes = value.utf8
        return (1...256).contains(bytes.count) && bytes.allSatisfy { $0 >= 0x20 && $0 < 0x7F } && bytes.first != 0x20
            && bytes.last != 0x20
    }

    private static func refusal(_ name: String, _ message: String) -> ErrorAnswer {
        ErrorAnswer(
            status: 400, code: RequestError.Code.invalidRequestTarget.rawValue, message: message, target: name)
    }
}
