/// What is known about a condition: it holds, it fails, or it cannot be told (a group list that the token left out, a
/// stored value that nobody can read).
package enum Truth: String, Sendable, Hashable {
    case holds, fails, unknown

    package init(_ value: Bool) { self = value ? .holds : .fails }

    /// Both must hold.
    package func and(_ other: @autoclosure () -> Truth) -> Truth {
        if self == .fails { return .fails }
        let second = other()
        if second == .fails { return .fails }
        return self == .holds ? second : .unknown
    }

    /// One is enough.
    package func or(_ other: @autoclosure () -> Truth) -> Truth {
        if self == .holds { return .holds }
        let second = other()
        if second == .holds { return .holds }
        return self == .fails ? second : .unknown
    }
}
