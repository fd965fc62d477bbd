/// A value that the gateway may or may not know.
///
/// A PATCH leaves what it does not name as it is stored in Azure. Before the stored command is read all of that is
/// unknown; afterwards only what a GET hides is.
package enum Known<Value: Sendable>: Sendable {
    case known(Value)
    /// Stored in Azure, and not (or not yet) read.
    case unknown

    @inlinable package var value: Value? {
        if case .known(let value) = self { return value }
        return nil
    }

    @inlinable package var isKnown: Bool {
        if case .known = self { return true }
        return false
    }

    @inlinable package func map<Other: Sendable>(_ transform: (Value) -> Other) -> Known<Other> {
        switch self {
        case .known(let value): .known(transform(value))
        case .unknown: .unknown
        }
    }
}

extension Known: Equatable where Value: Equatable {}
extension Known: Hashable where Value: Hashable {}
