/// All addresses that begin with the same bits, and what they are for.
struct AddressRange<Number: FixedWidthInteger & Sendable>: Sendable {
    /// The first address; what lies behind the prefix is zero.
    let base: Number
    /// How many leading bits are fixed, from 1 up.
    let length: Int
    let addressClass: AddressClass

    func contains(_ number: Number) -> Bool { (number ^ self.base) >> (Number.bitWidth - self.length) == 0 }
}

extension AddressRange<UInt32> {
    static func v4(
        _ first: UInt32, _ second: UInt32, _ third: UInt32, _ fourth: UInt32, _ length: Int,
        _ addressClass: AddressClass
    ) -> Self {
        Self(base: first << 24 | second << 16 | third << 8 | fourth, length: length, addressClass: addressClass)
    }
}

extension AddressRange<UInt128> {
    /// The first six groups; no prefix in use is longer.
    static func v6(
        _ first: UInt128, _ second: UInt128, _ third: UInt128, _ fourth: UInt128, _ fifth: UInt128,
        _ sixth: UInt128, _ length: Int, _ addressClass: AddressClass
    ) -> Self {
        let upper = first << 80 | second << 64 | third << 48
        let lower = fourth << 32 | fifth << 16 | sixth
        return Self(base: (upper | lower) << 32, length: length, addressClass: addressClass)
    }
}
