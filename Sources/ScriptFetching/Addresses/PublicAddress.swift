/// Whether an address belongs to the public internet, by the IANA special-purpose registries (RFC 6890 and its
/// updates).
///
/// IPv6 is an allow list: only `2000::/3` is assigned for global use. Where the registries grant a corner of a
/// protocol block global reach (`192.0.0.9`, `2001:1::1` and the like) it is refused with its block: no script is there.
package enum PublicAddress {
    package static func isPublic(_ address: IPAddress) -> Bool { self.addressClass(of: address) == .public }

    /// The class of the address; for an IPv4 address inside an IPv6 one that of the inner address.
    package static func addressClass(of address: IPAddress) -> AddressClass {
        switch address {
        case .v4(let number): self.addressClass(ofIPv4: number)
        case .v6(let number): self.addressClass(ofIPv6: number)
        }
    }

    private static func addressClass(ofIPv4 number: UInt32) -> AddressClass {
        self.specialIPv4.first { $0.contains(number) }?.addressClass ?? .public
    }

    private static func addressClass(ofIPv6 number: UInt128) -> AddressClass {
        if Self.mapped.contains(number) { return self.tunnelled(UInt32(truncatingIfNeeded: number)) }
        if Self.sixToFour.contains(number) { return self.tunnelled(UInt32(truncatingIfNeeded: number >> 80)) }
        // The well-known NAT64 prefix is how a network without IPv4 reaches public hosts (RFC 6052).
        if Self.nat64.contains(number) { return self.addressClass(ofIPv4: UInt32(truncatingIfNeeded: number)) }
        if let special = self.specialIPv6.first(where: { $0.contains(number) }) { return special.addressClass }
        return Self.globalUnicast.contains(number) ? .public : .reserved
    }

    /// No honest name resolves to a mapped or 6to4 address, so a public one inside does not make it public.
    private static func tunnelled(_ inner: UInt32) -> AddressClass {
        let inner = self.addressClass(ofIPv4: inner)
        return inner == .public ? .transition : inner
    }

    private static let specialIPv4: [AddressRange<UInt32>] = [
        .v4(0, 0, 0, 0, 8, .thisNetwork),
        .v4(10, 0, 0, 0, 8, .private),
        .v4(100, 64, 0, 0, 10, .sharedSpace),
        .v4(127, 0, 0, 0, 8, .loopback),
        .v4(168, 63, 129, 16, 32, .azureHost),
        .v4(169, 254, 0, 0, 16, .linkLocal),
        .v4(172, 16, 0, 0, 12, .private),
        .v4(192, 0, 0, 0, 24, .reserved),
        .v4(192, 0, 2, 0, 24, .documentation),
        .v4(192, 88, 99, 0, 24, .transition),
        .v4(192, 168, 0, 0, 16, .private),
        .v4(198, 18, 0, 0, 15, .benchmarking),
        .v4(198, 51, 100, 0, 24, .documentation),
        .v4(203, 0, 113, 0, 24, .documentation),
        .v4(224, 0, 0, 0, 4, .multicast),
        .v4(240, 0, 0, 0, 4, .reserved),
    ]

    private static let mapped = AddressRange.v6(0, 0, 0, 0, 0, 0xFFFF, 96, .transition)
    private static let nat64 = AddressRange.v6(0x64, 0xFF9B, 0, 0, 0, 0, 96, .transition)
    private static let sixToFour = AddressRange.v6(0x2002, 0, 0, 0, 0, 0, 16, .transition)
    private static let globalUnicast = AddressRange.v6(0x2000, 0, 0, 0, 0, 0, 3, .public)

    /// The first that fits counts, so a narrower range stands before the one around it.
    private static let specialIPv6: [AddressRange<UInt128>] = [
        AddressRange(base: 0, length: 128, addressClass: .thisNetwork),
        AddressRange(base: 1, length: 128, addressClass: .loopback),
        .v6(0x2001, 0, 0, 0, 0, 0, 32, .transition),  // Teredo
        .v6(0x2001, 2, 0, 0, 0, 0, 48, .benchmarking),
        .v6(0x2001, 0xDB8, 0, 0, 0, 0, 32, .documentation),
        .v6(0x2001, 0, 0, 0, 0, 0, 23, .reserved),
        .v6(0x3FFF, 0, 0, 0, 0, 0, 20, .documentation),
        .v6(0xFC00, 0, 0, 0, 0, 0, 7, .uniqueLocal),
        .v6(0xFE80, 0, 0, 0, 0, 0, 10, .linkLocal),
        .v6(0xFEC0, 0, 0, 0, 0, 0, 10, .private),
        .v6(0xFF00, 0, 0, 0, 0, 0, 8, .multicast),
    ]
}
