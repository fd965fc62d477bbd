package import ARMModel

/// Whom a polling link belongs to: compared as a whole, with nothing left out.
package struct OperationOwner: Sendable, Hashable {
    /// One object, since each command's entry, operation and place on its machine carries it.
    private final class Parts: Sendable, Hashable {
        let issuer: String
        let tenant: String
        let kind: String
        let id: String

        init(issuer: String, tenant: String, kind: String, id: String) {
            self.issuer = issuer
            self.tenant = tenant
            self.kind = kind
            self.id = id
        }

        static func == (left: Parts, right: Parts) -> Bool {
            left === right
                || (left.id == right.id && left.kind == right.kind && left.tenant == right.tenant
                    && left.issuer == right.issuer)
        }

        func hash(into hasher: inout Hasher) {
            hasher.combine(self.id)
            hasher.combine(self.kind)
            hasher.combine(self.tenant)
            hasher.combine(self.issuer)
        }
    }

    private let parts: Parts

    package var issuer: String { self.parts.issuer }
    package var tenant: String { self.parts.tenant }
    package var kind: String { self.parts.kind }
    package var id: String { self.parts.id }

    package init(issuer: String, tenant: String, kind: String, id: String) {
        self.parts = Parts(issuer: issuer, tenant: tenant, kind: kind, id: id)
    }
}

/// What a caller was told about a command, kept so that a repeat of the request can be told the same.
package struct KeptAnswer: Sendable, Hashable {
    /// A longer body is not kept, and ``bodyIsKept`` says so.
    package static let mostBodyBytes = 16 << 10

    /// 200, 201 or 202; 409 where nobody knows whether the command ran.
    package var status: Int
    /// Seconds, as ARM sent it.
    package var retryAfter: String?
    /// Redacted, as it was relayed.
    package var body: [UInt8]
    package var bodyIsKept: Bool

    package init(status: Int, retryAfter: String? = nil, body: [UInt8] = []) {
        self.status = status
        self.retryAfter = retryAfter
        self.bodyIsKept = body.count <= Self.mostBodyBytes
        self.body = self.bodyIsKept ? body : []
    }

    /// As read back from the record's file.
    package init(status: Int, retryAfter: String?, body: [UInt8], bodyIsKept: Bool) {
        self.status = status
        self.retryAfter = retryAfter
        self.body = body
        self.bodyIsKept = bodyIsKept
    }
}

/// A command that ARM has accepted, finished at once, or perhaps run without telling: our short link's other side, and
/// what a repeat of the request is measured against. Survives a restart.
package struct StoredOperation: Sendable, Hashable {
    /// What is known of it from the start, by reference: it is handed on to the record, its cache and the registry.
    private var origin: Origin
    /// When the terminal state was first seen, milliseconds since 1970.
    package var endedMilliseconds: Int64?
    /// `nil` once its time is over, and for a deletion.
    package var answer: KeptAnswer?
    /// Nobody knows whether the command ran; until it has ended (or the hold is over) the same request is held back.
    package var isUnknown: Bool
    /// The caller's connection ended before the answer was fully written.
    package var wasUndelivered: Bool
    /// A repeat of the request was given the answer whole: an undelivered answer stands for one repeat only.
    package var wasServed: Bool

    /// Our request id, a GUID in lower case: the `{ours}` of the link.
    package var id: String { self.origin.parts.id }
    package var owner: OperationOwner { self.origin.parts.owner }
    package var operation: Operation { self.origin.parts.operation }
    package var subscription: String { self.origin.parts.subscription }
    package var location: String { self.origin.parts.location }
    /// Path of the machine's action or managed command, built from the request's names in the caller's spelling.
    package var targetPath: String { self.origin.parts.targetPath }
    package var apiVersion: String { self.origin.parts.apiVersion }
    /// ARM's own links, as origin-form path and query on the configured endpoint; they are signed and stay inside.
    package var statusLink: String? {
        get { self.origin.parts.statusLink }
        set { self.change { $0.statusLink = newValue } }
    }
    package var resultLink: String? {
        get { self.origin.parts.resultLink }
        set { self.change { $0.resultLink = newValue } }
    }
    /// Index of the decision that let the command through.
    package var decisionIndex: Int64 { self.origin.parts.decisionIndex }
    package var createdMilliseconds: Int64 { self.origin.parts.createdMilliseconds }
    /// Digest of the request, lower-case hexadecimal; `nil` for a deletion, which may be repeated at will.
    package var requestDigest: String? {
        get { self.origin.parts.requestDigest }
        set { self.change { $0.requestDigest = newValue } }
    }
    package var clientRequestID: String? {
        get { self.origin.parts.clientRequestID }
        set { self.change { $0.clientRequestID = newValue } }
    }

    private mutating func change(_ body: (inout Parts) -> Void) {
        var parts = self.origin.parts
        body(&parts)
        self.origin = Origin(parts)
    }

    private struct Parts: Sendable, Hashable {
        let id: String
        let owner: OperationOwner
        let operation: Operation
        let subscription: String
        let location: String
        let targetPath: String
        let apiVersion: String
        var statusLink: String?
        var resultLink: String?
        let decisionIndex: Int64
        let createdMilliseconds: Int64
        var requestDigest: String?
        var clientRequestID: String?
    }

    private final class Origin: Sendable, Hashable {
        let parts: Parts
        init(_ parts: Parts) { self.parts = parts }

        static func == (left: Origin, right: Origin) -> Bool { left === right || left.parts == right.parts }
        func hash(into hasher: inout Hasher) { hasher.combine(self.parts) }
    }
}

