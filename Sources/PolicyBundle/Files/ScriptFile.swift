import ARMModel
import YAMLReading

/// Approved scripts: plain files, read so that the file, a list of its lines and `--scripts @file` have one digest.
enum ScriptFile {
    /// What the agent for Linux takes at most, before its encoding makes it larger.
    static let maximumBytes = 262_144

    /// - Returns: `nil` after reporting why the file is no script.
    static func text(of bytes: [UInt8], at mark: YAMLMark, problems: Problems) -> ScriptText? {
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) {
            problems.error("the script begins with a byte-order mark, which no client sends; save it without", at: mark)
            return nil
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            problems.error("the script is not UTF-8 text", at: mark)
            return nil
        }
        if bytes.contains(0) {
            problems.error("the script holds a NUL byte", at: mark)
            return nil
        }
        let script = ScriptText(text)
        if script.text.isEmpty {
            problems.error("the script is empty", at: mark)
            return nil
        }
        return script
    }
}
