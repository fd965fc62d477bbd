import ARMModel

/// Reads the bytes of a whole answer as a script, strictly: the text that is judged is then the one that every reader
/// of the forwarded request sees.
enum FetchedScript {
    static func read(_ bytes: [UInt8]) throws(FetchRefusal) -> ScriptText {
        guard !bytes.starts(with: [0xEF, 0xBB, 0xBF]) else { throw FetchRefusal(.byteOrderMark) }
        guard let text = String(validating: bytes, as: UTF8.self) else { throw FetchRefusal(.notUTF8) }
        let script = ScriptText(text)
        guard !script.text.isEmpty else { throw FetchRefusal(.empty) }
        return script
    }
}
