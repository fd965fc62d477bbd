import AuditModel
import Crypto
import StrictJSON

/// What is wrong with one row, from its own bytes alone; shares no code with the writer.
///
/// Problems name members and columns, never their values.
enum AuditRowCheck {
    private static let columns: [(name: String, column: @Sendable (AuditRow) -> String?, member: [StaticString])] = [
        ("event", { $0.event }, ["event"]),
        ("time", { $0.time }, ["time"]),
        ("requestID", { $0.columns.requestID }, ["requestID"]),
        ("principal", { $0.columns.principal }, ["principal", "id"]),
        ("operation", { $0.columns.operation }, ["operation"]),
        ("subscription", { $0.columns.subscription }, ["target", "subscription"]),
        ("resourceGroup", { $0.columns.resourceGroup }, ["target", "resourceGroup"]),
        ("runCommand", { $0.columns.runCommand }, ["target", "runCommand"]),
        ("effect", { $0.columns.effect }, ["decision", "effect"]),
        ("rule", { $0.columns.rule }, ["decision", "rule"]),
        ("scriptSHA256", { $0.columns.scriptSHA256 }, ["command", "scriptSHA256"]),
        ("outcome", { $0.columns.outcome }, ["outcome", "status"]),
    ]

    static func problems(_ row: AuditRow, bodies: [AuditBody]) -> [String] {
        var problems: [String] = []
        if Array(SHA256.hash(data: row.canonical)) != row.sha256 {
            problems.append("sha256 is not that of the canonical bytes")
        }
        let node: JSONNode
        do {
            node = try JSONReader.read(row.canonical, limits: .record, names: .refuseIdentical)
        } catch {
            problems.append("the canonical bytes cannot be read: \(error.explanation) at byte \(error.offset)")
            return problems
        }
        if CanonicalJSON.bytes(of: node) != row.canonical {
            problems.append("the canonical bytes are not in canonical form")
        }
        for (name, column, member) in Self.columns where column(row) != Self.text(node, member) {
            problems.append("column \(name) does not agree with \(member.map { "\($0)" }.joined(separator: "."))")
        }
        if row.columns.machine != Self.machine(node) {
            problems.append("column machine does not agree with target")
        }
        return problems + Self.problems(of: bodies, in: node)
    }

    private static func problems(of bodies: [AuditBody], in node: JSONNode) -> [String] {
        var problems: [String] = []
        var commitments = Commitments.all(in: node)
        for body in bodies {
            guard let commitment = commitments.removeValue(forKey: body.pointer) else {
                problems.append("a body stands for \(body.pointer), where there is no commitment")
                continue
            }
            guard let text = body.text else { continue }
            if Int64(text.count) != commitment.length {
                problems.append("the body of \(body.pointer) has another length than its commitment says")
            }
            if Self.hex(body) != commitment.hex {
                problems.append("the body of \(body.pointer) does not fit its commitment")
            }
        }
        for pointer in commitments.keys.sorted() { problems.append("the body of \(pointer) is missing") }
        return problems
    }

    /// SHA-256 over salt and text.
    private static func hex(_ body: AuditBody) -> String {
        var hash = SHA256()
        hash.update(data: body.salt)
        hash.update(data: body.text ?? [])
        let digits = Array("0123456789abcdef".utf8)
        return String(
            decoding: hash.finalize().flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }

    private static func text(_ node: JSONNode, _ path: [StaticString]) -> String? {
        path.reduce(node as JSONNode?) { found, name in found?[name] }?.string
    }

    private static func machine(_ node: JSONNode) -> String? {
        if let machine = Self.text(node, ["target", "virtualMachine"]) { return machine }
        guard let scaleSet = Self.text(node, ["target", "scaleSet"]) else { return nil }
        guard let instance = Self.text(node, ["target", "instance"]) else { return scaleSet }
        return "\(scaleSet)/\(instance)"
    }
}
