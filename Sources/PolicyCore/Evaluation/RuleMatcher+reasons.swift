import ARMModel

/// Why a condition of an allow does not hold, in words that name members and never quote values.
extension RuleMatcher {
    func reasons(for condition: Condition) -> [Reason] {
        switch condition {
        case .operation: return [self.reason(.operationNotListed, "The rule does not list this operation.")]
        case .family: return [self.reason(.familyNotListed, "The rule is not for this family of commands.")]
        case .target: return [self.reason(.targetNotListed, "The rule does not list this target.")]
        case .principal:
            guard self.truth(of: .principal) == .unknown else {
                return [self.reason(.principalNotListed, "The rule does not list this caller.")]
            }
            return [
                self.reason(
                    .principalGroupsUnknown,
                    "The rule lists groups, and the caller's token leaves its groups out for their number.")
            ]
        case .apiVersion: return [self.reason(.apiVersionNotListed, "The rule does not list this api-version.")]
        case .scriptAddress, .command, .storedSecrets, .managedIdentities, .runAs, .limits, .outputBlob, .errorBlob,
            .scriptShell:
            guard let command = self.facts.command else {
                return [self.reason(.sourceMissing, "The request names nothing to run.")]
            }
            return self.reasons(for: condition, command)
        }
    }

    func reason(_ code: ReasonCode, _ message: String) -> Reason {
        Reason(code: code.rawValue, message: message, target: self.rule.id)
    }

    func path(_ member: String) -> String {
        self.facts.request.operation == .run ? member : "properties." + member
    }

    private func unlisted(_ code: ReasonCode, _ member: String, _ isKnown: Bool) -> [Reason] {
        guard isKnown else {
            return [self.reason(.storedValueUnknown, "The stored \(self.path(member)) is not known.")]
        }
        return [self.reason(code, "The rule does not list this \(self.path(member)).")]
    }

    private func reasons(for condition: Condition, _ facts: CommandFacts) -> [Reason] {
        let command = facts.command
        switch condition {
        case .scriptAddress: return [self.addressReason(command)]
        case .command: return self.commandReasons(facts)
        case .storedSecrets:
            return [
                self.reason(
                    .storedSecretsNotAllowed,
                    "The update keeps stored secrets that cannot be read, and the rule does not allow that.")
            ]
        case .managedIdentities:
            return self.unlisted(
                .managedIdentityNotListed, "managed identity", self.truth(of: .managedIdentities) == .fails)
        case .runAs:
            guard case .known(nil) = command.runAsUser else {
                return self.unlisted(.runAsNotListed, "runAsUser", command.runAsUser.isKnown)
            }
            return [
                self.reason(.runAsNotListed, "The rule lists accounts, and the command would run as root or SYSTEM.")
            ]
        case .limits: return self.limitReasons(facts)
        case .outputBlob: return self.unlisted(.outputBlobNotListed, "outputBlobUri", command.outputBlob.isKnown)
        case .errorBlob: return self.unlisted(.errorBlobNotListed, "errorBlobUri", command.errorBlob.isKnown)
        case .scriptShell:
            return self.unlisted(.scriptShellNotListed, "source.scriptShell", command.scriptShell.isKnown)
        case .operation, .family, .target, .principal, .apiVersion: return []
        }
    }

    private func limitReasons(_ command: CommandFacts) -> [Reason] {
        let check = LimitCheck(self.rule.limits, command, self.facts.request.operation)
        var reasons: [Reason] = []
        func add(_ truth: Truth, _ code: ReasonCode, _ member: String, _ message: String) {
            switch truth {
            case .holds: break
            case .fails: reasons.append(self.reason(code, message))
            case .unknown:
                reasons.append(self.reason(.storedValueUnknown, "The stored \(self.path(member)) is not known."))
            }
        }
        add(
            check.timeout, .timeoutTooLong, "timeoutInSeconds",
            "The time-out is longer than the rule's limit of \(self.rule.limits.timeoutSeconds ?? 0) seconds.")
        add(
            check.asyncExecution, .asyncExecutionNotAllowed, "asyncExecution",
            "The rule wants \(self.path("asyncExecution")) to be \(self.rule.limits.asyncExecution ?? false).")
        add(
            check.deploymentFailure, .deploymentFailureFlagNotAllowed, "treatFailureAsDeploymentFailure",
            "The rule wants \(self.path("treatFailureAsDeploymentFailure")) to be "
                + "\(self.rule.limits.treatFailureAsDeploymentFailure ?? false).")
        return reasons
    }

