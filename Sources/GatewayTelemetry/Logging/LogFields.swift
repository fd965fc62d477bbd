import Logging

/// The facts of one log line: metadata of logger, provider and call in one flat list, sorted by name.
///
/// Values become text through their description, never through their members: a redacted type stays redacted.
struct LogFields: Sendable {
    enum Value: Sendable, Hashable {
        case text(String)
        case list([String])
    }

    /// Names are unique. Nested dictionaries are flattened with dots.
    let fields: [(name: String, value: Value)]

    /// - Parameter reserved: names that the line itself uses; a fact of such a name is written as `metadata.NAME`.
    init(
        logger: Logger.Metadata, provider: Logger.MetadataProvider?, event: LogEvent, reserved: Set<String> = []
    ) {
        // The nearer to the call, the stronger.
        var metadata = logger
        if let provided = provider?.get() { metadata.merge(provided) { _, new in new } }
        if let given = event.metadata { metadata.merge(given) { _, new in new } }
        if let error = event.error {
            metadata["error.type"] = .string(String(reflecting: type(of: error)))
            metadata["error.message"] = .string(String(describing: error))
        }
        var flat: [String: Value] = [:]
        for (name, value) in metadata.sorted(by: { $0.key < $1.key }) {
            Self.flatten(reserved.contains(name) ? "metadata.\(name)" : name, value, into: &flat)
        }
        self.fields = flat.sorted { $0.key < $1.key }.map { (name: $0.key, value: $0.value) }
    }

    private static func flatten(_ name: String, _ value: Logger.MetadataValue, into flat: inout [String: Value]) {
        switch value {
        case .dictionary(let members):
            for (member, value) in members.sorted(by: { $0.key < $1.key }) {
                Self.flatten("\(name).\(member)", value, into: &flat)
            }
        case .array(let values): Self.add(name, .list(values.map { String(describing: $0) }), to: &flat)
        case .string(let text): Self.add(name, .text(text), to: &flat)
        case .stringConvertible(let value): Self.add(name, .text(String(describing: value)), to: &flat)
        }
    }

    /// `a.b` beside an `a` that has a member `b`: both are kept, for an object must not name a member twice.
    private static func add(_ name: String, _ value: Value, to flat: inout [String: Value]) {
        var name = name
        while flat[name] != nil { name += "_" }
        flat[name] = value
    }
}
