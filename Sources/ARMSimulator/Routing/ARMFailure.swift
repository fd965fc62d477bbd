/// An error in ARM's envelope.
struct ARMFailure: Error, Sendable, Equatable {
    var status: Int
    var code: String
    var message: String
    var target: String?
    /// True where ARM itself refuses, before the provider sees the request (`x-ms-failure-cause: gateway`).
    var byGateway: Bool
    var headers: [Header] = []

    struct Header: Sendable, Equatable {
        var name: String
        var value: String
    }

    init(_ status: Int, _ code: String, _ message: String, target: String? = nil, byGateway: Bool = false) {
        self.status = status
        self.code = code
        self.message = message
        self.target = target
        self.byGateway = byGateway
    }

    /// `{"code", "message", "target"?}`.
    var detail: SimulatorJSON {
        var members: [SimulatorJSON.Member] = [
            .init("code", .string(self.code)), .init("message", .string(self.message)),
        ]
        if let target { members.append(.init("target", .string(target))) }
        return .object(members)
    }

    /// `{"error": {…}}`.
    var envelope: SimulatorJSON { ["error": self.detail] }

    static let unknownCommand = ARMFailure(404, "NotFound", "The entity was not found in this Azure location.")

    static func resourceNotFound(_ id: String) -> ARMFailure {
        ARMFailure(
            404, "ResourceNotFound",
            "The Resource '\(id)' was not found. For more details please go to https://aka.ms/ARMResourceNotFoundFix",
            byGateway: true)
    }
}
