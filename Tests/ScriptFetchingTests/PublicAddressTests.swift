import Testing

@testable import ScriptFetching

@Suite("Public addresses")
struct PublicAddressTests {
    /// The first and last address of every block and their neighbours, and what else was ever used to get inside.
    static let table = """
        1.0.0.0 public
        1.1.1.1 public
        8.8.8.8 public
        9.255.255.255 public
        10.0.0.0 private
        10.0.0.1 private
        10.255.255.255 private
        11.0.0.0 public
        20.60.0.1 public
        100.63.255.255 public
        100.64.0.0 sharedSpace
        100.100.100.200 sharedSpace
        100.127.255.255 sharedSpace
        100.128.0.0 public
        126.255.255.255 public
        127.0.0.0 loopback
        127.0.0.1 loopback
        127.1.2.3 loopback
        127.255.255.255 loopback
        128.0.0.0 public
        168.63.129.15 public
        168.63.129.16 azureHost
        168.63.129.17 public
        169.253.255.255 public
        169.254.0.0 linkLocal
        169.254.169.254 linkLocal
        169.254.169.253 linkLocal
        169.254.255.255 linkLocal
        169.255.0.0 public
        172.15.255.255 public
        172.16.0.0 private
        172.20.10.2 private
        172.31.255.255 private
        172.32.0.0 public
        191.255.255.255 public
        192.0.0.0 reserved
        192.0.0.9 reserved
        192.0.0.170 reserved
        192.0.0.192 reserved
        192.0.0.255 reserved
        192.0.1.0 public
        192.0.1.255 public
        192.0.2.0 documentation
        192.0.2.255 documentation
        192.0.3.0 public
        192.88.98.255 public
        192.88.99.0 transition
        192.88.99.1 transition
        192.88.100.0 public
        192.167.255.255 public
        192.168.0.0 private
        192.168.1.1 private
        192.168.255.255 private
        192.169.0.0 public
        198.17.255.255 public
        198.18.0.0 benchmarking
        198.19.255.255 benchmarking
        198.20.0.0 public
        198.51.99.255 public
        198.51.100.0 documentation
        198.51.100.255 documentation
        198.51.101.0 public
        203.0.112.255 public
        203.0.113.0 documentation
        203.0.113.255 documentation
        203.0.114.0 public
        223.255.255.255 public
        224.0.0.0 multicast
        224.0.0.251 multicast
        239.255.255.255 multicast
        240.0.0.0 reserved
        250.1.2.3 reserved
        255.255.255.254 reserved
        255.255.255.255 reserved
        0.0.0.0 thisNetwork
        0.0.0.1 thisNetwork
        0.255.255.255 thisNetwork
        :: thisNetwork
        ::1 loopback
        ::2 reserved
        ::127.0.0.1 reserved
        ::8.8.8.8 reserved
        ::ffff:0:127.0.0.1 reserved
        ::ffff:127.0.0.1 loopback
        ::ffff:7f00:1 loopback
        ::ffff:10.1.2.3 private
        ::ffff:169.254.169.254 linkLocal
        ::ffff:0.0.0.0 thisNetwork
        ::ffff:8.8.8.8 transition
        ::fffe:8.8.8.8 reserved
        64:ff9b::8.8.8.8 public
        64:ff9b::10.0.0.1 private
        64:ff9b::127.0.0.1 loopback
        64:ff9b::169.254.169.254 linkLocal
        64:ff9b::a83f:8110 azureHost
        64:ff9b::1:8.8.8.8 reserved
        64:ff9b:1::8.8.8.8 reserved
        100::1 reserved
        100:0:0:1::1 reserved
        1fff:ffff::1 reserved
        2000::1 public
        2001::1 transition
        2001:0:4136:e378:8000:63bf:3fff:fdd2 transition
        2001:1::1 reserved
        2001:2::1 benchmarking
        2001:2:0:ffff::1 benchmarking
        2001:2:1::1 reserved
        2001:10::1 reserved
        2001:20::1 reserved
        2001:1ff:ffff::1 reserved
        2001:200::1 public
        2001:4860:4860::8888 public
        2001:db7:ffff::1 public
        2001:db8::1 documentation
        2001:db8:ffff:ffff:ffff:ffff:ffff:ffff documentation
        2001:db9::1 public
        2002:7f00:1:: loopback
        2002:a00:1::1 private
        2002:c0a8:101::1 private
        2002:a9fe:a9fe::1 linkLocal
        2002:808:808::1 transition
        2003::1 public
        2603:1030:20e:3::23c public
        2606:4700:4700::1111 public
        3ffe::1 public
        3fff::1 documentation
        3fff:fff:ffff::1 documentation
        3fff:1000::1 public
        4000::1 reserved
        5f00::1 reserved
        fbff::1 reserved
        fc00::1 uniqueLocal
        fd00::1 uniqueLocal
        fd00:ec2::254 uniqueLocal
        fdff:ffff::1 uniqueLocal
        fe00::1 reserved
        fe7f:ffff::1 reserved
        fe80:: linkLocal
        fe80::1 linkLocal
        febf:ffff::1 linkLocal
        fec0::1 private
        feff:ffff::1 private
        ff00::1 multicast
        ff02::1 multicast
        ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff multicast
        """

