package import ARMModel

/// The operations that a rule names.
package struct OperationSet: Sendable, Hashable {
    private var bits: UInt16 = 0

    package init(_ operations: some Sequence<Operation>) {
        for operation in operations { self.bits |= Self.bit(operation) }
    }

    package func contains(_ operation: Operation) -> Bool { self.bits & Self.bit(operation) != 0 }

    /// Whether a script runs by any of them.
    package var runsScript: Bool { Operation.allCases.contains { $0.runsScript && self.contains($0) } }

    private static func bit(_ operation: Operation) -> UInt16 {
        switch operation {
        case .run: 1
        case .create: 2
        case .update: 4
        case .delete: 8
        case .read: 16
        case .list: 32
        case .catalog: 64
        case .companion: 128
        case .poll: 256
        }
    }
}