// An init beside the struct hands on to the memberwise one, and so makes no second copy of so many parts.
extension StoredOperation {
    package init(
        id: String, owner: OperationOwner, operation: Operation, subscription: String, location: String,
        targetPath: String, apiVersion: String, statusLink: String?, resultLink: String?, decisionIndex: Int64,
        createdMilliseconds: Int64, endedMilliseconds: Int64? = nil, requestDigest: String? = nil,
        clientRequestID: String? = nil, answer: KeptAnswer? = nil, isUnknown: Bool = false,
        wasUndelivered: Bool = false, wasServed: Bool = false
    ) {
        let parts = Parts(
            id: id, owner: owner, operation: operation, subscription: subscription, location: location,
            targetPath: targetPath, apiVersion: apiVersion, statusLink: statusLink, resultLink: resultLink,
            decisionIndex: decisionIndex, createdMilliseconds: createdMilliseconds, requestDigest: requestDigest,
            clientRequestID: clientRequestID)
        self.init(
            origin: Origin(parts), endedMilliseconds: endedMilliseconds, answer: answer, isUnknown: isUnknown,
            wasUndelivered: wasUndelivered, wasServed: wasServed)
    }
}

/// A command that was allowed and may have been sent, and of which no row tells what came of it: the gateway died in
/// between.
package struct UnansweredCommand: Sendable, Hashable {
    package var requestID: String
    package var correlationID: String
    package var clientRequestID: String?
    package var owner: OperationOwner
    package var operation: Operation
    package var target: ResourceTarget
    package var family: CommandFamily
    package var apiVersion: String
    /// Lower-case hexadecimal.
    package var requestDigest: String
    package var decisionIndex: Int64
    package var decidedMilliseconds: Int64

    package init(
        requestID: String, correlationID: String, clientRequestID: String?, owner: OperationOwner,
        operation: Operation, target: ResourceTarget, family: CommandFamily, apiVersion: String,
        requestDigest: String, decisionIndex: Int64, decidedMilliseconds: Int64
    ) {
        self.requestID = requestID
        self.correlationID = correlationID
        self.clientRequestID = clientRequestID
        self.owner = owner
        self.operation = operation
        self.target = target
        self.family = family
        self.apiVersion = apiVersion
        self.requestDigest = requestDigest
        self.decisionIndex = decisionIndex
        self.decidedMilliseconds = decidedMilliseconds
    }
}
