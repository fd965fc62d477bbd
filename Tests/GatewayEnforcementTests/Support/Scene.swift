import ARMModel
import AuditModel
import PolicyCore
import Redaction
import StrictJSON
import Synchronization
import Testing

@testable import GatewayEnforcement

/// A gateway between a record in memory and a scripted ARM, with a policy made here.
struct Scene {
    static let subscription = "00000000-0000-0000-0000-00000000000a"
    static let tenant = "40000000-0000-0000-0000-000000000001"
    static let issuer = "https://sts.windows.net/\(tenant)/"
    static let script = ScriptText("echo hello")
    static let person = Principal(
        kind: .user, id: "10000000-0000-0000-0000-000000000001", tenant: tenant, issuer: issuer)
    static let group = "/subscriptions/\(subscription)/resourceGroups/rg-web-1/providers/Microsoft.Compute"
    static let action = group + "/virtualMachines/web-01/runCommand?api-version=2024-11-01"
    static let commandPath = group + "/virtualMachineScaleSets/web-set/virtualMachines/3/runCommands/Report"
    static let command = commandPath + "?api-version=2024-11-01"
    static let allowedBody = #"{"commandId":"RunShellScript","script":["echo hello"]}"#

    let log: MemoryAuditLog
    let upstream: ScriptedUpstream
    let gateway: Gateway
    let clock: TestClock

    /// - Parameter log: of an earlier scene, to go on after a restart.
    init(
        rules: [Rule]? = nil, results: [UpstreamResult] = [], passesCallerToken: Bool = false, yields: Int = 0,
        retry: RepeatSettings = RepeatSettings(), log: MemoryAuditLog = MemoryAuditLog(),
        clock: TestClock = TestClock(), firstRequest: Int = 1
    ) throws {
        self.clock = clock
        self.log = log
        self.upstream = ScriptedUpstream(results, log: log, yields: yields)
        let policy = Policy(rules: try rules ?? Self.rules(), digest: "digest")
        let counter = Mutex(firstRequest - 1)
        let salts = Mutex<UInt8>(0)
        self.gateway = Gateway(
            policy: { policy }, log: log, upstream: self.upstream, observer: SilentObserver(),
            links: PollingLinks(publicURL: "https://run.contoso.example", endpointAuthority: "arm.example"),
            record: RecordSettings(fingerprintKey: FingerprintKey(bytes: [UInt8](repeating: 7, count: 32))) {
                salts.withLock { salt in
                    salt &+= 1
                    return [UInt8](repeating: salt, count: 16)
                }
            },
            retry: retry, passesCallerToken: passesCallerToken, now: { clock.milliseconds },
            uptimeMilliseconds: { clock.uptimeMilliseconds },
            newRequestID: {
                counter.withLock { count in
                    count += 1
                    return Self.requestID(count)
                }
            }, pause: { _ in await clock.pause() })
    }

    static func requestID(_ number: Int) -> String { "99999999-0000-4000-8000-\(String(100_000_000_000 + number))" }

    // MARK: Policy

    static func rules(_ change: (inout Rule) throws -> Void = { _ in }) throws -> [Rule] {
        let targets = [
            TargetPattern(
                subscription: try Glob(Self.subscription), resourceGroup: try Glob("rg-web-*"),
                machine: .virtualMachine(try Glob("web-*"))),
            TargetPattern(
                subscription: try Glob(Self.subscription), resourceGroup: try Glob("rg-web-*"),
                machine: .scaleSet(try Glob("web-*"), instance: nil)),
        ]
        let person = PrincipalSet([.user(try #require(DirectoryID(Self.person.id)))])
        let commands = CommandSet([
            CommandRule(
                source: .script(digest: Self.script.digest), carrier: .shell,
                parameters: .listed(["path": ParameterConstraint()]),
                protectedParameters: .listed(["token": ParameterConstraint()])),
            CommandRule(source: .builtIn(commandID: "IPConfig")),
        ])
        var run = Rule(id: "run", effect: .allow)
        run.principals = person
        run.operations = OperationSet([.run, .read])
        run.targets = targets
        run.commands = commands
        var update = Rule(id: "update", effect: .allow)
        update.principals = person
        update.operations = OperationSet([.update])
        update.targets = targets
        update.commands = commands
        update.storedSecrets = true
        update.runAs = AccountSet(hasDefault: true, names: ["svc"])
        update.limits = Limits(timeoutSeconds: 600)
        update.outputBlobs = [try BlobPattern("https://logs.blob.core.windows.net/run/*")]
        update.errorBlobs = update.outputBlobs
        try change(&update)
        return [run, update]
    }

    // MARK: Calls

    func call(
        _ method: String, _ target: String, body: String? = nil, as principal: Principal = Scene.person,
        token: Secret? = nil, failure: BodyFailure? = nil,
        headers change: (inout CallHeaders) -> Void = { _ in },
        whenAbandoned: @escaping @Sendable (@escaping @Sendable () -> Void) -> Void = { _ in }
    ) async -> GatewayAnswer {
        var headers = CallHeaders()
        change(&headers)
        return await self.gateway.handle(
            InboundCall(
                method: method, target: target, principal: principal, clientAddress: "192.0.2.1", callerToken: token,
                headers: headers, hasBody: body != nil || failure != nil, whenAbandoned: whenAbandoned
            ) { () throws(BodyFailure) in
                if let failure { throw failure }
                return Array((body ?? "").utf8)
            })
    }

    func run(_ body: String = Scene.allowedBody) async -> GatewayAnswer {
        await self.call("POST", Scene.action, body: body)
    }

    func update(_ body: String) async -> GatewayAnswer { await self.call("PATCH", Scene.command, body: body) }

    /// The path and query of a polling link that was handed out.
    func follow(_ link: String?, as principal: Principal = Scene.person) async -> GatewayAnswer {
        let prefix = "https://run.contoso.example"
        guard let link, link.hasPrefix(prefix) else {
            Issue.record("not a link of the gateway's: \(link ?? "none")")
            return GatewayAnswer(status: 0)
        }
        return await self.call("GET", String(link.dropFirst(prefix.count)), as: principal)
    }

    // MARK: The record

    func rows() throws -> [JSONNode] {
        try self.log.entries.map { try JSONReader.read($0.canonical, limits: .record, names: .refuseIdentical) }
    }

    func events() -> [String] { self.log.entries.map(\.event.rawValue) }
    func last(_ event: String) throws -> JSONNode {
        try #require(try self.rows().last { $0["event"]?.string == event })
    }
}

struct SilentObserver: GatewayObserver {
    func decided(operation: ARMModel.Operation?, effect: Decision.Effect, rule: String?) {}
    func answered(operation: ARMModel.Operation?, status: Int, code: String?) {}
    func upstream(operation: ARMModel.Operation, result: String, milliseconds: Double) {}
    func outcomeUnknown() {}
    func operationBegan() {}
    func operationEnded() {}
}

extension GatewayAnswer {
    func header(_ name: String) -> String? {
        let found = self.headers.filter { $0.0 == name }
        #expect(found.count <= 1, "\(name) twice")
        return found.first?.1
    }

    var text: String { String(decoding: self.body, as: UTF8.self) }
    var json: JSONNode? { try? JSONReader.read(self.body, limits: .answer, names: .refuseIdentical) }
    var error: String? { self.json?["error"]?["code"]?.string }
    var index: Int? { self.header("x-sallyport-audit-index").flatMap { Int($0) } }
}
