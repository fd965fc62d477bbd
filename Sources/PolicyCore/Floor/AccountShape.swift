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

    /// Why this is no password; `nil` if it is one. The agent runs `echo PASSWORD | sudo -S -u USER SCRIPT`, so what
    /// stands here must reach `sudo` as it is, and leave the line as it is.
    ///
    /// - Returns: a sentence that names the kind of character and never one of the password's own.
    package static func problem(withPassword password: Secret) -> String? {
        password.withValue { value in
            if value.utf8.count > ParameterFloor.longestValue {
                return "The password has at most \(ParameterFloor.longestValue) bytes."
            }
            let isOfOneWord = value.unicodeScalars.allSatisfy { scalar in
                !scalar.properties.isWhitespace && scalar.properties.generalCategory != .control
                    && !"'\"$`\\|&;<>()".unicodeScalars.contains(scalar)
            }
            guard isOfOneWord else {
                return "The password may not hold quotes, $, backtick, backslash, | & ; < > ( ), spaces or control "
                    + "characters: the machine's agent pastes it into a shell line."
            }
            // A comment swallows the script, `echo` takes an option for itself.
            if let first = value.utf8.first, "#-~".utf8.contains(first) {
                return "The password may not begin with # - or ~: the shell of the machine's agent would read it as "
                    + "something else, and the script might silently not run."
            }
            if value.utf8.contains(where: "*?[]{}".utf8.contains) {
                return "The password may not hold * ? [ ] { }: the shell of the machine's agent may put something else "
                    + "in its place."
            }
            // bash expands a tilde here too, in a word that looks like an assignment.
            let pairs = zip(value.utf8, value.utf8.dropFirst())
            if pairs.contains(where: { ($0 == 0x3A || $0 == 0x3D) && $1 == 0x7E }) {
                return "The password may not hold ~ right behind = or a colon: the shell of the machine's agent may "
                    + "put a folder in its place."
            }
            return nil
        }
    }
}