    // MARK: What runs

    /// Whether the script or built-in itself is listed, so that only its parameters are in the way.
    var identifiesSource: Bool {
        guard let commands = self.rule.commands, let facts = self.facts.command else { return false }
        if case .known(.gallery(let id)?) = facts.command.source {
            return commands.galleryScripts.contains(ASCIICase.lowered(id))
        }
        return commands.firstCandidate(for: facts, effect: .allow) { _ in true } != nil
    }

    private func commandReasons(_ facts: CommandFacts) -> [Reason] {
        let command = facts.command
        guard case .known(let known) = command.source else {
            // Either the source is all that is missing, or no entry takes the parameters that the update names.
            if self.truth(of: .command) == .unknown {
                guard !facts.isFetched else {
                    return [self.reason(.scriptNotListed, "The script has not been fetched, so it cannot be judged.")]
                }
                return [self.reason(.storedValueUnknown, "The stored \(self.path("source")) is not known.")]
            }
            if facts.isFetched, self.rule.commands?.digests.isEmpty ?? true {
                return [
                    self.reason(
                        .scriptNotListed,
                        "The rule lists no script by name or digest, and only such a script may come from an address.")
                ]
            }
            return [self.reason(.parameterNotListed, "No command of the rule takes these parameters.")]
        }
        guard let source = known else {
            return [self.reason(.sourceMissing, "The request names nothing to run.")]
        }
        if let reason = self.sourceReason(source) { return [reason] }
        let keepsStored = self.rule.storedSecrets
        var candidates: [CommandRule] = []
        if case .gallery = source {
            candidates = [CommandSet.galleryParameters]
        } else {
            _ = self.rule.commands?.firstCandidate(for: facts, effect: .allow) { entry in
                candidates.append(entry)
                return false
            }
        }
        // Of several entries for one script, the one that fewest parameters speak against.
        let failures = candidates.map { $0.failures(of: facts, keepsStored: keepsStored) }
            .min { $0.plain.count + $0.protected.count < $1.plain.count + $1.protected.count }
        return failures.map(self.parameterReasons) ?? []
    }

    private func sourceReason(_ source: ScriptSource) -> Reason? {
        if case .address = source {
            return self.reason(
                .scriptAddressNotAllowed, "The script of an address is not judged unless the gateway has fetched it.")
        }
        if self.identifiesSource { return nil }
        switch source {
        case .inline(let commandID?, _) where CommandRule.Carrier(commandID: commandID) == nil:
            return self.reason(
                .scriptUnderBuiltIn,
                "The request replaces the script of a built-in command; a script may only come with RunShellScript "
                    + "or RunPowerShellScript.")
        case .inline:
            if self.facts.command?.isFetched ?? false, self.rule.commands?.hasAnyScript ?? false {
                return self.reason(
                    .scriptNotListed,
                    "The rule does not list this script; it takes any only from the request itself, not from an address."
                )
            }
            return self.reason(.scriptNotListed, "The rule does not list this script.")
        case .builtIn: return self.reason(.builtInNotListed, "The rule does not list this built-in command.")
        case .gallery: return self.reason(.galleryScriptNotListed, "The rule does not list this gallery script.")
        case .address: return nil
        }
    }

    private func parameterReasons(_ failures: CommandFailures) -> [Reason] {
        self.reasons(failures.plain, member: "parameters")
            + self.reasons(failures.protected, member: "protectedParameters")
    }

    private func reasons(_ failures: [ParameterRules.Failure], member: String) -> [Reason] {
        failures.map { failure in
            switch failure {
            case .notListed(let index):
                self.reason(
                    .parameterNotListed,
                    "The rule does not list the name in \(self.path(member))[\(index)] for this command.")
            case .valueNotAllowed(let index):
                self.reason(
                    .parameterValueNotAllowed, "The rule does not allow the value of \(self.path(member))[\(index)].")
            case .missing(let name):
                self.reason(.parameterMissing, "The rule requires \(name) among \(self.path(member)).")
            case .unknown:
                self.reason(.storedValueUnknown, "The stored \(self.path(member)) are not known.")
            }
        }
        .sorted { $0.message < $1.message }
    }
}
