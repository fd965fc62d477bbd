package import ARMModel
package import PolicyCore

/// Hears what the pipeline does, for metrics. Labels are bounded: operations, effects, rule ids, codes.
package protocol GatewayObserver: Sendable {
    func decided(operation: Operation?, effect: Decision.Effect, rule: String?)
    func answered(operation: Operation?, status: Int, code: String?)
    func upstream(operation: Operation, result: String, milliseconds: Double)
    func outcomeUnknown()
    func operationBegan()
    func operationEnded()
}
