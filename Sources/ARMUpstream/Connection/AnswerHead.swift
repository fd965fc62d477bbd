import HTTPMessages

/// The head of an answer, and what it says about the exchange.
struct AnswerHead: Sendable {
    let status: Int
    let fields: ReceivedFields
    /// Whether the connection may serve again afterwards.
    let keepsAlive: Bool
    /// The announced length, where there is one.
    let contentLength: Int?
    /// Every content coding named, in any case.
    let contentCodings: [String]
    let bodyLength: BodyLength

    /// - Parameter isForHEAD: whether the request was `HEAD`, whose answers have no body whatever they announce.
    init(_ head: MessageHead, isForHEAD: Bool) throws(MessageError) {
        guard case .answer(let line) = head.startLine else { throw .malformed }
        var framing = BodyFraming()
        var closes = false
        var codings: [String] = []
        head.fields.visit { name, value in
            framing.take(name, value)
            switch name.count {
            case 10 where FieldText.same(name, "connection"): if FieldText.lists("close", in: value) { closes = true }
            case 16 where FieldText.same(name, "content-encoding"): codings.append(FieldText.text(value))
            default: break
            }
        }
        guard framing.isSound else { throw .malformed }
        status = line.status
        fields = head.fields
        contentLength = framing.length
        contentCodings = codings
        bodyLength = if isForHEAD || Self.hasNoBody(line.status) { .bytes(0) } else { framing.bodyLength ?? .untilEnd }
        keepsAlive = line.isHTTP11 && !closes && bodyLength != .untilEnd
    }

    /// RFC 9112 §6.3.
    private static func hasNoBody(_ status: Int) -> Bool { status < 200 || status == 204 || status == 304 }
}
