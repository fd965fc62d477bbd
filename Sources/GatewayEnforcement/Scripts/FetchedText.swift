import ARMModel

/// Checks a text that was fetched before it takes the place of an address: it must read the same to whoever decodes
/// the forwarded body.
enum FetchedText {
    static func script(_ text: String, maximumBytes: Int) -> Result<ScriptText, ScriptReadingFailure> {
        guard text.utf8.count <= maximumBytes else {
            return self.refused("tooLarge", "the script is larger than is allowed")
        }
        guard !text.unicodeScalars.starts(with: ["\u{FEFF}"]) else {
            return self.refused("byteOrderMark", "the script fetched begins with a byte order mark")
        }
        let script = ScriptText(text)
        guard !script.text.isEmpty else { return self.refused("empty", "the script fetched is empty") }
        return .success(script)
    }

    private static func refused(_ code: String, _ message: String) -> Result<ScriptText, ScriptReadingFailure> {
        .failure(ScriptReadingFailure(code: code, message: message, isTransient: false))
    }
}

extension ScriptReadingFailure: Error {}
