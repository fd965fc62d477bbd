#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// An IP address as a number, so that ranges are compared and not texts.
package enum IPAddress: Sendable, Hashable {
    /// The most significant byte is the first of the dotted form.
    case v4(UInt32)
    /// The most significant 16 bits are the first group. Without a zone: an address that needs one is never public.
    case v6(UInt128)

    /// Reads the strict forms only: four decimal numbers without leading zeros, or RFC 4291 without brackets and zone.
    /// What resolvers take beside that (`127.1`, `0x7f000001`, `2130706433`) is `nil`.
    package init?(_ text: String) {
        var four = in_addr()
        var six = in6_addr()
        // The C function stops at a NUL and would take what stands before it for the whole.
        guard !text.utf8.contains(0) else { return nil }
        if inet_pton(AF_INET, text, &four) == 1 {
            self = withUnsafeBytes(of: &four) { .v4(Self.bigEndian($0)) }
        } else if inet_pton(AF_INET6, text, &six) == 1 {
            self = withUnsafeBytes(of: &six) { .v6(Self.bigEndian($0)) }
        } else {
            return nil
        }
    }

    /// - Parameter bytes: 4 or 16 bytes in network order; any other number is `nil`.
    package init?(bytes: UnsafeRawBufferPointer) {
        switch bytes.count {
        case 4: self = .v4(Self.bigEndian(bytes))
        case 16: self = .v6(Self.bigEndian(bytes))
        default: return nil
        }
    }

    /// 4 or 16 bytes in network order.
    package var bytes: [UInt8] {
        switch self {
        case .v4(let number): withUnsafeBytes(of: number.bigEndian) { Array($0) }
        case .v6(let number): withUnsafeBytes(of: number.bigEndian) { Array($0) }
        }
    }

    private static func bigEndian<Number: FixedWidthInteger>(_ bytes: UnsafeRawBufferPointer) -> Number {
        bytes.reduce(0) { $0 << 8 | Number($1) }
    }
}
