package import ARMModel
package import PolicyCore
package import Redaction

/// A decision together with its place in the record. Only ``DecisionRecorder`` makes one, after the row is durable.
package struct RecordedDecision: Sendable {
    package let decision: Decision
    package let index: AuditIndex

    init(decision: Decision, durableAt index: AuditIndex) {
        self.decision = decision
        self.index = index
    }
}

/// A request that may go to ARM: the proof that it was allowed and is on record. The upstream takes nothing else, and
/// only this file can make one: no record, no request.
package struct PermittedRequest: Sendable {
    package let method: String
    /// Path and query for ARM, built from parsed values, or ARM's own link byte for byte.
    package let target: String
    package let body: [UInt8]?
    package let context: ForwardingContext
    /// The row that permits it.
    package let index: AuditIndex

    private init(method: String, target: String, body: [UInt8]?, context: ForwardingContext, index: AuditIndex) {
        self.method = method
        self.target = target
        self.body = body
        self.context = context
        self.index = index
    }

    /// What a caller asked for.
    /// - Returns: `nil` unless the decision is to allow.
    package init?(
        _ recorded: RecordedDecision, method: Route.Method, target: String, body: [UInt8]?, context: ForwardingContext
    ) {
        guard recorded.decision.effect == .allow else { return nil }
        self.init(method: method.rawValue, target: target, body: body, context: context, index: recorded.index)
    }

    /// A read of the gateway's own: it looks at a stored command to judge an update or to learn how it ended.
    /// - Parameter index: of the `lookup` row, durable.
    package init(lookupOf target: String, context: ForwardingContext, recordedAt index: AuditIndex) {
        self.init(method: "GET", target: target, body: nil, context: context, index: index)
    }

    /// A poll by the owner of an operation, along ARM's own link. It needs no row of its own: the command's decision
    /// permits it.
    /// - Parameter monitors: the form that answers with the result.
    /// - Returns: `nil` if ARM gave no link of this form.
    package init?(poll operation: OwnedOperation, monitors: Bool, context: ForwardingContext) {
        guard let link = monitors ? operation.operation.resultLink : operation.operation.statusLink else { return nil }
        self.init(
            method: "GET", target: link, body: nil, context: context,
            index: AuditIndex(durable: operation.operation.decisionIndex))
    }
}

/// An operation whose polling link was presented by the very principal that got it.
package struct OwnedOperation: Sendable {
    package let operation: StoredOperation

    /// - Returns: `nil` for any other principal, and for a link that names another place.
    package init?(_ operation: StoredOperation, presentedBy principal: Principal, target: ResourceTarget) {
        guard operation.owner == OperationOwner(principal),
            ASCIICase.areEqual(operation.subscription, target.subscription ?? ""),
            ASCIICase.areEqual(operation.location, target.location ?? "")
        else { return nil }
        self.operation = operation
    }
}

extension OperationOwner {
    package init(_ principal: Principal) {
        self.init(
            issuer: principal.issuer ?? "", tenant: principal.tenant ?? "", kind: principal.kind.rawValue,
            id: principal.id)
    }
}

/// What travels with a forwarded request besides path and body.
package final class ForwardingContext: Sendable {
    package let operation: Operation
    package let correlationID: String
    package let clientRequestID: String?
    package let acceptLanguage: String?
    package let callerToken: Secret?
    /// None for anything but a change of a managed command.
    package let preconditions: Preconditions

    package init(
        operation: Operation, correlationID: String, clientRequestID: String?, acceptLanguage: String?,
        callerToken: Secret?, preconditions: Preconditions = Preconditions()
    ) {
        self.operation = operation
        self.correlationID = correlationID
        self.clientRequestID = clientRequestID
        self.acceptLanguage = acceptLanguage
        self.callerToken = callerToken
        self.preconditions = preconditions
    }
}
