import Foundation

/// Answers requests to ARM: token, path, version, body, then the operation.
struct ARMEndpoint: Sendable {
    let configuration: SimulatorConfiguration
    let provider: ComputeProvider
    let tokens: TokenAuthority
    let links: OperationLinks

    /// What came, and the base (`https://host:port`) that the caller used.
    struct Incoming: Sendable {
        var method: String
        var target: RequestTarget
        var headers: [ARMFailure.Header]
        var body: [UInt8]
        var base: String

        func header(_ name: String) -> String? {
            self.headers.first { $0.name.lowercased() == name.lowercased() }?.value
        }
    }

    func answer(_ incoming: Incoming) async -> Answer {
        var answer: Answer
        do {
            try self.authenticate(incoming)
            answer = try await self.route(incoming)
        } catch let failure as ARMFailure {
            answer = Answer(failure)
        } catch {
            answer = Answer(ARMFailure(500, "InternalServerError", "The simulator failed: \(type(of: error))."))
        }
        self.addCommonHeaders(&answer, incoming)
        return answer
    }

    private func authenticate(_ incoming: Incoming) throws {
        let scheme = "bearer "
        let given = incoming.header("authorization") ?? ""
        var problem = "Authentication failed. The 'Authorization' header is missing."
        if given.lowercased().hasPrefix(scheme) {
            guard let why = self.tokens.problem(with: String(given.dropFirst(scheme.count))) else { return }
            problem = why
        }
        var failure = ARMFailure(401, "AuthenticationFailed", problem, byGateway: true)
        failure.headers = [
            .init(
                name: "WWW-Authenticate",
                value: "Bearer authorization_uri=\"\(incoming.base)/\(self.configuration.tenant)\", "
                    + "error=\"invalid_token\", error_description=\"\(problem)\"")
        ]
        throw failure
    }

    private func route(_ incoming: Incoming) async throws -> Answer {
        guard let route = ARMRoute(incoming.target.segments) else {
            throw ARMFailure(404, "InvalidResourceType", "The resource type could not be found.", byGateway: true)
        }
        switch route {
        case .action(let machine): return try await self.action(machine, incoming)
        case .commands(let machine, let family): return try await self.list(machine, family, incoming)
        case .command(let machine, let family, let name):
            return try await self.command(machine, family, name, incoming)
        case .operation(let subscription, _, let id): return try await self.poll(subscription, id, incoming)
        case .documents(let subscription, _):
            try self.check(incoming, ["GET"], subscription)
            _ = try self.version(incoming, since: "2017-03-30", "locations/runCommands")
            return Answer(status: 200, json: ["value": .array(BuiltInCommand.all.map(\.base))])
        case .document(let subscription, _, let id):
            try self.check(incoming, ["GET"], subscription)
            _ = try self.version(incoming, since: "2017-03-30", "locations/runCommands")
            guard let found = BuiltInCommand.named(id) else { throw ARMFailure.unknownCommand }
            return Answer(status: 200, json: found.document)
        case .subscriptions, .subscription, .tenants, .locations, .resourceGroup:
            try self.check(incoming, ["GET"], nil)
            guard incoming.target.query("api-version")?.isEmpty == false else {
                _ = try self.version(incoming, since: "", "")
                break
            }
            return Answer(status: 200, json: try CompanionReads(configuration: self.configuration).answer(route))
        }
        return Answer(status: 404)
    }

    private func action(_ machine: ARMRoute.Machine, _ incoming: Incoming) async throws -> Answer {
        try self.check(incoming, ["POST"], machine.subscription)
        let version = try self.version(
            incoming, since: machine.instance == nil ? "2017-03-30" : ComputeVersion.scaleSetAction,
            "\(machine.type)/runCommand")
        try self.exists(machine)
        let body = try BodyBinding(apiVersion: version).bind(Self.json(incoming), to: .action, isResource: false)
        let operation = try await self.provider.startAction(machine, body: body, apiVersion: version)
        var answer = Answer(status: 202)
        self.addLinks(&answer, operation, incoming, status: true, location: true)
        return answer
    }

    // MARK: Shared by the operations

