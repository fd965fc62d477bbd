import NIOHTTP1

/// What the head of an HTTP/1.1 request must and must not say about host, length and expectations.
struct HTTP1HeadRules {
    private(set) var host: String?
    private(set) var declaredLength: Int?
    private(set) var expectsContinue = false
    /// Whether the client wants another protocol, so that nothing after this request can be read as HTTP.
    private(set) var leavesHTTP: Bool

    init(checking head: HTTPRequestHead) throws(TransportRefusal) {
        guard head.version == .http1_1 else { throw .unsupportedVersion }
        leavesHTTP = head.method == .CONNECT
        var coded = false
        for (name, value) in head.headers {
            // Lengths first: nearly every header is told apart by its length alone.
            switch name.utf8.count {
            case 4 where Self.same(name, "host"):
                guard host == nil else { throw .repeatedHost }
                host = value
            case 6 where Self.same(name, "expect"):
                guard Self.same(value, "100-continue") else { throw .unknownExpectation }
                expectsContinue = true
            case 7 where Self.same(name, "upgrade"):
                leavesHTTP = true
            case 14 where Self.same(name, "content-length"):
                guard declaredLength == nil, !value.isEmpty, value.utf8.allSatisfy({ (0x30...0x39).contains($0) })
                else { throw .ambiguousLength }
                // A number that no Int holds is a length over every limit.
                declaredLength = Int(value) ?? .max
            case 17 where Self.same(name, "transfer-encoding"):
                guard !coded, Self.same(value, "chunked") else { throw .ambiguousLength }
                coded = true
            default: break
            }
        }
        guard host != nil else { throw .missingHost }
        guard !(coded && declaredLength != nil) else { throw .ambiguousLength }
    }

    private static func same(_ text: String, _ lowercase: String) -> Bool {
        let one = text.utf8
        let other = lowercase.utf8
        guard one.count == other.count else { return false }
        return zip(one, other).allSatisfy { ((0x41...0x5a).contains($0) ? $0 | 0x20 : $0) == $1 }
    }
}
