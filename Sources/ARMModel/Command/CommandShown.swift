import Crypto

extension Command {
    /// Digest of what a GET shows of a command and decides what runs: source, plain parameters, account. Equal for a
    /// command as it was sent and as ARM shows it afterwards; lower-case hexadecimal.
    ///
    /// `nil` if a part is not known, and for a script behind an address, whose text is not shown.
    package var shownDigest: String? {
        guard case .known(let source?) = self.source, case .known(let parameters) = self.parameters,
            case .known(let account) = self.runAsUser
        else { return nil }
        var parts: [String]
        switch source {
        case .inline(_, let script): parts = ["script", script.digest]
        case .builtIn(let commandID): parts = ["builtIn", ASCIICase.lowered(commandID)]
        case .gallery(let id): parts = ["gallery", ASCIICase.lowered(id)]
        case .address: return nil
        }
        parts += ["account", account ?? ""]
        for parameter in parameters { parts += [parameter.name, parameter.value] }
        var hash = SHA256()
        for part in parts { hash.update(data: Array("\(part.utf8.count):\(part)".utf8)) }
        return HexDigest.text(of: hash.finalize())
    }
}
