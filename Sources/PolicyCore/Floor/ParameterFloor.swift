package import ARMModel
import Redaction

/// What holds under every rule, `parameters: any` included: names and values that turn a fixed script into another
/// one, and accounts that a shell would read as more than a name.
package enum ParameterFloor {
    /// UTF-8 bytes.
    package static let longestValue = 4_096

    /// As many violations as are told: a body may hold thousands.
    package static let mostViolations = 20

    /// Everything in a command that no policy can allow; what is stored and not read is not looked at.
    ///
    /// - Parameter operation: decides how paths are written: members of an action stand at the top of its body,
    ///   those of a managed command under `properties`.
    package static func violations(of command: Command, operation: Operation) -> [FloorViolation] {
        self.told(self.findings(in: command), operation)
    }

    /// As found in a command, with the paths that members have by the operation.
    static func told(_ findings: [FloorViolation], _ operation: Operation) -> [FloorViolation] {
        if case .run = operation { return findings }
        return findings.map { FloorViolation(path: "properties." + $0.path, message: $0.message) }
    }

    /// Violations with the paths that members have in an action.
    static func findings(in command: Command) -> [FloorViolation] {
        var found: [FloorViolation] = []
        if case .known(let user?) = command.runAsUser, !AccountShape.isUser(user) {
            found.append(
                FloorViolation(
                    path: "runAsUser",
                    message: "The account must be a plain name of at most 32 letters, digits, _ . - "
                        + "or such a name behind a domain and a backslash."))
        }
        if case .known(let password?) = command.runAsPassword,
            let problem = AccountShape.problem(withPassword: password)
        {
            found.append(FloorViolation(path: "runAsPassword", message: problem))
        }
        let plain: [Parameter] = if case .known(let listed) = command.parameters { listed } else { [] }
        let protected: [ProtectedParameter] =
            if case .known(let listed) = command.protectedParameters { listed } else { [] }
        for index in plain.indices {
            if let problem = self.problem(withName: plain[index].name) {
                found.append(FloorViolation(path: "parameters[\(index)].name", message: problem))
            }
            if let problem = self.problem(withValue: plain[index].value) {
                found.append(FloorViolation(path: "parameters[\(index)].value", message: problem))
            }
        }
        for index in protected.indices {
            if let problem = self.problem(withName: protected[index].name) {
                found.append(FloorViolation(path: "protectedParameters[\(index)].name", message: problem))
            }
            if let problem = protected[index].value.withValue({ self.problem(withValue: $0) }) {
                found.append(FloorViolation(path: "protectedParameters[\(index)].value", message: problem))
            }
        }
        if self.mayRepeat(plain, protected) {
            self.findRepeats(plain.map(\.name), protected.map(\.name), into: &found)
        }
        return found.count > self.mostViolations ? Array(found.prefix(self.mostViolations)) : found
    }

    /// Why this is no name for a parameter; `nil` if it is one. The loader of policies asks the same question.
    package static func problem(withName name: String) -> String? {
        let isWellFormed = name.withBytes { bytes in
            guard let first = bytes.first, bytes.count <= 64, ASCIIText.isLetter(first) || first == 0x5F else {
                return false
            }
            return bytes.allSatisfy { ASCIIText.isLetterOrDigit($0) || $0 == 0x5F }
        }
        guard isWellFormed else {
            return "A parameter's name is a letter or _ and up to 63 letters, digits or _."
        }
        if SteeringNames.contains(name) {
            return "This name steers a shell, a loader or an interpreter and can never be a parameter."
        }
        return nil
    }

    /// Why this is no value for a parameter; `nil` if it is one.
    package static func problem(withValue value: String) -> String? {
        if value.utf8.count > self.longestValue {
            return "A parameter's value has at most \(self.longestValue) bytes."
        }
        let isPlainASCII = value.withBytes { bytes in
            bytes.allSatisfy { ($0 >= 0x20 && $0 < 0x7F) || $0 == 9 || $0 == 10 }
        }
        if isPlainASCII { return nil }
        let isClean = value.unicodeScalars.allSatisfy { scalar in
            scalar.value >= 0xA0 || (scalar.value >= 0x20 && scalar.value < 0x7F) || scalar.value == 9
                || scalar.value == 10
        }
        return isClean ? nil : "A parameter's value has no control characters other than tab and line feed."
    }

    /// Whether it is worth looking for repeats; the usual few names are compared at once.
    private static func mayRepeat(_ plain: [Parameter], _ protected: [ProtectedParameter]) -> Bool {
        guard plain.count + protected.count <= 8 else { return true }
        for index in plain.indices {
            for other in 0..<index where ASCIICase.areEqual(plain[other].name, plain[index].name) { return true }
        }
        for index in protected.indices {
            for other in 0..<index where ASCIICase.areEqual(protected[other].name, protected[index].name) {
                return true
            }
            for other in plain.indices where ASCIICase.areEqual(plain[other].name, protected[index].name) {
                return true
            }
        }
        return false
    }

    /// Two names that differ only in case are one to Windows, and Azure keeps only one of two equal names.
    private static func findRepeats(
        _ plain: [String], _ protected: [String], into found: inout [FloorViolation]
    ) {
        var seen: Set<String> = []
        for (list, names) in [("parameters", plain), ("protectedParameters", protected)] {
            for (index, name) in names.enumerated() where !seen.insert(ASCIICase.lowered(name)).inserted {
                found.append(
                    FloorViolation(
                        path: "\(list)[\(index)].name",
                        message: "A parameter of this name, in some spelling, stands here twice; plain and protected "
                            + "parameters count together."))
            }
        }
    }
}
