/// An absolute link of ARM's (`Location`, `Azure-AsyncOperation`) that points at an operation on the configured
/// endpoint and nowhere else (facts §2.5, §9.1).
package final class ARMLink: Sendable {
    /// Path and query as ARM wrote them: signed, so they are sent back byte for byte.
    package let originForm: String
    /// Where the names stand in it: most links are only kept, and nobody asks for their names.
    private let places: Places

    package var subscription: String { self.piece(self.places.subscription) }
    /// Lower case.
    package var location: String { ASCIICase.lowered(self.piece(self.places.location)) }
    /// ARM's id of the operation, the last segment.
    package var operationID: String { self.piece(self.places.operationID) }

    /// - Parameters:
    ///   - text: the header's value.
    ///   - authority: `host` or `host:port` of the configured endpoint, lower case.
    /// - Returns: `nil` for another host, scheme or port, for user information, and for a path that is no operation's.
    package init?(_ text: String, authority: String) {
        let found = text.withBytes { bytes -> (originForm: String, places: Places)? in
            guard bytes.count <= 8_192,
                let slash = authority.withBytes({ ARMOrigin.pathStart(of: bytes, on: $0) })
            else { return nil }
            let bytes = UnsafeBufferPointer(rebasing: bytes[slash...])
            return Places(bytes).map { (String(decoding: bytes, as: UTF8.self), $0) }
        }
        guard let found else { return nil }
        self.originForm = found.originForm
        self.places = found.places
    }

    /// Whether the operation is one of a subscription, without regard to the case of its letters.
    package func isIn(subscription: String) -> Bool {
        self.originForm.withBytes { bytes in
            subscription.withBytes {
                ASCIICase.areEqual(UnsafeBufferPointer(rebasing: bytes[self.places.subscription]), $0)
            }
        }
    }

    private func piece(_ place: Range<Int>) -> String {
        self.originForm.withBytes { String(decoding: UnsafeBufferPointer(rebasing: $0[place]), as: UTF8.self) }
    }

    /// ARM's id of the operation that a stored link names.
    package static func operationID(ofOriginForm text: String) -> String? {
        text.withBytes { bytes in
            let path = bytes.prefix { $0 != UInt8(ascii: "?") }
            guard let slash = path.lastIndex(of: UInt8(ascii: "/")), slash + 1 < path.endIndex else { return nil }
            return String(decoding: path[(slash + 1)...], as: UTF8.self)
        }
    }

    /// Where the pieces of a link stand, found in one pass: a link comes with every answer to a command.
    private struct Places: Sendable {
        let subscription: Range<Int>
        let location: Range<Int>
        let operationID: Range<Int>

        /// - Parameter bytes: of ``ARMLink/originForm``.
        init?(_ bytes: UnsafeBufferPointer<UInt8>) {
            var index = 0
            func skips(_ words: StaticString) -> Bool {
                let end = index + words.utf8CodeUnitCount
                guard end <= bytes.count, ASCIICase.areEqual(bytes[index..<end], toLowerCase: words) else {
                    return false
                }
                index = end
                return true
            }
            func segment() -> Range<Int> {
                let start = index
                while index < bytes.count, bytes[index] != UInt8(ascii: "/"), bytes[index] != UInt8(ascii: "?") {
                    index += 1
                }
                return start..<index
            }
            guard skips("/subscriptions/") else { return nil }
            self.subscription = segment()
            guard skips("/providers/microsoft.compute/locations/") else { return nil }
            self.location = segment()
            guard skips("/operations/") else { return nil }
            self.operationID = segment()
            // Nothing after the id but a query. The id is a GUID (facts §2.5); what is more than that could not be
            // hidden behind ours. So nothing in the path can be taken by another reader for a slash or a dot.
            guard index == bytes.count || bytes[index] == UInt8(ascii: "?"),
                ResourceName.isGUID(UnsafeBufferPointer(rebasing: bytes[self.subscription])),
                ResourceName.isLocation(UnsafeBufferPointer(rebasing: bytes[self.location])),
                ResourceName.isGUID(UnsafeBufferPointer(rebasing: bytes[self.operationID]))
            else { return nil }
            // The query is a signature of up to 4 KB. No way out of the loop, so that many bytes are looked at together.
            var foreign: UInt8 = 0
            var fragment = UInt8.max
            for place in index..<bytes.count {
                foreign |= bytes[place] <= 0x20 || bytes[place] >= 0x7F ? 1 : 0
                // 0 is the mark itself.
                fragment = min(fragment, bytes[place] ^ UInt8(ascii: "#"))
            }
            guard foreign == 0, fragment != 0 else { return nil }
        }
    }
}
