/// Colours of a terminal, or none.
struct Paint {
    enum Tone: String {
        case good = "32"
        case bad = "31"
        case doubtful = "33"
        case heading = "1"
    }

    var isColored: Bool

    func callAsFunction(_ text: String, _ tone: Tone?) -> String {
        guard self.isColored, let tone, !text.isEmpty else { return text }
        return "\u{1B}[\(tone.rawValue)m\(text)\u{1B}[0m"
    }
}
