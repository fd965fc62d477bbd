import HTTPMessages
import NIOHPACK

/// The head of an HTTP/2 request taken apart into what HTTP/1.1 calls request line, host and headers.
struct HTTP2Head {
    private(set) var method = ""
    private(set) var target = ""
    private(set) var authority = ""
    let headers: ReceivedFields
    private(set) var declaredLength: Int?
    private(set) var expectsContinue = false

    /// NIOHTTP2 has checked by now that pseudo-headers are known, single and first, and that no connection header is there.
    ///
    /// - Parameter limit: bytes of names and values, the target among them.
    init(reading fields: HPACKHeaders, limit: Int) throws(TransportRefusal) {
        var size = 0
        var authority: String?
        var headers: [(String, String)] = []
        headers.reserveCapacity(fields.count)
        for (name, value, _) in fields {
            size += name.utf8.count + value.utf8.count
            guard size <= limit else { throw .headersTooLarge }
            switch name {
            case ":method": method = value
            case ":path": target = value
            case ":authority": authority = value
            case ":scheme": break
            case "host":
                // One beside an equal `:authority` comes from clients that speak both versions.
                guard !headers.contains(where: { $0.0 == name }), authority ?? value == value else {
                    throw .repeatedHost
                }
                authority = value
                headers.append((name, value))
            case "content-length":
                guard declaredLength == nil, !value.isEmpty, value.utf8.allSatisfy({ (0x30...0x39).contains($0) })
                else { throw .ambiguousLength }
                declaredLength = Int(value) ?? .max
                headers.append((name, value))
            case "expect":
                guard value.lowercased() == "100-continue" else { throw .unknownExpectation }
                expectsContinue = true
                headers.append((name, value))
            default: headers.append((name, value))
            }
        }
        guard let authority else { throw .missingHost }
        self.headers = ReceivedFields(headers)
        self.authority = authority
        // CONNECT has no path; its target is the authority.
        if target.isEmpty { target = authority }
    }
}
