package import Redaction

/// What account names and passwords may look like: the machine's agent pastes both, unquoted, into a line for root's
/// shell (run-command handler for Linux 1.3.28), so nothing that a shell reads may stand in them.
package enum AccountShape {
    /// `[A-Za-z_][A-Za-z0-9_.-]{0,31}\$?`, or `DOMAIN\name` with such a name.
    package static func isUser(_ name: String) -> Bool {
        let parts = name.utf8.split(separator: 0x5C, omittingEmptySubsequences: false)
        switch parts.count {
        case 1: return self.isPlainName(parts[0])
        case 2: return self.isDomain(parts[0]) && self.isPlainName(parts[1])
        default: return false
        }
    }

    private static func isPlainName(_ bytes: Substring.UTF8View) -> Bool {
        var bytes = bytes
        if bytes.last == 0x24 { bytes = bytes.dropLast() }
        guard let first = bytes.first, bytes.count <= 32, ASCIIText.isLetter(first) || first == 0x5F else {
            return false
        }
        return bytes.allSatisfy { ASCIIText.isLetterOrDigit($0) || $0 == 0x5F || $0 == 0x2E || $0 == 0x2D }
    }

    private static func isDomain(_ bytes: Substring.UTF8View) -> Bool {
        guard let first = bytes.first, bytes.count <= 255, ASCIIText.isLetterOrDigit(first) else { return false }
        return bytes.allSatisfy { ASCIIText.isLetterOrDigit($0) || $0 == 0x5F || $0 == 0x2E || $0 == 0x2D }
    }

    /// No quotes, `$`, backtick, backslash, `|`, `&`, `;`, `<`, `>`, parentheses, spaces or control characters.
    package static func isPassword(_ password: Secret) -> Bool {
        password.withValue { value in
            value.utf8.count <= ParameterFloor.longestValue
                && value.unicodeScalars.allSatisfy { scalar in
                    if scalar.properties.isWhitespace || scalar.properties.generalCategory == .control { return false }
                    return !"'\"$`\\|&;<>()".unicodeScalars.contains(scalar)
                }
        }
    }
}
