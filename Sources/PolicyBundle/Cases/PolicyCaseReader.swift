import ARMModel
import PolicyCore
import YAMLReading

/// Reads the case files of a bundle, `tests/*.yaml`.
package struct PolicyCaseReader {
    private let files: BundleFiles
    private let problems: Problems

    /// All cases of a bundle, in the order of files and lines.
    package static func read(directory: String) throws(BundleProblems) -> [PolicyCase] {
        let problems = Problems()
        let reader = PolicyCaseReader(
            files: BundleFiles(directory: directory, problems: problems), problems: problems)
        let cases = reader.files.caseFiles().flatMap(reader.cases)
        if problems.hasErrors { throw BundleProblems(problems: problems.sorted) }
        return cases
    }

    private func cases(_ path: String) -> [PolicyCase] {
        guard let document = self.files.document(path), let file = YAMLMapping(document, problems: self.problems) else {
            return []
        }
        file.require("cases")
        let cases = (file.mappings("cases") ?? []).compactMap(self.policyCase)
        file.finish()
        return cases
    }

    private func policyCase(_ mapping: YAMLMapping) -> PolicyCase? {
        let name = mapping.requiredString("name", numbersAsText: true)
        mapping.require("request")
        mapping.require("expect")
        let request = mapping.mapping("request").flatMap(self.request)
        let expectation = mapping.mapping("expect").flatMap(self.expectation)
        guard let name, let request, let expectation else { return nil }
        return PolicyCase(name: name, mark: mapping.mark, request: request, expectation: expectation)
    }

    private func expectation(_ mapping: YAMLMapping) -> PolicyCase.Expectation? {
        let effect = mapping.requiredString("effect").flatMap(Decision.Effect.init(rawValue:))
        if effect == nil { mapping.error("effect", "must be allow or deny") }
        let reason = mapping.string("reason")
        if let reason, ReasonCode(rawValue: reason) == nil { mapping.error("reason", "is no reason's code") }
        let rule = mapping.string("rule", numbersAsText: true)
        let timeout = mapping.integer("timeoutSeconds", in: 1...Int(Int32.max))
        let mayFetch = mapping.boolean("mayFetch")
        guard let effect else { return nil }
        return PolicyCase.Expectation(
            effect: effect, rule: rule, reason: reason, timeoutSeconds: timeout, mayFetch: mayFetch)
    }

    private func request(_ mapping: YAMLMapping) -> PolicyRequest? {
        for key in ["principal", "operation", "target"] { mapping.require(key) }
        let principal = mapping.mapping("principal").flatMap(self.principal)
        let operation: Operation? = mapping.choice("operation")
        let family: CommandFamily? = mapping.choice("family")
        let target = mapping.mapping("target").map(self.target)
        let version = mapping.string("apiVersion") ?? APIVersion.newest.text
        let command = mapping.mapping("command").map { CaseCommandReader(self.files, self.problems).read($0) }
        guard let principal, let operation, let target else { return nil }
        return PolicyRequest(
            principal: principal, operation: operation, family: family ?? .standard, target: target,
            apiVersion: version, command: command)
    }

    private func principal(_ mapping: YAMLMapping) -> Principal? {
        let kinds: [String: Principal.Kind] = [
            "user": .user, "application": .application, "object": .object, "certificate": .certificate,
        ]
        let kind = mapping.requiredString("kind").flatMap { kinds[$0] }
        if kind == nil { mapping.error("kind", "must be one of \(kinds.keys.sorted().joined(separator: ", "))") }
        let names = mapping.strings("certificate") ?? []
        let id = mapping.string("id") ?? names.first ?? ""
        var groups: Known<[String]> = .known([])
        if case .scalar("unknown", _) = mapping.node("groups")?.content {
            groups = .unknown
        } else if let listed = mapping.strings("groups") {
            groups = .known(listed)
        }
        let tenant = mapping.string("tenant")
        let appID = mapping.string("appID")
        guard let kind else { return nil }
        let certificate = CertificateIdentity(
            uriNames: names.filter { $0.contains(":") }, dnsNames: names.filter { !$0.contains(":") },
            sha256: String(repeating: "0", count: 64))
        return Principal(
            kind: kind, id: id, tenant: tenant, appID: appID, groups: groups,
            certificate: names.isEmpty ? nil : certificate)
    }

    private func target(_ mapping: YAMLMapping) -> ResourceTarget {
        var machine: Machine?
        if let name = mapping.string("virtualMachine", numbersAsText: true) { machine = .virtualMachine(name) }
        if let name = mapping.string("scaleSet", numbersAsText: true) {
            let instance = mapping.requiredString("instance", numbersAsText: true) ?? ""
            machine = .scaleSetInstance(scaleSet: name, instance: instance)
        }
        return ResourceTarget(
            subscription: mapping.string("subscription", numbersAsText: true),
            resourceGroup: mapping.string("resourceGroup", numbersAsText: true), machine: machine,
            runCommand: mapping.string("runCommand", numbersAsText: true),
            location: mapping.string("location", numbersAsText: true))
    }
}
