import HTTPFields
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
            case 4 where FieldText.same(name, "host"):
                guard host == nil else { throw .repeatedHost }
                host = value
            case 6 where FieldText.same(name, "expect"):
                guard FieldText.same(value, "100-continue") else { throw .unknownExpectation }
                expectsContinue = true
            case 7 where FieldText.same(name, "upgrade"):
                leavesHTTP = true
            case 14 where FieldText.same(name, "content-length"):
                guard declaredLength == nil, FieldText.isDecimal(value) else { throw .ambiguousLength }
                // A number that no Int holds is a length over every limit.
                declaredLength = Int(value) ?? .max
            case 17 where FieldText.same(name, "transfer-encoding"):
                guard !coded, FieldText.same(value, "chunked") else { throw .ambiguousLength }
                coded = true
            default: break
            }
        }
        guard host != nil else { throw .missingHost }
        guard !(coded && declaredLength != nil) else { throw .ambiguousLength }
    }
}
