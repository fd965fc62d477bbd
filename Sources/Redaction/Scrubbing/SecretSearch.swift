/// Looks for the patterns of a ``PatternMachine`` in a text as it stands, and in what readers could make of it: with up
/// to three layers of escapes undone, from base64 in any of those, and as UTF-16 in any of those.
///
/// The number of readings is fixed, and none is longer than the text, so the time is linear.
struct SecretSearch {
    private enum Layer {
        case escapes(TextView)
        case base64(Base64Run, phase: Int)
    }

    private typealias Bytes = UnsafeBufferPointer<UInt8>

    /// A secret in JSON in a URL in JSON is found; a fourth writer is not.
    static let mostEscapeLayers = 3

    private let machine: PatternMachine
    /// From the text to what is looked at.
    private var layers: [Layer] = []
    private var places: [Range<Int>] = []
    private(set) var steps = 0

    init(_ machine: PatternMachine) { self.machine = machine }

    /// Where secrets stand, in order, overlapping ones joined.
    mutating func places(in text: UnsafeBufferPointer<UInt8>) -> [Range<Int>] {
        self.look(in: text, escapeLayers: Self.mostEscapeLayers, base64: true)
        // A pattern may be shorter than its secret by the line ends that count as one byte.
        self.places.removeAll { $0.count < Scrubber.minimumBytes }
        return Self.joined(self.places)
    }

    private mutating func look(in text: Bytes, escapeLayers: Int, base64: Bool) {
        // Of the bytes as they are: with one byte for a line end, units would no longer be two.
        self.lookWide(in: text)
        if text.contains(0x0D), let view = TextView.undoing([], in: text) {
            self.inside(view) { $0.lookNarrow(in: $1, view: nil, escapeLayers: escapeLayers, base64: base64) }
        } else {
            self.lookNarrow(in: text, view: nil, escapeLayers: escapeLayers, base64: base64)
        }
    }

    /// - Parameter view: where this is a reading of a text in which base64 has been looked for already.
    private mutating func lookNarrow(in text: Bytes, view: TextView?, escapeLayers: Int, base64: Bool) {
        self.match(text)
        if base64 { self.lookInBase64(of: text, view: view) }
        guard escapeLayers > 0, let view = TextView.undoing(.all, in: text) else { return }
        self.inside(view) {
            $0.lookWide(in: $1)
            $0.lookNarrow(in: $1, view: view, escapeLayers: escapeLayers - 1, base64: base64)
        }
    }

    private mutating func inside(_ view: TextView, _ body: (inout SecretSearch, Bytes) -> Void) {
        self.layers.append(.escapes(view))
        view.bytes.withUnsafeBufferPointer { body(&self, $0) }
        self.layers.removeLast()
    }

    private mutating func lookWide(in text: Bytes) {
        guard text.count >= Scrubber.minimumBytes, self.machine.hasWideSecrets || text.contains(0) else { return }
        for isBigEndian in [false, true] {
            for begin in 0..<2 {
                let view = TextView.wide(text, isBigEndian: isBigEndian, from: begin)
                self.inside(view) { $0.match($1) }
            }
        }
    }

    private mutating func lookInBase64(of text: Bytes, view: TextView?) {
        var place = 0
        while let run = Base64Run.next(in: text, from: &place) {
            if let view, view.isUnchanged(run.range) { continue }
            for phase in 0..<4 {
                self.layers.append(.base64(run, phase: phase))
                run.bytes(phase: phase).withUnsafeBufferPointer {
                    self.look(in: $0, escapeLayers: 1, base64: false)
                }
                self.layers.removeLast()
            }
        }
    }

    private mutating func match(_ bytes: Bytes) {
        for place in self.machine.places(in: bytes, steps: &self.steps) {
            var range = place
            for layer in self.layers.reversed() {
                switch layer {
                case .escapes(let view):
                    range = Int(view.starts[range.lowerBound])..<Int(view.ends[range.upperBound - 1])
                case .base64(let run, let phase): range = run.range(of: range, phase: phase)
                }
            }
            self.places.append(range)
        }
    }

    private static func joined(_ places: [Range<Int>]) -> [Range<Int>] {
        var out: [Range<Int>] = []
        for place in places.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if let last = out.last, place.lowerBound < last.upperBound {
                out[out.count - 1] = last.lowerBound..<max(last.upperBound, place.upperBound)
            } else {
                out.append(place)
            }
        }
        return out
    }
}
