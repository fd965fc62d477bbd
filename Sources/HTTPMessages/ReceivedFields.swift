/// The header fields of a message as they were received: in order, repeated ones kept, names in any case.
///
/// They stay the bytes that came, in one piece; texts are made only of those that somebody wants.
package struct ReceivedFields: Sendable {
    /// Where a field's name and value stand.
    struct Place: Sendable {
        var name: Range<UInt32>
        var value: Range<UInt32>
    }

    /// Names and values, and what else came with them.
    let bytes: [UInt8]
    private let places: [Place]

    init(bytes: [UInt8], places: [Place]) {
        self.bytes = bytes
        self.places = places
    }

    /// Fields that came in another way than as lines of a head.
    package init(_ fields: [(String, String)] = []) {
        var bytes: [UInt8] = []
        var places: [Place] = []
        func keep(_ text: String) -> Range<UInt32> {
            let start = UInt32(bytes.count)
            bytes.append(contentsOf: text.utf8)
            return start..<UInt32(bytes.count)
        }
        for (name, value) in fields { places.append(Place(name: keep(name), value: keep(value))) }
        self.init(bytes: bytes, places: places)
    }

    package var count: Int { self.places.count }

    /// Shows every field in order, one for each time it stands there; commas are not taken apart.
    /// - Parameter body: given the bytes of name and value, for the time of the call.
    package func visit(_ body: (_ name: UnsafeBufferPointer<UInt8>, _ value: UnsafeBufferPointer<UInt8>) -> Void) {
        self.bytes.withUnsafeBufferPointer { bytes in
            for place in self.places { body(Self.part(bytes, place.name), Self.part(bytes, place.value)) }
        }
    }

    /// The first value under a name, compared without ASCII case.
    /// - Parameter name: in lower case.
    package func first(_ name: StaticString) -> String? {
        var found: String?
        self.visit { if found == nil, FieldText.same($0, name) { found = FieldText.text($1) } }
        return found
    }

    private static func part(_ bytes: UnsafeBufferPointer<UInt8>, _ place: Range<UInt32>) -> UnsafeBufferPointer<UInt8>
    {
        UnsafeBufferPointer(rebasing: bytes[Int(place.lowerBound)..<Int(place.upperBound)])
    }
}

extension ReceivedFields: CustomStringConvertible, CustomReflectable {
    /// Only how many there are: tokens and signed links stand among them.
    package var description: String { "\(self.count) header fields" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
