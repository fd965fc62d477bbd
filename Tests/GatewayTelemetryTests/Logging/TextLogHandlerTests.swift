import GatewayTelemetry
import Logging
import Testing

@Suite("Log lines for people")
struct TextLogHandlerTests {
    let lines = CollectedLines()

    private func logger(isColored: Bool = false) -> Logger {
        Logger(label: "sallyport") { label in
            TextLogHandler(
                label: label, level: .trace, isColored: isColored, sink: self.lines.sink,
                now: { LogTimestamp(millisecondsSince1970: 1_795_165_503_042) })
        }
    }

    @Test func readsLikeASentence() {
        self.logger().notice(
            "listening",
            metadata: ["port": "8443", "why": "it can", "none": "", "list": ["a", "b c"], "o": ["p": "q"]])
        #expect(
            self.lines.all == [
                "2026-11-20T09:05:03.042Z notice   sallyport: listening "
                    + "list=[a, \"b c\"] none=\"\" o.p=q port=8443 why=\"it can\"\n"
            ])
    }

    @Test func coloursOnlyTheLevel() {
        self.logger(isColored: true).error("broken")
        #expect(
            self.lines.all == ["2026-11-20T09:05:03.042Z \u{1B}[31merror   \u{1B}[0m sallyport: broken\n"])
    }

    @Test func aValueCannotForgeALine() {
        self.logger().info(
            "a\n2026 critical b\u{1B}[2J", metadata: ["v": "x\r\ny", "q": "say \"hi\" a=b", "k\n": "\u{9B}31m"])
        #expect(
            self.lines.all == [
                #"2026-11-20T09:05:03.042Z info     sallyport: a\n2026 critical b\u001b[2J k\n="\u009b31m" "#
                    + #"q="say \"hi\" a=b" v="x\r\ny""# + "\n"
            ])
    }

    @Test func redactedValuesStayRedacted() {
        self.logger().info("m", error: Hidden(), metadata: ["a": .stringConvertible(Hidden()), "b": ["\(Hidden())"]])
        #expect(self.lines.all.joined().contains("a=<redacted>"))
        #expect(!self.lines.all.joined().contains("canary"))
    }
}
