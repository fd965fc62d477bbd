/// The first line of a message.
package enum StartLine: Sendable, Equatable {
    /// What is to be read: requests, answers, or fields that stand behind a chunked body, without a first line.
    package enum Kind: Sendable { case request, answer, trailer }

    case request(RequestLine)
    case answer(StatusLine)
    case none

    init(_ line: UnsafeBufferPointer<UInt8>, _ kind: Kind) throws(MessageError) {
        switch kind {
        case .request: self = .request(try RequestLine(line))
        case .answer: self = .answer(try StatusLine(line))
        case .trailer: self = .none
        }
    }
}

/// The first line of a request (RFC 9112 §3).
package struct RequestLine: Sendable, Equatable {
    /// A token, in the case in which it came.
    package let method: String
    /// Visible ASCII, not looked at further.
    package let target: String
    /// Whether it is a request of HTTP/1.1 and not of an earlier or a later version.
    package let isHTTP11: Bool

    init(_ line: UnsafeBufferPointer<UInt8>) throws(MessageError) {
        guard let methodEnd = line.firstIndex(of: 0x20) else { throw .malformed }
        let method = UnsafeBufferPointer(rebasing: line[..<methodEnd])
        // A version is eight bytes long, HTTP/ and two digits.
        let targetEnd = line.count - 9
        guard targetEnd > methodEnd + 1, line[targetEnd] == 0x20, FieldText.isName(method) else { throw .malformed }
        let target = UnsafeBufferPointer(rebasing: line[(methodEnd + 1)..<targetEnd])
        guard FieldText.isVisible(target),
            let version = HTTPVersion(UnsafeBufferPointer(rebasing: line[(targetEnd + 1)...]))
        else { throw .malformed }
        self.method = FieldText.text(method)
        self.target = FieldText.text(target)
        self.isHTTP11 = version.isOneOne
    }
}

/// The first line of an answer (RFC 9112 §4). Its phrase is passed over.
package struct StatusLine: Sendable, Equatable {
    /// From 100 up.
    package let status: Int
    package let isHTTP11: Bool

    init(_ line: UnsafeBufferPointer<UInt8>) throws(MessageError) {
        // Version, space, three digits; the phrase may be missing, and some leave out the space before it.
        guard line.count >= 12, line[8] == 0x20, line.count == 12 || line[12] == 0x20,
            let version = HTTPVersion(UnsafeBufferPointer(rebasing: line[..<8])), version.major == 1,
            version.minor <= 1,
            FieldText.isValue(UnsafeBufferPointer(rebasing: line[12...]))
        else { throw .malformed }
        var status = 0
        for index in 9..<12 {
            guard line[index] >= 0x30, line[index] <= 0x39 else { throw .malformed }
            status = status * 10 + Int(line[index] - 0x30)
        }
        // None below 100 is defined, and none may ever be.
        guard status >= 100 else { throw .malformed }
        self.status = status
        self.isHTTP11 = version.isOneOne
    }
}

private struct HTTPVersion {
    let major: Int
    let minor: Int
    var isOneOne: Bool { self.major == 1 && self.minor == 1 }

    init?(_ text: UnsafeBufferPointer<UInt8>) {
        guard text.count == 8, text[0] == 0x48, text[1] == 0x54, text[2] == 0x54, text[3] == 0x50, text[4] == 0x2f,
            text[5] >= 0x30, text[5] <= 0x39, text[6] == 0x2e, text[7] >= 0x30, text[7] <= 0x39
        else { return nil }
        self.major = Int(text[5] - 0x30)
        self.minor = Int(text[7] - 0x30)
    }
}
