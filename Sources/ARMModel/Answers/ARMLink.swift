/// An absolute link of ARM's (`Location`, `Azure-AsyncOperation`) that points at an operation on the configured
/// endpoint and nowhere else (facts §2.5, §9.1).
package struct ARMLink: Sendable, Hashable {
    /// Path and query as ARM wrote them: signed, so they are sent back byte for byte.
    package var originForm: String
    package var subscription: String
    /// Lower case.
    package var location: String
    /// ARM's id of the operation, the last segment.
    package var operationID: String

    /// - Parameters:
    ///   - text: the header's value.
    ///   - authority: `host` or `host:port` of the configured endpoint, lower case.
    /// - Returns: `nil` for another host, scheme or port, for user information, and for a path that is no operation's.
    package init?(_ text: String, authority: String) {
        let parts = text.withBytes { bytes in authority.withBytes { Parts(bytes, authority: $0) } }
        // An id is a GUID (facts §2.5); what is more than that could not be hidden behind ours.
        guard let parts, ResourceName.isSubscription(parts.subscription), ResourceName.isLocation(parts.location),
            ResourceName.isGUID(parts.operationID)
        else { return nil }
        self.originForm = parts.originForm
        self.subscription = parts.subscription
        self.location = ASCIICase.lowered(parts.location)
        self.operationID = parts.operationID
    }

    /// ARM's id of the operation that a stored link names.
    package static func operationID(ofOriginForm text: String) -> String? {
        text.withBytes { bytes in
            let path = bytes.prefix { $0 != UInt8(ascii: "?") }
            guard let slash = path.lastIndex(of: UInt8(ascii: "/")), slash + 1 < path.endIndex else { return nil }
            return String(decoding: path[(slash + 1)...], as: UTF8.self)
        }
    }

    /// The pieces of a link, found in one pass: a link comes with every answer to a command.
    private struct Parts {
        var originForm: String
        var subscription: String
        var location: String
        var operationID: String

        private static let words: [StaticString] = [
            "subscriptions", "", "providers", "microsoft.compute", "locations", "", "operations", "",
        ]

        init?(_ bytes: UnsafeBufferPointer<UInt8>, authority: UnsafeBufferPointer<UInt8>) {
            guard bytes.count <= 8_192, let slash = ARMOrigin.pathStart(of: bytes, on: authority) else { return nil }
            var starts: [Int] = [slash + 1]
            var end = bytes.count
            for index in slash..<bytes.count {
                let byte = bytes[index]
                guard byte > 0x20, byte < 0x7F, byte != UInt8(ascii: "#") else { return nil }
                guard index < end else { continue }
                switch byte {
                case UInt8(ascii: "?"): end = index
                case UInt8(ascii: "/") where index > slash: starts.append(index + 1)
                // Nothing that another reader of the path might take for a slash or a dot.
                case UInt8(ascii: "%"), UInt8(ascii: "\\"), UInt8(ascii: ";"): return nil
                default: break
                }
            }
            guard starts.count == Self.words.count else { return nil }
            func segment(_ index: Int) -> Slice<UnsafeBufferPointer<UInt8>> {
                bytes[starts[index]..<(index + 1 < starts.count ? starts[index + 1] - 1 : end)]
            }
            for (index, word) in Self.words.enumerated() where word.utf8CodeUnitCount > 0 {
                guard ASCIICase.areEqual(segment(index), toLowerCase: word) else { return nil }
            }
            let id = segment(7)
            guard !id.isEmpty, !id.allSatisfy({ $0 == UInt8(ascii: ".") }) else { return nil }
            self.originForm = String(decoding: bytes[slash...], as: UTF8.self)
            self.subscription = String(decoding: segment(1), as: UTF8.self)
            self.location = String(decoding: segment(5), as: UTF8.self)
            self.operationID = String(decoding: id, as: UTF8.self)
        }
    }
}
