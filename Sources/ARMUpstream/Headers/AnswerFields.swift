package import Foundation
package import HTTPMessages

/// What the gateway takes from the header fields of ARM's answer, gathered in one pass.
package struct AnswerFields: Sendable {
    /// What goes on to the caller (``AnswerHeaderPolicy``), in ARM's order, names in lower case.
    package private(set) var relayed: [(String, String)] = []
    /// The first `location`, signed, not to be shown to anybody.
    package private(set) var location: String?
    /// The first `azure-asyncoperation`, just as secret.
    package private(set) var asyncOperation: String?
    /// ARM's own id of the call, for the record; nil where there is none or more than one, or it is no GUID, which it
    /// is in every recording.
    package private(set) var requestID: String?
    /// How many whole seconds ARM asks to wait (``RetryAfter``).
    package private(set) var retryAfter: Int?

    /// - Parameters:
    ///   - status: the status that the caller is given.
    ///   - passthrough: whether the caller's own token went to ARM.
    ///   - now: what dates are relative to; asked for only where one is read.
    package init(
        of answer: ReceivedFields, status: Int, passthrough: Bool = false, now: () -> Date = { Date() }
    ) {
        let relaysChallenges = passthrough && status == 401
        var requestIDs = SingleValue()
        var retryAfter = RetryAfter()
        answer.visit { name, value in
            switch name.count {
            case 8 where FieldText.same(name, "location"):
                if self.location == nil { self.location = FieldText.text(value) }
            case 11 where FieldText.same(name, "retry-after"): retryAfter.plain.add(value)
            case 14 where FieldText.same(name, "retry-after-ms"): retryAfter.milliseconds.add(value)
            case 15 where FieldText.same(name, "x-ms-request-id"): requestIDs.add(value)
            case 19 where FieldText.same(name, "x-ms-retry-after-ms"): retryAfter.sdkMilliseconds.add(value)
            case 20 where FieldText.same(name, "azure-asyncoperation"):
                if self.asyncOperation == nil { self.asyncOperation = FieldText.text(value) }
            default:
                guard self.relayed.count < AnswerHeaderPolicy.maximumFields,
                    let known = AnswerHeaderPolicy.relayedName(name, challenges: relaysChallenges),
                    AnswerHeaderPolicy.isClean(value)
                else { return }
                self.relayed.append((known, FieldText.text(value)))
            }
        }
        requestID = requestIDs.only.flatMap { RequestHeaderPolicy.isGUID($0) ? $0 : nil }
        self.retryAfter = retryAfter.seconds(now: now)
    }
}

extension AnswerFields: CustomStringConvertible, CustomReflectable {
    /// Only how many go on: links are signed.
    package var description: String { "\(relayed.count) relayed header fields" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}

/// The value of a field that may occur once: what a decision may be based on.
struct SingleValue {
    private var value: String?
    private var isRepeated = false

    /// Nil where it does not occur, or occurs again.
    var only: String? { isRepeated ? nil : value }

    mutating func add(_ value: UnsafeBufferPointer<UInt8>) {
        isRepeated = self.value != nil
        self.value = FieldText.text(value)
    }
}
