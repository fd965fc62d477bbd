package import ARMModel

/// Whom a polling link belongs to: compared as a whole, with nothing left out.
package struct OperationOwner: Sendable, Hashable {
    package var issuer: String
    package var tenant: String
    package var kind: String
    package var id: String

    package init(issuer: String, tenant: String, kind: String, id: String) {
        self.issuer = issuer
        self.tenant = tenant
        self.kind = kind
        self.id = id
    }
}

/// A long-running operation that ARM has accepted for a caller: our short link's other side. Survives a restart.
package struct StoredOperation: Sendable, Hashable {
    /// Our request id, a GUID in lower case: the `{ours}` of the link.
    package var id: String
    package var owner: OperationOwner
    package var operation: Operation
    package var subscription: String
    package var location: String
    /// Path of the machine's action or managed command, built from the request's names in the caller's spelling.
    package var targetPath: String
    package var apiVersion: String
    /// ARM's own links, as origin-form path and query on the configured endpoint; they are signed and stay inside.
    package var statusLink: String?
    package var resultLink: String?
    /// Index of the decision that let the command through.
    package var decisionIndex: Int64
    package var createdMilliseconds: Int64
    /// When the terminal state was first seen, milliseconds since 1970.
    package var endedMilliseconds: Int64?

    package init(
        id: String, owner: OperationOwner, operation: Operation, subscription: String, location: String,
        targetPath: String, apiVersion: String, statusLink: String?, resultLink: String?, decisionIndex: Int64,
        createdMilliseconds: Int64, endedMilliseconds: Int64? = nil
    ) {
        self.id = id
        self.owner = owner
        self.operation = operation
        self.subscription = subscription
        self.location = location
        self.targetPath = targetPath
        self.apiVersion = apiVersion
        self.statusLink = statusLink
        self.resultLink = resultLink
        self.decisionIndex = decisionIndex
        self.createdMilliseconds = createdMilliseconds
        self.endedMilliseconds = endedMilliseconds
    }
}
