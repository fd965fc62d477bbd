import Foundation
import Glibc

/// The state of the simulated Microsoft.Compute: stored commands, actions under way and operations.
actor ComputeProvider {
    /// Operations that are kept; the oldest go first.
    static let keptOperations = 100_000
    /// Azure's limit of stored commands on one machine.
    static let maximumCommands = 25
    static let busy = ARMFailure(
        409, "Conflict",
        "Run command extension execution is in progress. Please wait for completion before invoking a run command.")

    let configuration: SimulatorConfiguration
    let scratch: URL
    var operations: [String: Operation] = [:]
    var operationOrder: [String] = []
    var commands: [StoredCommandKey: StoredCommand] = [:]
    /// Keys in the order in which lists show them.
    var commandOrder: [StoredCommandKey] = []
    var machinesInAction: Set<String> = []
    /// Scripts on their way, by operation.
    var processes: [String: ScriptProcess] = [:]
    /// Who waits for the last script to end.
    private var awaitingQuiet: [CheckedContinuation<Void, Never>] = []
    /// Deletions that wait for the script of the operation that is the key.
    var removals: [String: [(key: StoredCommandKey, operation: String)]] = [:]

    init(_ configuration: SimulatorConfiguration) {
        self.configuration = configuration
        // One of its own: what two share, one would remove while the other is making a directory in it.
        let own = "arm-simulator-\(UUID().uuidString.lowercased())"
        self.scratch = URL(
            fileURLWithPath: configuration.scratchDirectory
                ?? FileManager.default.temporaryDirectory.appendingPathComponent(own).path)
    }

    /// Kills every script and waits until nothing is left of them; their operations end as canceled.
    func stopEverything() async {
        for process in self.processes.values { process.stop(.canceled) }
        if !self.processes.isEmpty { await withCheckedContinuation { self.awaitingQuiet.append($0) } }
        // Goes only if it is empty: whatever else is in there is not ours.
        _ = rmdir(self.scratch.path)
    }

    func operation(_ id: String, subscription: String) -> Operation? {
        guard let found = self.operations[id.lowercased()],
            found.subscription.lowercased() == subscription.lowercased()
        else { return nil }
        return found
    }

    /// Starts an action; the answer is the operation to poll.
    func startAction(_ machine: ARMRoute.Machine, body: SimulatorJSON, apiVersion: String) throws -> Operation {
        let (program, isLinux) = try CommandProgram.action(
            body, timeoutSeconds: self.configuration.scriptTimeoutSeconds)
        guard !self.configuration.isInstant else {
            let operation = self.newOperation(
                machine, apiVersion, .action(elements: [], isOldForm: apiVersion < ComputeVersion.valueResult))
            self.finishAction(operation.id, .canned(""), isLinux: isLinux)
            return self.operations[operation.id] ?? operation
        }
        guard self.machinesInAction.insert(machine.key).inserted else { throw Self.busy }
        let operation = self.newOperation(
            machine, apiVersion, .action(elements: [], isOldForm: apiVersion < ComputeVersion.valueResult))
        let process = self.begin(program, operation: operation.id)
        Task {
            let outcome = await self.outcome(of: process, operation: operation.id)
            self.machinesInAction.remove(machine.key)
            self.finishAction(operation.id, outcome, isLinux: isLinux)
        }
        return operation
    }

    private func finishAction(_ id: String, _ outcome: ScriptOutcome, isLinux: Bool) {
        guard var operation = self.operations[id], case .action(_, let isOldForm) = operation.final else { return }
        switch outcome.ending {
        case .exited:
            operation.status = .succeeded
            operation.final = .action(elements: Self.elements(outcome, isLinux: isLinux), isOldForm: isOldForm)
        case .canceled:
            operation.status = .canceled
            operation.failure = ARMFailure(409, "OperationPreempted", "The command was stopped.")
        case .timedOut:
            operation.status = .failed
            operation.failure = ARMFailure(
                409, "VMExtensionProvisioningTimeout",
                "Provisioning of VM extension RunCommandLinux has timed out. Extension provisioning has taken too long "
                    + "to complete.")
        case .notStarted(let why):
            operation.status = .failed
            operation.failure = ARMFailure(409, "VMExtensionProvisioningError", why)
        }
        operation.endTime = Date()
        self.operations[id] = operation
    }

    private static func elements(_ outcome: ScriptOutcome, isLinux: Bool) -> SimulatorJSON {
        func element(_ code: String, _ message: String) -> SimulatorJSON {
            [
                "code": .string(code), "level": "Info", "displayStatus": "Provisioning succeeded",
                "message": .string(message),
            ]
        }
        guard isLinux else {
            return [
                element("ComponentStatus/StdOut/succeeded", outcome.output),
                element("ComponentStatus/StdErr/succeeded", outcome.error),
            ]
        }
        return [
            element(
                "ProvisioningState/succeeded",
                "Enable succeeded: \n[stdout]\n\(outcome.output)\n[stderr]\n\(outcome.error)")
        ]
    }

    // MARK: What actions and stored commands share

    func newOperation(_ machine: ARMRoute.Machine, _ apiVersion: String, _ final: Operation.Final) -> Operation {
        let operation = Operation(
            id: UUID().uuidString.lowercased(), partition: UUID().uuidString.lowercased(),
            subscription: machine.subscription, apiVersion: apiVersion, final: final)
        self.operations[operation.id] = operation
        self.operationOrder.append(operation.id)
        if self.operationOrder.count > Self.keptOperations * 2 {
            let old = self.operationOrder.prefix(Self.keptOperations)
            for id in old { self.operations[id] = nil }
            self.operationOrder.removeFirst(old.count)
        }
        return operation
    }

    /// A script that runs, or the outcome of what needs no running.
    enum Begun: Sendable {
        case running(ScriptProcess)
        case ended(ScriptOutcome)
    }

    func begin(_ program: CommandProgram, operation: String) -> Begun {
        switch program {
        case .answer(let outcome): return .ended(outcome)
        case .run(let run):
            do {
                let process = try ScriptProcess(run, root: self.scratch)
                self.processes[operation] = process
                return .running(process)
            } catch {
                return .ended(.notStarted(String(describing: error)))
            }
        }
    }

    func outcome(of begun: Begun, operation: String) async -> ScriptOutcome {
        switch begun {
        case .ended(let outcome): return outcome
        case .running(let process):
            let outcome = await process.outcome()
            self.processes[operation] = nil
            if self.processes.isEmpty {
                for waiting in self.awaitingQuiet { waiting.resume() }
                self.awaitingQuiet = []
            }
            return outcome
        }
    }
}
