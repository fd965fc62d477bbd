import ARMModel
import GatewayEnforcement
import HTTPMessages

/// What the gateway reads in the headers of a request, gathered in one pass. Not to be copied: it is a dozen texts.
struct RequestFields: ~Copyable {
    /// One for each time the header stands there, as everywhere here where a list is kept.
    private(set) var authorization: [String] = []
    private(set) var call = CallHeaders()
    private(set) var declaresLength = false
    /// Whether the headers say that a body follows, over HTTP/1.1 the only way to send one.
    private(set) var declaresBody = false
    private var returnsClientRequestID: String?
    private var acknowledged: [String] = []
    private var ifMatch: [String] = []
    private var ifNoneMatch: [String] = []
    private var dependsOnTime = false

    init(_ headers: ReceivedFields) {
        headers.visit { self.take($0, $1) }
        self.call.returnsClientRequestID =
            self.returnsClientRequestID.map { ASCIICase.areEqual($0, "true") } ?? false
        // Two of them leave open which request is meant.
        self.call.acknowledgedRequest = self.acknowledged.count == 1 ? self.acknowledged.first : nil
        self.call.preconditions = Preconditions(
            ifMatch: self.ifMatch, ifNoneMatch: self.ifNoneMatch, dependsOnTime: self.dependsOnTime)
    }

    /// Lengths first: nearly every header is told apart by its length alone.
    private mutating func take(_ name: UnsafeBufferPointer<UInt8>, _ bytes: UnsafeBufferPointer<UInt8>) {
        func isNamed(_ other: StaticString) -> Bool { FieldText.same(name, other) }
        func value() -> String { FieldText.text(bytes) }
        switch name.count {
        case 8 where isNamed("if-match"): self.ifMatch.append(value())
        case 12 where isNamed("content-type"): self.call.contentType.append(value())
        case 13 where isNamed("authorization"): self.authorization.append(value())
        case 13 where isNamed("if-none-match"): self.ifNoneMatch.append(value())
        case 14 where isNamed("content-length"):
            // The listener refuses a second one.
            self.declaresLength = true
            if !FieldText.same(bytes, "0") { self.declaresBody = true }
        case 15 where isNamed("accept-language"): Self.keepFirst(&self.call.acceptLanguage, value())
        case 16 where isNamed("content-encoding"): self.call.contentEncoding.append(value())
        case 17 where isNamed("transfer-encoding"): self.declaresBody = true
        case 17 where isNamed("if-modified-since"): self.dependsOnTime = true
        case 18 where isNamed("x-sallyport-repeat"): self.acknowledged.append(value())
        case 19 where isNamed("if-unmodified-since"): self.dependsOnTime = true
        case 22 where isNamed("x-ms-client-request-id"): Self.keepFirst(&self.call.clientRequestID, value())
        case 25 where isNamed("x-sallyport-justification"): Self.keepFirst(&self.call.justification, value())
        case 27 where isNamed("x-ms-correlation-request-id"):
            Self.keepFirst(&self.call.correlationRequestID, value())
        case 29 where isNamed("x-ms-return-client-request-id"):
            Self.keepFirst(&self.returnsClientRequestID, value())
        default: break
        }
    }

    private static func keepFirst(_ kept: inout String?, _ value: String) {
        if kept == nil { kept = value }
    }
}
