/// A rule's `limits`: bounds on how a managed command runs. An action has none of these fields.
package struct Limits: Sendable, Hashable {
    /// How long an action may run in Azure, seconds: nothing can shorten it, so a rule with `run` and a smaller limit
    /// promises what it cannot hold.
    package static let actionSeconds = 5_400

    /// Most seconds; a request without a positive time-out gets this one written in.
    package var timeoutSeconds: Int?
    /// What the flag must be; a request without it counts as `false`, which is Azure's default.
    package var asyncExecution: Bool?
    /// What the flag must be; a request without it counts as `false`, which is Azure's default.
    package var treatFailureAsDeploymentFailure: Bool?

    package init(
        timeoutSeconds: Int? = nil, asyncExecution: Bool? = nil, treatFailureAsDeploymentFailure: Bool? = nil
    ) {
        self.timeoutSeconds = timeoutSeconds
        self.asyncExecution = asyncExecution
        self.treatFailureAsDeploymentFailure = treatFailureAsDeploymentFailure
    }
}
