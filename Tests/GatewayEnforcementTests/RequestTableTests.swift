import Testing

@testable import GatewayEnforcement

struct RequestTableTests {
    /// Whatever of it goes into the hash, an id is compared whole.
    @Test func idsThatEndAlikeAreToldApart() {
        let ids = [
            "", "a", "ba", "1234567", "12345678", "x12345678", "01a200e3-4196-7e64-96c1-9e1e4dcd17cc",
            "01a200e3-4196-7e64-96c1-8e1e4dcd17cc", "01a200e3-4196-7e64-96c1-9e1e4dcd17cd",
        ]
        var table = RequestTable<Int>()
        for (number, id) in ids.enumerated() { table[id] = number }
        #expect(table.count == ids.count)
        for (number, id) in ids.enumerated() { #expect(table[id] == number) }
        #expect(table["2345678"] == nil)
        #expect(table.remove(ids[6]) == 6 && table[ids[6]] == nil && table[ids[7]] == 7)
        table[ids[7]] = nil
        #expect(table.remove(ids[7]) == nil && table.count == ids.count - 2)
        #expect(table.values.sorted() == [0, 1, 2, 3, 4, 5, 8])
    }
}
