import Foundation

extension ARMEndpoint {
    /// GET of all commands of a machine, in pages.
    func list(
        _ machine: ARMRoute.Machine, _ family: ARMRoute.CommandFamily, _ incoming: Incoming
    ) async throws -> Answer {
        try self.check(incoming, ["GET"], machine.subscription)
        let version = try self.version(incoming, since: family.since, "\(machine.type)/\(family.rawValue)")
        try self.exists(machine)
        let withView = Self.wantsView(incoming)
        let all = await self.provider.list(machine, family)
        let start = min(incoming.target.query("$skiptoken").flatMap(Int.init) ?? 0, all.count)
        let page = all[max(0, start)...].prefix(self.configuration.pageSize)
        var members: [SimulatorJSON.Member] = [
            .init("value", .array(page.map { $0.resource(withView: withView) }))
        ]
        if page.endIndex < all.count {
            let expand = withView ? "&$expand=instanceView" : ""
            members.append(
                .init(
                    "nextLink",
                    .string(
                        "\(incoming.base)\(machine.id)/\(family.rawValue)?api-version=\(version)\(expand)"
                            + "&$skiptoken=\(page.endIndex)")))
        }
        return Answer(status: 200, json: .object(members))
    }

    /// GET, PUT, PATCH and DELETE of one command.
    func command(
        _ machine: ARMRoute.Machine, _ family: ARMRoute.CommandFamily, _ name: String, _ incoming: Incoming
    ) async throws -> Answer {
        try self.check(incoming, ["GET", "PUT", "PATCH", "DELETE"], machine.subscription)
        let version = try self.version(incoming, since: family.since, "\(machine.type)/\(family.rawValue)")
        try self.exists(machine)
        let key = StoredCommandKey(machine, family, name)
        let id = "\(machine.id)/\(family.rawValue)/\(name)"
        switch incoming.method {
        case "GET":
            guard let found = await self.provider.command(key) else { throw ARMFailure.resourceNotFound(id) }
            return Answer(status: 200, json: found.resource(withView: Self.wantsView(incoming)))
        case "PUT":
            let body = try BodyBinding(apiVersion: version).bind(Self.json(incoming), to: .resource, isResource: true)
            let change = try await self.provider.put(machine, family, name, body: body, apiVersion: version)
            return self.changed(change, incoming)
        case "PATCH":
            let body = try BodyBinding(apiVersion: version).bind(Self.json(incoming), to: .update, isResource: true)
            let change = try await self.provider.patch(key, body: body, id: id, apiVersion: version)
            return self.changed(change, incoming)
        default:
            guard let operation = await self.provider.delete(key, apiVersion: version) else {
                return Answer(status: 204)
            }
            var answer = Answer(status: 202)
            self.addLinks(&answer, operation, incoming, status: true, location: true)
            return answer
        }
    }

    /// Both forms of polling.
    func poll(_ subscription: String, _ id: String, _ incoming: Incoming) async throws -> Answer {
        try self.check(incoming, ["GET"], subscription)
        _ = try self.version(incoming, since: "2017-03-30", "locations/operations")
        guard let operation = await self.provider.operation(id, subscription: subscription) else {
            throw ARMFailure(404, "NotFound", "The entity was not found in this Azure location.")
        }
        guard self.links.accepts(incoming.target, operation) else {
            throw ARMFailure(403, "InvalidOperationLink", "The link of the operation was changed on its way.")
        }
        let isRunning = operation.status == .inProgress
        guard incoming.target.query("monitor")?.lowercased() == "true" else {
            var answer = Answer(status: 200, json: operation.statusBody)
            if isRunning, let seconds = self.configuration.retryAfterSeconds {
                answer.set("Retry-After", String(seconds))
            }
            return answer
        }
        if isRunning {
            var answer = Answer(status: 202)
            self.addLinks(&answer, operation, incoming, status: false, location: true)
            answer.remove("x-ms-request-id")
            return answer
        }
        if let failure = operation.failure { throw failure }
        switch operation.final {
        case .nothing: return Answer(status: 204)
        case .action(let elements, let isOldForm):
            return Answer(status: 200, json: isOldForm ? operation.statusBody : ["value": elements])
        case .command(let key):
            guard let found = await self.provider.command(key) else {
                throw ARMFailure(404, "NotFound", "The command was deleted meanwhile.")
            }
            return Answer(status: 200, json: found.resource(withView: false))
        }
    }

    private func changed(_ change: ComputeProvider.Change, _ incoming: Incoming) -> Answer {
        var answer =
            self.configuration.managedAccepted && !change.isNew
            ? Answer(status: 202)
            : Answer(status: change.isNew ? 201 : 200, json: change.command.resource(withView: false))
        self.addLinks(
            &answer, change.operation, incoming, status: true, location: self.configuration.managedLocationHeader)
        return answer
    }

    private static func wantsView(_ incoming: Incoming) -> Bool {
        incoming.target.query("$expand")?.lowercased() == "instanceview"
    }
}