    func check(_ incoming: Incoming, _ methods: [String], _ subscription: String?) throws {
        guard methods.contains(incoming.method) else {
            var failure = ARMFailure(
                405, "MethodNotAllowed", "The requested resource does not support http method '\(incoming.method)'.",
                byGateway: true)
            failure.headers = [.init(name: "Allow", value: methods.joined(separator: ","))]
            throw failure
        }
        if let subscription, UUID(uuidString: subscription) == nil {
            throw ARMFailure(
                400, "InvalidSubscriptionId",
                "The provided subscription identifier '\(subscription)' is malformed or invalid.",
                byGateway: true)
        }
    }

    func version(_ incoming: Incoming, since: String, _ type: String) throws -> String {
        try ComputeVersion.check(incoming.target.query("api-version"), since: since, type: type)
    }

    func exists(_ machine: ARMRoute.Machine) throws {
        if machine.resourceGroup.lowercased().hasPrefix("missing") {
            throw ARMFailure(
                404, "ResourceGroupNotFound", "Resource group '\(machine.resourceGroup)' could not be found.",
                byGateway: true)
        }
        let name = machine.instance.map { "\(machine.name)/\($0)" } ?? machine.name
        let isThere =
            self.configuration.machines.map { $0.contains { $0.lowercased() == name.lowercased() } }
            ?? !name.lowercased().hasPrefix("missing")
        if !isThere { throw ARMFailure.resourceNotFound(machine.id) }
    }

    static func json(_ incoming: Incoming) throws -> SimulatorJSON {
        do {
            return try LenientJSONReader.read(incoming.body)
        } catch let failure as LenientJSONReader.Failure {
            throw ARMFailure(
                400, "InvalidRequestContent",
                "The request content was invalid and could not be deserialized: '\(failure.message)'.", byGateway: true)
        }
    }

    func addLinks(_ answer: inout Answer, _ operation: Operation, _ incoming: Incoming, status: Bool, location: Bool) {
        if location { answer.set("Location", self.links.url(operation, base: incoming.base, isMonitor: true)) }
        if status {
            answer.set("Azure-AsyncOperation", self.links.url(operation, base: incoming.base, isMonitor: false))
        }
        if let seconds = self.configuration.retryAfterSeconds { answer.set("Retry-After", String(seconds)) }
        answer.set("x-ms-request-id", operation.id)
    }

    private func addCommonHeaders(_ answer: inout Answer, _ incoming: Incoming) {
        let given = incoming.header("x-ms-correlation-request-id") ?? ""
        let correlation = UUID(uuidString: given) == nil ? UUID().uuidString.lowercased() : given
        let isRead = incoming.method == "GET"
        var headers: [(String, String)] = [
            ("Cache-Control", "no-cache"), ("Pragma", "no-cache"), ("Expires", "-1"),
            ("Strict-Transport-Security", "max-age=31536000; includeSubDomains"),
            ("X-Content-Type-Options", "nosniff"), ("x-ms-correlation-request-id", correlation),
            ("x-ms-routing-request-id", "EASTUS:\(Timestamp.compact(Date())):\(correlation)"),
            ("x-ms-ratelimit-remaining-subscription-\(isRead ? "reads" : "writes")", isRead ? "11999" : "1199"),
        ]
        if answer.header("x-ms-request-id") == nil {
            headers.append(("x-ms-request-id", UUID().uuidString.lowercased()))
        }
        if answer.status < 400 {
            headers.append(
                (
                    "x-ms-ratelimit-remaining-resource",
                    isRead
                        ? "Microsoft.Compute/GetOperation3Min;14999,Microsoft.Compute/GetOperation30Min;29999"
                        : "Microsoft.Compute/UpdateVM3Min;239,Microsoft.Compute/UpdateVM30Min;1199"
                ))
        }
        if isRead, answer.status == 200 { headers.append(("Vary", "Accept-Encoding")) }
        if incoming.header("x-ms-return-client-request-id")?.lowercased() == "true",
            let id = incoming.header("x-ms-client-request-id")
        {
            headers.append(("x-ms-client-request-id", id))
        }
        for (name, value) in headers { answer.set(name, value) }
    }
}
