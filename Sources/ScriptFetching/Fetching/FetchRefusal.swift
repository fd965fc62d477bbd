/// Why a script was not fetched: a few fixed words, fit for a metric label, a record and an error. It never holds a
/// part of the address or a byte of an answer.
package struct FetchRefusal: Error, Sendable, Hashable, CustomStringConvertible {
    package enum Reason: String, Sendable, Hashable, CaseIterable {
        /// The address was read back from Azure, which hides its query.
        case addressIncomplete
        case notHTTPS
        case portNotAllowed
        /// The address carries `user@`.
        case userInformation
        /// The address carries `#`.
        case fragment
        /// The path or query holds a byte that no request line may hold.
        case unusablePath
        /// The host is no DNS name in its usual form.
        case unusableHost
        case hostNotListed
        /// The host is an IP address and not a name.
        case literalAddress
        case nameNotResolved
        /// One of the addresses of the host is not public; ``FetchRefusal/addressClass`` says what it is.
        case addressNotPublic
        /// Too many fetches at once.
        case busy
        case shuttingDown
        /// The deadline for everything together passed.
        case timedOut
        case connectFailed
        case tlsFailed
        /// The server's chain or name did not pass verification.
        case certificateInvalid
        /// Any 3xx: redirects are not followed.
        case redirected
        /// Any other status than 200.
        case statusNotOK
        /// The answer has a content coding, although identity was asked for.
        case encoded
        /// The answer tells its length neither by `Content-Length` nor by chunks, so a cut would go unseen.
        case unframed
        case tooLarge
        /// The connection ended before the answer did.
        case closed
        /// Bytes that are no HTTP/1.1 answer.
        case malformedAnswer
        case empty
        case byteOrderMark
        case notUTF8
    }

    package let reason: Reason
    /// The status answered, with `redirected` and `statusNotOK`.
    package let status: Int?
    /// What the first address that is not public is for, with `addressNotPublic` and `literalAddress`.
    package let addressClass: AddressClass?

    package init(_ reason: Reason, status: Int? = nil, addressClass: AddressClass? = nil) {
        self.reason = reason
        self.status = status
        self.addressClass = addressClass
    }

    /// The reason with its status or address class, such as `redirected 302`.
    package var description: String {
        let status = self.status.map { " \($0)" } ?? ""
        return self.reason.rawValue + status + (self.addressClass.map { " " + $0.rawValue } ?? "")
    }

    /// Whether the same fetch may well succeed in a while: nobody was reached, or the host could not serve just then.
    package var isTransient: Bool {
        switch self.reason {
        case .nameNotResolved, .busy, .shuttingDown, .timedOut, .connectFailed, .tlsFailed, .closed: true
        case .statusNotOK: self.status.map { $0 >= 500 || $0 == 429 || $0 == 408 } ?? false
        case .addressIncomplete, .notHTTPS, .portNotAllowed, .userInformation, .fragment, .unusablePath, .unusableHost,
            .hostNotListed, .literalAddress, .addressNotPublic, .certificateInvalid, .redirected, .encoded, .unframed,
            .tooLarge, .malformedAnswer, .empty, .byteOrderMark, .notUTF8:
            false
        }
    }

    /// A clause for the caller that says what about the address or the answer is not accepted.
    package var message: String {
        switch self.reason {
        case .addressIncomplete: "the query of the script's address is not known"
        case .notHTTPS: "the script's address is not https"
        case .portNotAllowed: "the script's address names a port other than 443"
        case .userInformation: "the script's address holds user information"
        case .fragment: "the script's address holds a fragment"
        case .unusablePath: "the path or query of the script's address holds a character that is not allowed"
        case .unusableHost: "the host of the script's address is not a host name"
        case .hostNotListed: "the host of the script's address is not allowed"
        case .literalAddress: "the host of the script's address is an IP address"
        case .nameNotResolved: "the host of the script's address could not be resolved"
        case .addressNotPublic:
            "the host of the script's address has an IP address that is not public"
                + (self.addressClass.map { " (\($0.rawValue))" } ?? "")
        case .busy: "too many scripts are being fetched at the same time"
        case .shuttingDown: "the gateway is stopping"
        case .timedOut: "the script was not fetched in time"
        case .connectFailed: "no connection to the host of the script's address could be made"
        case .tlsFailed: "no TLS connection to the host of the script's address could be made"
        case .certificateInvalid: "the certificate of the host of the script's address is not valid for it"
        case .redirected: "the script's address answered with a redirect (\(self.status ?? 0)), which is not followed"
        case .statusNotOK: "the script's address answered with status \(self.status ?? 0)"
        case .encoded: "the script's address answered with a content coding"
        case .unframed: "the script's address answered without telling the length of the script"
        case .tooLarge: "the script is larger than is allowed"
        case .closed: "the connection ended before the whole script had come"
        case .malformedAnswer: "the script's address gave an answer that is not HTTP/1.1"
        case .empty: "the script fetched is empty"
        case .byteOrderMark: "the script fetched begins with a byte order mark"
        case .notUTF8: "the script fetched is not UTF-8"
        }
    }
}
