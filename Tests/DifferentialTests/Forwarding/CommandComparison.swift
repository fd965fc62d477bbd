import ARMModel
import Foundation
import Redaction

/// Compares typed commands byte for byte: `==` on strings would call texts equal that Unicode calls equivalent.
enum CommandComparison {
    /// - Returns: the first field that differs.
    static func difference(_ a: Command, _ b: Command) -> String? {
        self.judgedDifference(a, b) ?? self.hiddenDifference(a, b)
    }

    /// Of what an update writes outright, so that nothing stored decides.
    static func judgedDifference(_ a: Command, _ b: Command) -> String? {
        if !self.same(a.source, b.source, self.same) { return "source" }
        if !self.same(a.scriptShell, b.scriptShell, self.same) { return "scriptShell" }
        if !self.same(a.parameters, b.parameters, self.same) { return "parameters" }
        if !self.same(a.runAsUser, b.runAsUser, self.same) { return "runAsUser" }
        if a.timeoutSeconds != b.timeoutSeconds { return "timeoutInSeconds" }
        if a.asyncExecution != b.asyncExecution { return "asyncExecution" }
        if a.treatFailureAsDeploymentFailure != b.treatFailureAsDeploymentFailure {
            return "treatFailureAsDeploymentFailure"
        }
        return nil
    }

    private static func hiddenDifference(_ a: Command, _ b: Command) -> String? {
        if !self.same(a.protectedParameters, b.protectedParameters, self.same) { return "protectedParameters" }
        if !self.same(a.runAsPassword, b.runAsPassword, self.same) { return "runAsPassword" }
        if !self.same(a.outputBlob, b.outputBlob, self.same) { return "outputBlobUri" }
        if !self.same(a.errorBlob, b.errorBlob, self.same) { return "errorBlobUri" }
        if !self.same(a.outputBlobIdentity, b.outputBlobIdentity, self.same) { return "outputBlobManagedIdentity" }
        if !self.same(a.errorBlobIdentity, b.errorBlobIdentity, self.same) { return "errorBlobManagedIdentity" }
        return nil
    }

    static func same(_ a: [(name: String, value: String)]?, _ b: [(name: String, value: String)]?) -> Bool {
        guard let a, let b else { return a == nil && b == nil }
        return a.count == b.count
            && zip(a, b).allSatisfy { self.same($0.name, $1.name) && self.same($0.value, $1.value) }
    }

    static func same(_ a: String, _ b: String) -> Bool {
        var a = a
        var b = b
        return a.withUTF8 { left in
            b.withUTF8 { right in
                guard left.count == right.count else { return false }
                guard let first = left.baseAddress, let second = right.baseAddress else { return true }
                return memcmp(first, second, left.count) == 0
            }
        }
    }

    private static func same<Value>(_ a: Known<Value>, _ b: Known<Value>, _ same: (Value, Value) -> Bool) -> Bool {
        switch (a, b) {
        case (.unknown, .unknown): true
        case (.known(let a), .known(let b)): same(a, b)
        default: false
        }
    }

    private static func same(_ a: String?, _ b: String?) -> Bool {
        guard let a, let b else { return a == nil && b == nil }
        return self.same(a, b)
    }

    private static func same(_ a: Secret?, _ b: Secret?) -> Bool {
        guard let a, let b else { return a == nil && b == nil }
        return a.withValue { left in b.withValue { right in self.same(left, right) } }
    }

    private static func same(_ a: [Parameter], _ b: [Parameter]) -> Bool {
        a.count == b.count && zip(a, b).allSatisfy { self.same($0.name, $1.name) && self.same($0.value, $1.value) }
    }

    private static func same(_ a: [ProtectedParameter], _ b: [ProtectedParameter]) -> Bool {
        a.count == b.count
            && zip(a, b).allSatisfy { self.same($0.name, $1.name) && self.same(Optional($0.value), $1.value) }
    }

    private static func same(_ a: WebAddress?, _ b: WebAddress?) -> Bool {
        guard let a, let b else { return a == nil && b == nil }
        return self.same(a.withoutQuery, b.withoutQuery) && a.hasUserInformation == b.hasUserInformation
            && self.same(a.query, b.query, self.same)
    }

    private static func same(_ a: ManagedIdentity?, _ b: ManagedIdentity?) -> Bool {
        switch (a, b) {
        case (nil, nil), (.system, .system): true
        case (.clientID(let a), .clientID(let b)), (.objectID(let a), .objectID(let b)): self.same(a, b)
        default: false
        }
    }

    private static func same(_ a: ScriptSource?, _ b: ScriptSource?) -> Bool {
        switch (a, b) {
        case (nil, nil): true
        case (.builtIn(let a), .builtIn(let b)), (.gallery(let a), .gallery(let b)): self.same(a, b)
        case (.inline(let a, let left), .inline(let b, let right)):
            self.same(a, b) && self.same(left.text, right.text) && left.digest == right.digest
        case (.address(let a, let left), .address(let b, let right)):
            self.same(Optional(a), b) && self.same(left, right, self.same)
        default: false
        }
    }
}
