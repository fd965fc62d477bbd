import NIOCore
import NIOHPACK
import NIOHTTP1

extension OutboundResponse {
    /// Whether bytes follow the head, where the request allows a body at all.
    func sendsBody(omitted: Bool) -> Bool { mayHaveBody && !omitted && body.readableBytes > 0 }

    func http1Head(closes: Bool) -> HTTPResponseHead {
        var fields = HTTPHeaders()
        fields.reserveCapacity(headers.count + 2)
        for (name, value) in headers { fields.add(name: name, value: value) }
        if mayHaveBody { fields.add(name: "content-length", value: String(body.readableBytes)) }
        if closes { fields.add(name: "connection", value: "close") }
        return HTTPResponseHead(version: .http1_1, status: HTTPResponseStatus(statusCode: status), headers: fields)
    }

    func http2Head() -> HPACKHeaders {
        var fields = HPACKHeaders()
        fields.reserveCapacity(headers.count + 2)
        fields.add(name: ":status", value: String(status))
        for (name, value) in headers { fields.add(name: name.lowercased(), value: value) }
        if mayHaveBody { fields.add(name: "content-length", value: String(body.readableBytes)) }
        return fields
    }
}
