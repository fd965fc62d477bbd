import ARMModel

/// What makes the body for ARM: the gateway's own way, or a deliberately wrong one to see that the checks can fail.
struct Forwarder: Sendable {
    var action: @Sendable (ActionBody) -> [UInt8]
    /// Of an update, its merge with the stored command, and the api-version.
    var update: @Sendable (ManagedUpdate, Command, APIVersion) throws(RequestError) -> [UInt8]
    /// Of a creation, what was judged of it, and the api-version.
    var create: @Sendable (ManagedCreate, Command, APIVersion) throws(RequestError) -> [UInt8]

    static let real = Forwarder(
        action: { ForwardedBody.action($0) },
        update: { (update, merged, version) throws(RequestError) in
            try ForwardedBody.update(update, merged: merged, timeoutSeconds: nil, version: version)
        },
        create: { (create, judged, version) throws(RequestError) in
            try ForwardedBody.create(create, command: judged, timeoutSeconds: nil, version: version)
        })
}

/// The kinds of request body.
enum BodyKind: String, Sendable { case action, update, create }
