package import ARMModel
package import Redaction

/// A command's fields as texts that tell apart whatever differs, secrets included.
package func fields(of command: Command) -> [String: String] {
    [
        "source": told(command.source, source), "scriptShell": told(command.scriptShell) { $0 },
        "parameters": told(command.parameters) { $0.map { "\($0.name)=\($0.value)" }.joined(separator: "&") },
        "protectedParameters": told(command.protectedParameters) { list in
            list.map { "\($0.name)=\(revealed($0.value))" }.joined(separator: "&")
        },
        "runAsUser": told(command.runAsUser) { $0 },
        "runAsPassword": told(command.runAsPassword) { $0.map(revealed) },
        "timeoutSeconds": told(command.timeoutSeconds) { $0.map(String.init) },
        "asyncExecution": told(command.asyncExecution) { $0.map(String.init) },
        "treatFailureAsDeploymentFailure": told(command.treatFailureAsDeploymentFailure) { $0.map(String.init) },
        "outputBlob": told(command.outputBlob) { $0.map(address) },
        "errorBlob": told(command.errorBlob) { $0.map(address) },
        "outputBlobIdentity": told(command.outputBlobIdentity) { $0.map { "\($0)" } },
        "errorBlobIdentity": told(command.errorBlobIdentity) { $0.map { "\($0)" } },
    ]
}

/// A secret's value, for comparing what tests sent with what came out.
package func revealed(_ secret: Secret) -> String { secret.withValue { $0 } }

/// An address as a text, its query included.
package func address(_ address: WebAddress) -> String {
    "\(address.hasUserInformation) \(address.withoutQuery) \(told(address.query) { $0.map(revealed) })"
}

private func told<Value>(_ known: Known<Value>, _ describe: (Value) -> String?) -> String {
    guard case .known(let value) = known else { return "unknown" }
    return describe(value).map { "is " + $0 } ?? "none"
}

private func source(_ source: ScriptSource?) -> String? {
    source.map { source in
        switch source {
        case .builtIn(let id): "built-in \(id)"
        case .inline(let id, let script): "inline \(id ?? "-") \(script.digest) \(script.text)"
        case .address(let place, let identity): "address \(address(place)) \(told(identity) { $0.map { "\($0)" } })"
        case .gallery(let id): "gallery \(id)"
        }
    }
}
