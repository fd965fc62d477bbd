package import ARMModel
import Redaction

/// What one listed parameter may be.
package struct ParameterConstraint: Sendable, Hashable {
    package enum Values: Sendable, Hashable {
        /// Whatever the floor lets through.
        case any
        case oneOf(Set<String>)
        case pattern(LinearPattern)
    }

    package var values: Values
    package var isRequired: Bool

    package init(values: Values = .any, isRequired: Bool = false) {
        self.values = values
        self.isRequired = isRequired
    }

    func accepts(_ value: String) -> Bool {
        switch self.values {
        case .any: true
        case .oneOf(let values): values.contains(value)
        case .pattern(let pattern): pattern.matches(value)
        }
    }
}

/// Which parameters a command may carry.
package enum ParameterRules: Sendable, Hashable {
    /// Only with `anyScript`; the floor still holds.
    case any
    /// Only these, compared exactly; an empty table allows none.
    case listed([String: ParameterConstraint])

    package static let none = ParameterRules.listed([:])

    /// The names that must be there, in order.
    var requiredNames: [String] {
        guard case .listed(let constraints) = self else { return [] }
        return constraints.filter(\.value.isRequired).keys.sorted()
    }

    enum Failure: Hashable {
        case notListed(index: Int)
        case valueNotAllowed(index: Int)
        case missing(name: String)
        case unknown
    }

    /// What keeps an allow from covering these parameters; empty if it covers them.
    ///
    /// - Parameters:
    ///   - required: ``requiredNames``, made once.
    ///   - keepsStored: the rule lets an update keep stored values that nobody can read, so such a list is taken as it
    ///     is.
    func failures(of parameters: Known<[some NamedValue]>, required: [String], keepsStored: Bool) -> [Failure] {
        guard case .known(let parameters) = parameters else { return keepsStored ? [] : [.unknown] }
        guard case .listed(let constraints) = self else { return [] }
        if parameters.isEmpty, constraints.isEmpty { return [] }
        var failures: [Failure] = []
        for (index, parameter) in parameters.enumerated() {
            guard let constraint = constraints[parameter.name] else {
                failures.append(.notListed(index: index))
                continue
            }
            if !parameter.withPlainValue(constraint.accepts) { failures.append(.valueNotAllowed(index: index)) }
        }
        for name in required where !parameters.contains(where: { $0.name == name }) {
            failures.append(.missing(name: name))
        }
        return failures
    }

    /// For a deny: whether every parameter listed here is present with such a value. Others do not matter, and names
    /// compare without case, so that a deny is not evaded by spelling.
    func denies(_ parameters: Known<[some NamedValue]>) -> Truth {
        guard case .listed(let constraints) = self, !constraints.isEmpty else { return .holds }
        guard case .known(let parameters) = parameters else { return .unknown }
        return Truth(
            constraints.allSatisfy { name, constraint in
                parameters.contains { ASCIICase.areEqual($0.name, name) && $0.withPlainValue(constraint.accepts) }
            })
    }
}

/// A parameter of either kind.
protocol NamedValue: Sendable {
    var name: String { get }
    func withPlainValue(_ body: (String) -> Bool) -> Bool
}

extension Parameter: NamedValue {
    func withPlainValue(_ body: (String) -> Bool) -> Bool { body(self.value) }
}

extension ProtectedParameter: NamedValue {
    func withPlainValue(_ body: (String) -> Bool) -> Bool { self.value.withValue(body) }
}