    static let rows: [(IPAddress, AddressClass)] = table.split(separator: "\n").compactMap { line in
        let words = line.split(separator: " ").map(String.init)
        guard words.count == 2, let address = IPAddress(words[0]), let class_ = AddressClass(rawValue: words[1])
        else { return nil }
        return (address, class_)
    }

    @Test func theTableIsWhole() {
        #expect(Self.rows.count == Self.table.split(separator: "\n").count)
        #expect(Self.rows.count > 100)
        #expect(Set(Self.rows.map(\.1)) == Set(AddressClass.allCases))
    }

    @Test(arguments: rows) func isOfItsClass(_ address: IPAddress, _ expected: AddressClass) {
        #expect(PublicAddress.addressClass(of: address) == expected)
        #expect(PublicAddress.isPublic(address) == (expected == .public))
    }

    @Test func noIPv4AddressBecomesPublicInsideAnIPv6One() {
        for case (.v4(let number), let expected) in Self.rows {
            let inner = UInt128(number)
            let mapped = PublicAddress.addressClass(of: .v6(0xFFFF << 32 | inner))
            let sixToFour = PublicAddress.addressClass(of: .v6(0x2002 << 112 | inner << 80 | 1))
            #expect(mapped == (expected == .public ? .transition : expected))
            #expect(sixToFour == (expected == .public ? .transition : expected))
            #expect(PublicAddress.addressClass(of: .v6(0x64_FF9B << 96 | inner)) == expected)
        }
    }

    @Test(arguments: [
        "", "127.1", "2130706433", "0x7f.0.0.1", "0x7f000001", "017700000001", "127.0.0.01", "127.0.0.1.", " 127.0.0.1",
        "127.0.0.1 ", "256.0.0.1", "1.2.3", "1.2.3.4.5", "fe80::1%eth0", "[::1]", "::1::", "12345::", "1.2.3.4/8",
        "127.0.0.1\0", "localhost", "１.1.1.1",
    ])
    func readsOnlyStrictForms(_ text: String) { #expect(IPAddress(text) == nil) }

    @Test func keepsTheOrderOfBytes() throws {
        let four = try #require(IPAddress("1.2.3.4"))
        #expect(four.bytes == [1, 2, 3, 4])
        let six = try #require(IPAddress("2001:db8::a:b"))
        #expect(six.bytes == [0x20, 1, 0x0D, 0xB8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 10, 0, 11])
        for address in [four, six] { #expect(address.bytes.withUnsafeBytes { IPAddress(bytes: $0) } == address) }
        #expect([UInt8](repeating: 1, count: 5).withUnsafeBytes { IPAddress(bytes: $0) } == nil)
    }
}
