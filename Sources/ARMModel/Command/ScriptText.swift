import Crypto

/// A script as it is judged, recorded and forwarded: text, and the SHA-256 of its UTF-8.
///
/// The text is the managed command's `script`, or the action's elements joined with one line feed, with every CR and
/// LF at the very end removed. Inside, CRLF is not LF. Catalogue files are read the same way, so a list of lines and
/// the file they came from have one digest.
package struct ScriptText: Sendable, Hashable {
    package let text: String
    /// Lower-case hexadecimal, 64 digits.
    package let digest: String

    package init(_ text: String) {
        var bytes = Array(text.utf8)
        while let last = bytes.last, last == 0x0A || last == 0x0D { bytes.removeLast() }
        self.text = String(decoding: bytes, as: UTF8.self)
        self.digest = HexDigest.text(of: SHA256.hash(data: bytes))
    }

    package init(lines: [String]) { self.init(lines.joined(separator: "\n")) }

    /// One element a line, the form that the action API carries.
    package var lines: [String] {
        self.text.utf8.split(separator: 0x0A, omittingEmptySubsequences: false).map { String(Substring($0)) }
    }
}
