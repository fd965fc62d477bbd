/// How long the body behind a head is.
package enum BodyLength: Sendable, Equatable {
    case bytes(Int)
    case chunked
    /// As long as the connection lasts, which only an answer may say.
    case untilEnd
}

/// What the fields of a head say about the length of the body, seen field by field (RFC 9112 §6).
///
/// It has to be said in one way, once: two readers that choose between two ways see different messages.
package struct BodyFraming: Sendable {
    /// `Content-Length`; a number that no `Int` holds is the greatest there is, and over every limit.
    package private(set) var length: Int?
    package private(set) var isChunked = false
    private var isUnclear = false

    package init() {}

    /// Whether it is said in at most one way.
    package var isSound: Bool { !self.isUnclear && !(self.isChunked && self.length != nil) }

    /// Nil where nothing is said.
    package var bodyLength: BodyLength? {
        if self.isChunked { return .chunked }
        return self.length.map { .bytes($0) }
    }

    /// Looks at a field; those with other names say nothing.
    package mutating func take(_ name: UnsafeBufferPointer<UInt8>, _ value: UnsafeBufferPointer<UInt8>) {
        switch name.count {
        case 14 where FieldText.same(name, "content-length"):
            if self.length != nil || !FieldText.isDecimal(value) { self.isUnclear = true }
            self.length = Int(FieldText.text(value)) ?? .max
        case 17 where FieldText.same(name, "transfer-encoding"):
            // A coding other than this one alone is none that we asked for or announced.
            if self.isChunked || !FieldText.same(value, "chunked") { self.isUnclear = true }
            self.isChunked = true
        default: break
        }
    }
}
