import Crypto
import StrictJSON

/// A script as it is judged, recorded and forwarded: text, and the SHA-256 of its UTF-8.
///
/// The text is the managed command's `script`, or the action's elements joined with one line feed, with every CR and
/// LF at the very end removed. Inside, CRLF is not LF. Catalogue files are read the same way, so a list of lines and
/// the file they came from have one digest.
package struct ScriptText: Sendable, Hashable {
    /// Lines of the longest script that an action can carry, one element each.
    package static let mostLines = JSONLimits.request.elements

    package let text: String
    /// Lower-case hexadecimal, 64 digits.
    package let digest: String

    package init(_ text: String) {
        (self.text, self.digest) = text.withBytes { bytes in
            var count = bytes.count
            while count > 0, bytes[count - 1] == 0x0A || bytes[count - 1] == 0x0D { count -= 1 }
            let kept = UnsafeBufferPointer(rebasing: bytes[..<count])
            let digest = HexDigest.text(of: SHA256.hash(data: kept))
            return (count == bytes.count ? text : String(decoding: kept, as: UTF8.self), digest)
        }
    }

    package init(lines: [String]) { self.init(lines.count == 1 ? lines[0] : lines.joined(separator: "\n")) }

    /// One element a line, the form that the action API carries.
    package var lines: [String] {
        var lines: [String] = []
        self.forEachLine { lines.append(String(decoding: $0, as: UTF8.self)) }
        return lines
    }

    /// The UTF-8 of one line after the other.
    func forEachLine(_ body: (UnsafeBufferPointer<UInt8>) -> Void) {
        self.text.withBytes { bytes in
            var start = 0
            for index in bytes.indices where bytes[index] == 0x0A {
                body(UnsafeBufferPointer(rebasing: bytes[start..<index]))
                start = index + 1
            }
            body(UnsafeBufferPointer(rebasing: bytes[start...]))
        }
    }
}
