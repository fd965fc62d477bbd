import ARMModel
import AuditModel
import Foundation
import PolicyCore
import Redaction

/// One call on its way through: its ids, and what every row about it repeats.
struct CallContext: Sendable {
    let call: InboundCall
    /// Ours; a GUID in lower case. Becomes the last segment of polling links.
    let requestID: String
    let receivedMilliseconds: Int64
    var facts: RequestFacts

    init(_ call: InboundCall, requestID: String, at time: Int64) {
        self.call = call
        self.requestID = requestID
        self.receivedMilliseconds = time
        let clientRequestID = call.headers.clientRequestID.flatMap { ResourceName.isGUID($0) ? $0 : nil }
        let correlation = call.headers.correlationRequestID.flatMap { ResourceName.isGUID($0) ? $0 : nil }
        self.facts = RequestFacts(
            requestID: requestID, correlationID: correlation ?? requestID, clientRequestID: clientRequestID,
            clientAddress: call.clientAddress, justification: Self.justification(call.headers.justification))
    }

    /// `x-sallyport-justification`: up to 512 bytes of printable text; anything else counts as none.
    private static func justification(_ text: String?) -> String? {
        guard let text, !text.isEmpty, text.utf8.count <= 512,
            text.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7F && !(0x80..<0xA0).contains($0.value) }
            )
        else { return nil }
        return text
    }

    mutating func understood(_ head: ARMRequestHead) {
        self.facts.operation = head.route.operation
        self.facts.family = head.route.family
        self.facts.target = head.target
        self.facts.apiVersion = head.apiVersion.text
    }

    func forwarding(_ operation: ARMModel.Operation) -> ForwardingContext {
        ForwardingContext(
            operation: operation, correlationID: self.facts.correlationID, clientRequestID: self.facts.clientRequestID,
            acceptLanguage: self.call.headers.acceptLanguage, callerToken: self.call.callerToken,
            preconditions: Preconditions.go(with: operation) ? self.call.headers.preconditions : Preconditions())
    }

    /// How many ``finished(_:index:)`` adds at most.
    static let mostHeaders = 4

    /// Adds the headers that every answer carries.
    func finished(_ answer: consuming GatewayAnswer, index: AuditIndex?) -> GatewayAnswer {
        answer.headers.reserveCapacity(answer.headers.count + Self.mostHeaders)
        answer.headers.append(("x-ms-request-id", self.requestID))
        answer.headers.append(("x-ms-correlation-request-id", self.facts.correlationID))
        if self.call.headers.returnsClientRequestID, let id = self.facts.clientRequestID {
            answer.headers.append(("x-ms-client-request-id", id))
        }
        if let index { answer.headers.append(("x-sallyport-audit-index", String(index.value))) }
        return answer
    }
}
