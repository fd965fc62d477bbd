import AuditModel
import AuditStore
import Crypto
import StrictJSON

/// A row of the record as a person or program is to read it: its canonical JSON, kept texts put back in the places of
/// their commitments.
struct RecordDocument {
    /// What became of one commitment.
    enum KeptText: Hashable {
        /// The text is kept and is the one that was committed to.
        case fits
        /// The row is as it was written, its text is not kept: erased, or never stored.
        case withheld
        case differs
        case missing
        /// A text for which there is no commitment.
        case uncommitted
    }

    let index: Int64
    /// `nil` if the canonical bytes cannot be read.
    let node: JSONNode?
    /// Whether the row's SHA-256 is that of its canonical bytes.
    let isHashRight: Bool
    let sha256: [UInt8]
    /// By JSON pointer, in the order of the row.
    let texts: [(pointer: String, state: KeptText)]

    /// What does not fit, in words, without values of the row.
    var problems: [String] {
        var problems: [String] = []
        if self.node == nil { problems.append("the canonical bytes cannot be read") }
        if !self.isHashRight { problems.append("sha256 is not that of the canonical bytes") }
        for (pointer, state) in self.texts {
            switch state {
            case .fits, .withheld: continue
            case .differs: problems.append("the body of \(pointer) does not fit its commitment")
            case .missing: problems.append("the body of \(pointer) is missing")
            case .uncommitted: problems.append("a body stands for \(pointer), where there is no commitment")
            }
        }
        return problems
    }

    /// The row as it stands, without its texts.
    init(_ row: AuditRow) { self.init(row, bodies: nil) }

    /// The row with the texts that fit their commitments; one that does not stays out.
    init(_ row: AuditRow, bodies: [AuditBody]) { self.init(row, bodies: .some(bodies)) }

    private init(_ row: AuditRow, bodies: [AuditBody]?) {
        self.index = row.index
        self.sha256 = row.sha256
        self.isHashRight = Array(SHA256.hash(data: row.canonical)) == row.sha256
        let canonical = try? JSONReader.read(row.canonical, limits: .record, names: .refuseIdentical)
        guard let canonical, canonical.members != nil else {
            self.node = nil
            self.texts = []
            return
        }
        guard let bodies else {
            self.node = canonical
            self.texts = []
            return
        }
        var restoring = TextRestoring(bodies: bodies)
        self.node = restoring.restored(canonical, at: "")
        self.texts = restoring.outcome
    }

    /// One JSON object in one line: the row's index, then its members in canonical order.
    var json: [UInt8] {
        var json = JSONWriter(capacity: 2048)
        json.beginObject()
        json.member("index", self.index)
        for member in self.node?.members ?? [] where member.name != "index" {
            json.name(member.name)
            json.node(member.value)
        }
        json.endObject()
        return TerminalText.escapedJSON(json.bytes)
    }
}

/// Puts texts in the places of their commitments.
private struct TextRestoring {
    private var bodies: [String: AuditBody]
    private var found: [(pointer: String, state: RecordDocument.KeptText)] = []

    init(bodies: [AuditBody]) {
        self.bodies = Dictionary(bodies.map { ($0.pointer, $0) }, uniquingKeysWith: { first, _ in first })
    }

    var outcome: [(pointer: String, state: RecordDocument.KeptText)] {
        self.found + self.bodies.keys.sorted().map { ($0, .uncommitted) }
    }

    mutating func restored(_ node: JSONNode, at pointer: String) -> JSONNode {
        switch node.value {
        case .null, .bool, .number, .string: return node
        case .array(let elements):
            var out: [JSONNode] = []
            for (position, element) in elements.enumerated() {
                out.append(self.restored(element, at: "\(pointer)/\(position)"))
            }
            return JSONNode(.array(out))
        case .object(let members):
            if let (hex, length) = node.commitment { return self.text(hex, length, at: pointer) ?? node }
            var out: [JSONMember] = []
            for member in members {
                // RFC 6901; the record's own names never need it, a forged one may.
                let name = member.name.split(separator: "~", omittingEmptySubsequences: false).joined(separator: "~0")
                    .split(separator: "/", omittingEmptySubsequences: false).joined(separator: "~1")
                out.append(
                    JSONMember(name: member.name, value: self.restored(member.value, at: "\(pointer)/\(name)")))
            }
            return JSONNode(.object(out))
        }
    }

    private mutating func text(_ hex: String, _ length: Int64, at pointer: String) -> JSONNode? {
        guard let body = self.bodies.removeValue(forKey: pointer) else {
            self.found.append((pointer, .missing))
            return nil
        }
        guard let bytes = body.text else {
            self.found.append((pointer, .withheld))
            return nil
        }
        guard LowerHex.text(AuditBody.commitment(salt: body.salt, text: bytes)) == hex, Int64(bytes.count) == length,
            let text = String(validating: bytes, as: UTF8.self)
        else {
            self.found.append((pointer, .differs))
            return nil
        }
        self.found.append((pointer, .fits))
        return JSONNode(.string(text))
    }
}

extension JSONNode {
    /// The commitment that stands here, if one does: exactly these two members of these types.
    var commitment: (hex: String, length: Int64)? {
        guard self.members?.count == 2, let hex = self["commitment"]?.string, let length = self["length"]?.integer
        else { return nil }
        return (hex, length)
    }
}
