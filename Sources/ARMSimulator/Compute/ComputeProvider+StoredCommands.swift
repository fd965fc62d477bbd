import Foundation

extension ComputeProvider {
    /// The commands of a machine in the order of their creation.
    func list(_ machine: ARMRoute.Machine, _ family: ARMRoute.CommandFamily) -> [StoredCommand] {
        self.commandOrder.filter { $0.machine == machine.key && $0.family == family }.compactMap { self.commands[$0] }
    }

    func command(_ key: StoredCommandKey) -> StoredCommand? { self.commands[key] }

    /// What a change began: the operation to poll, the command as it then stands, and whether it is new.
    struct Change: Sendable {
        var operation: Operation
        var command: StoredCommand
        var isNew: Bool
    }

    /// PUT: creates or replaces, then runs.
    func put(
        _ machine: ARMRoute.Machine, _ family: ARMRoute.CommandFamily, _ name: String, body: SimulatorJSON,
        apiVersion: String
    ) throws -> Change {
        guard let location = body["location"]?.string, !location.isEmpty else {
            throw ARMFailure(
                400, "LocationRequired", "The location property is required for this definition.", byGateway: true)
        }
        let key = StoredCommandKey(machine, family, name)
        let stored = self.commands[key]
        if stored == nil, self.list(machine, family).count >= Self.maximumCommands {
            let count = Self.maximumCommands
            throw ARMFailure(
                409, "Conflict",
                "The maximum number of managed Run commands (max=\(count), current=\(count)) has been reached.")
        }
        let command = StoredCommand(
            machine: stored?.machine ?? machine, family: family, name: stored?.name ?? name,
            location: location.lowercased().filter { $0 != " " }, tags: Self.tags(body["tags"]),
            properties: StoredCommand.merge(body["properties"], over: .object([])),
            provisioningState: stored == nil ? "Creating" : "Updating", operation: "")
        return try self.run(command, key, apiVersion: apiVersion, isNew: stored == nil)
    }

    /// PATCH: merges into the stored command, then runs it.
    func patch(_ key: StoredCommandKey, body: SimulatorJSON, id: String, apiVersion: String) throws -> Change {
        guard var command = self.commands[key] else { throw ARMFailure.resourceNotFound(id) }
        let isRecursive = self.configuration.mergesRecursively
        if let tags = body["tags"] {
            if isRecursive, case .object = tags {
                command.tags = StoredCommand.merge(tags, over: command.tags ?? .object([]), isRecursive: true)
            } else {
                command.tags = Self.tags(tags)
            }
        }
        command.properties = StoredCommand.merge(
            body["properties"], over: command.properties, isRecursive: isRecursive)
        command.provisioningState = "Updating"
        return try self.run(command, key, apiVersion: apiVersion, isNew: false)
    }

    /// DELETE: stops what runs; nil if there is nothing of this name.
    func delete(_ key: StoredCommandKey, apiVersion: String) -> Operation? {
        guard var command = self.commands[key] else { return nil }
        let previous = command.operation
        let operation = self.newOperation(command.machine, apiVersion, .nothing)
        guard let process = self.processes[previous] else {
            self.remove(key)
            self.end(operation.id, .succeeded, nil)
            return self.operations[operation.id]
        }
        command.provisioningState = "Deleting"
        command.operation = operation.id
        self.commands[key] = command
        process.stop(.canceled)
        self.removals[previous, default: []].append((key, operation.id))
        return operation
    }

    private static func tags(_ value: SimulatorJSON?) -> SimulatorJSON? { value == .null ? nil : value }

    private func run(
        _ changed: StoredCommand, _ key: StoredCommandKey, apiVersion: String, isNew: Bool
    ) throws -> Change {
        try StoredCommand.check(changed.properties)
        let limit = changed.properties["timeoutInSeconds"]?.int ?? 0
        let program = try CommandProgram.managed(
            changed.properties, timeoutSeconds: self.configuration.scriptTimeoutSeconds)
        if let previous = self.commands[key]?.operation { self.processes[previous]?.stop(.canceled) }
        var command = changed
        let operation = self.newOperation(command.machine, apiVersion, .command(key))
        command.operation = operation.id
        command.view = InstanceView(runningSince: Date())
        self.commands[key] = command
        if isNew { self.commandOrder.append(key) }

        let begun: Begun =
            self.configuration.isInstant ? .ended(.canned("")) : self.begin(program, operation: operation.id)
        if command.properties["asyncExecution"]?.bool == true {
            self.commands[key]?.provisioningState = "Succeeded"
            self.end(operation.id, .succeeded, nil)
        }
        if case .ended(let outcome) = begun, self.configuration.isInstant {
            self.finish(key, operation.id, outcome, limit)
        } else {
            Task {
                let outcome = await self.outcome(of: begun, operation: operation.id)
                self.finish(key, operation.id, outcome, limit)
            }
        }
        return Change(operation: self.operations[operation.id] ?? operation, command: command, isNew: isNew)
    }

    private func finish(_ key: StoredCommandKey, _ id: String, _ outcome: ScriptOutcome, _ limit: Int) {
        for (removed, operation) in self.removals.removeValue(forKey: id) ?? [] {
            if self.commands[removed]?.operation == operation { self.remove(removed) }
            self.end(operation, .succeeded, nil)
        }
        guard var command = self.commands[key], command.operation == id else {
            self.end(id, .canceled, ARMFailure(409, "OperationPreempted", "A later request took this one's place."))
            return
        }
        let seconds = limit > 0 ? limit : self.configuration.scriptTimeoutSeconds
        command.view = InstanceView(outcome, timeoutSeconds: seconds)
        let countsAsFailure = command.properties["treatFailureAsDeploymentFailure"]?.bool == true
        let hasFailed = command.view.executionState != "Succeeded"
        if command.provisioningState != "Succeeded" {
            command.provisioningState = hasFailed && countsAsFailure ? "Failed" : "Succeeded"
        }
        self.commands[key] = command
        if hasFailed, countsAsFailure {
            self.end(
                id, .failed,
                ARMFailure(409, "VMRunCommandExecutionFailed", command.view.executionMessage, target: command.name))
        } else {
            self.end(id, .succeeded, nil)
        }
    }

    private func remove(_ key: StoredCommandKey) {
        self.commands[key] = nil
        self.commandOrder.removeAll { $0 == key }
    }

    /// Ends an operation; the first ending stands.
    private func end(_ id: String, _ status: Operation.Status, _ failure: ARMFailure?) {
        guard var operation = self.operations[id], operation.status == .inProgress else { return }
        operation.status = status
        operation.failure = failure
        operation.endTime = Date()
        self.operations[id] = operation
    }
}
