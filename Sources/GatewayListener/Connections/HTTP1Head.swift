import HTTPMessages

/// The head of an HTTP/1.1 request, and what it says about host, length, expectations and the connection.
struct HTTP1Head {
    let method: String
    /// Exactly as received.
    let target: String
    let host: String
    let fields: ReceivedFields
    /// `Content-Length`, where there is one.
    let declaredLength: Int?
    let bodyLength: BodyLength
    let expectsContinue: Bool
    /// Whether another request may follow: the client does not say that it closes, and does not want another protocol,
    /// after which nothing could be read as HTTP.
    let keepsAlive: Bool

    init(_ head: MessageHead) throws(TransportRefusal) {
        guard case .request(let line) = head.startLine else { throw .malformed }
        guard line.isHTTP11 else { throw .unsupportedVersion }
        var framing = BodyFraming()
        var (host, repeatsHost): (String?, Bool) = (nil, false)
        var (expectsContinue, expectsElse) = (false, false)
        var endsHere = line.method == "CONNECT"
        head.fields.visit { name, value in
            framing.take(name, value)
            // Lengths first: nearly every header is told apart by its length alone.
            switch name.count {
            case 4 where FieldText.same(name, "host"):
                repeatsHost = host != nil
                host = FieldText.text(value)
            case 6 where FieldText.same(name, "expect"):
                if FieldText.same(value, "100-continue") { expectsContinue = true } else { expectsElse = true }
            case 7 where FieldText.same(name, "upgrade"): endsHere = true
            case 10 where FieldText.same(name, "connection"):
                if FieldText.lists("close", in: value) { endsHere = true }
            default: break
            }
        }
        guard let host else { throw .missingHost }
        guard !repeatsHost else { throw .repeatedHost }
        guard framing.isSound else { throw .ambiguousLength }
        guard !expectsElse else { throw .unknownExpectation }
        method = line.method
        target = line.target
        self.host = host
        fields = head.fields
        declaredLength = framing.length
        bodyLength = framing.bodyLength ?? .bytes(0)
        self.expectsContinue = expectsContinue
        keepsAlive = !endsHere
    }
}
