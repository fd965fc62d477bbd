import ARMModel
import PolicyCore
import YAMLReading

/// Reads `parameters` and `protectedParameters` of a script or command.
struct ParameterReader {
    let problems: Problems

    /// Both lists of an entry.
    ///
    /// - Parameter mayBeAny: whether `any` may stand in place of a table.
    func read(_ entry: YAMLMapping, mayBeAny: Bool) -> (plain: ParameterRules, protected: ParameterRules) {
        let plain = self.rules("parameters", entry, mayBeAny: mayBeAny)
        let protected = self.rules("protectedParameters", entry, mayBeAny: mayBeAny)
        var seen: Set<String> = []
        for (key, rules) in [("parameters", plain), ("protectedParameters", protected)] {
            guard case .listed(let table) = rules else { continue }
            for name in table.keys.sorted() where !seen.insert(ASCIICase.lowered(name)).inserted {
                entry.error(key, "lists the name \(name) a second time, in some spelling, which no request may carry")
            }
        }
        return (plain, protected)
    }

    private func rules(_ key: String, _ entry: YAMLMapping, mayBeAny: Bool) -> ParameterRules {
        guard let node = entry.node(key) else { return .none }
        if case .scalar("any", _) = node.content {
            if mayBeAny { return .any }
            entry.error(key, "may be any only with anyScript")
            return .none
        }
        guard let table = entry.mapping(key) else { return .none }
        var constraints: [String: ParameterConstraint] = [:]
        for name in table.keys {
            if let problem = ParameterFloor.problem(withName: name.value) {
                self.problems.error("'\(table.name(of: name.value))' cannot be allowed: \(problem)", at: name.mark)
            }
            guard let mapping = table.mapping(name.value) else { continue }
            constraints[name.value] = self.constraint(mapping)
        }
        return .listed(constraints)
    }

    private func constraint(_ mapping: YAMLMapping) -> ParameterConstraint {
        var constraint = ParameterConstraint(isRequired: mapping.boolean("required") ?? false)
        let pattern = mapping.string("pattern")
        let choices = mapping.markedStrings("oneOf", numbersAsText: true)
        if mapping.has("pattern"), mapping.has("oneOf") {
            mapping.error("oneOf", "stands beside a pattern; one of the two says what the value may be")
        }
        if let pattern {
            do {
                constraint.values = .pattern(try LinearPattern(pattern))
            } catch {
                mapping.error("pattern", "\(error.message) (at character \(error.place))")
            }
        }
        if let choices {
            if choices.isEmpty { mapping.error("oneOf", "is empty") }
            for choice in choices {
                if let problem = ParameterFloor.problem(withValue: choice.value) {
                    self.problems.error(
                        "'\(mapping.name(of: "oneOf"))' holds a value no request may carry: \(problem)", at: choice.mark
                    )
                }
            }
            constraint.values = .oneOf(Set(choices.map(\.value)))
        }
        return constraint
    }
}
