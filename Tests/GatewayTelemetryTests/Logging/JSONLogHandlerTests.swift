import Foundation
import GatewayTelemetry
import Logging
import Testing

@Suite("JSON log lines")
struct JSONLogHandlerTests {
    let lines = CollectedLines()

    private func logger(_ label: String = "sallyport", provider: Logger.MetadataProvider? = nil) -> Logger {
        Logger(label: label) { label in
            JSONLogHandler(
                label: label, level: .trace, metadataProvider: provider, sink: self.lines.sink,
                now: { LogTimestamp(millisecondsSince1970: 1_795_165_503_042) })
        }
    }

    @Test func aLineIsOneObject() {
        self.logger().info("started", metadata: ["port": "8443", "attempt": "\(3)"])
        #expect(
            self.lines.all == [
                #"{"time":"2026-11-20T09:05:03.042Z","level":"info","logger":"sallyport","message":"started","#
                    + #""attempt":"3","port":"8443"}"# + "\n"
            ])
    }

    static let awkward = [
        "a\nb", "a\r\nb", "\"quoted\"", "back\\slash", "\u{0}\u{1}\u{1F}\u{7F}\u{85}\u{9B}31m", "\u{1B}[31mred",
        "\u{2028}\u{2029}", "\u{202E}desrever", "ü € \u{1F600}\u{1F468}\u{200D}\u{1F469}", "{\"level\":\"critical\"}",
        "\\u0041", "",
    ]

    @Test(arguments: Self.awkward)
    func anyTextComesBackAsItWas(_ text: String) throws {
        var logger = self.logger(text)
        logger[metadataKey: "own"] = .string(text)
        logger.error("\(text)", metadata: ["value": .string(text), "list": [.string(text)], "k\(text)": "named"])
        let object = try #require(try self.lines.objects().first)
        #expect(object["logger"] as? String == text)
        #expect(object["message"] as? String == text)
        #expect(object["own"] as? String == text)
        #expect(object["value"] as? String == text)
        #expect(object["list"] as? [String] == [text])
        #expect(object["k\(text)"] as? String == "named")
        #expect(object["level"] as? String == "error")
        // Nothing that moves a terminal's cursor or colours leaves as itself.
        let line = try #require(self.lines.all.first?.dropLast())
        #expect(!line.unicodeScalars.contains { $0.value < 0x20 || (0x7F...0x9F).contains($0.value) })
    }

    @Test func nestedMetadataIsFlattened() throws {
        self.logger().info(
            "m",
            metadata: [
                "target": ["machine": "web-1", "of": ["group": "rg"]], "empty": [:],
                "target.machine": "clash", "groups": ["a", ["b": "c"]],
            ])
        let object = try #require(try self.lines.objects().first)
        #expect(object["target.machine"] as? String == "web-1")
        #expect(object["target.machine_"] as? String == "clash")
        #expect(object["target.of.group"] as? String == "rg")
        #expect((object["groups"] as? [String])?.count == 2)
        #expect(object.count == 4 + 4)
    }

    @Test func metadataCannotPassForTheLineItself() throws {
        self.logger().info("true", metadata: ["message": "false", "level": "critical", "time": "never", "logger": "x"])
        let object = try #require(try self.lines.objects().first)
        #expect(object["message"] as? String == "true")
        #expect(object["level"] as? String == "info")
        #expect(object["metadata.message"] as? String == "false")
        #expect(object["metadata.level"] as? String == "critical")
        #expect(object["metadata.time"] as? String == "never")
        #expect(object["metadata.logger"] as? String == "x")
        // JSONSerialization keeps one of two like members: count them in the text.
        #expect(self.lines.all.first?.components(separatedBy: "\"message\":").count == 2)
    }

    @Test func nearerMetadataWins() throws {
        var logger = self.logger(provider: Logger.MetadataProvider { ["a": "provider", "b": "provider"] })
        logger[metadataKey: "a"] = "logger"
        logger[metadataKey: "b"] = "logger"
        logger[metadataKey: "c"] = "logger"
        logger.info("m", metadata: ["b": "call"])
        let object = try #require(try self.lines.objects().first)
        #expect(object["a"] as? String == "provider")
        #expect(object["b"] as? String == "call")
        #expect(object["c"] as? String == "logger")
    }

    @Test func redactedValuesStayRedacted() throws {
        struct Carrier: Error {
            var secret = Hidden()
        }
        var logger = self.logger()
        logger[metadataKey: "own"] = .stringConvertible(Hidden())
        logger.info(
            "\(Hidden())", error: Carrier(),
            metadata: [
                "a": .stringConvertible(Hidden()), "b": "\(Hidden())",
                "c": .array([.stringConvertible(Hidden()), .dictionary(["d": .stringConvertible(Hidden())])]),
                "e": .dictionary(["f": .stringConvertible(Hidden())]),
            ])
        logger.error("failed", error: Hidden())
        let objects = try self.lines.objects()
        #expect(objects.first?["a"] as? String == "<redacted>")
        #expect(objects.first?["e.f"] as? String == "<redacted>")
        #expect(objects.last?["error.message"] as? String == "<redacted>")
        #expect((objects.last?["error.type"] as? String)?.hasSuffix("Hidden") == true)
        #expect(!self.lines.all.joined().contains("canary"))
    }

    @Test func levelsAreObeyedAndNamed() throws {
        var logger = self.logger()
        logger.logLevel = .warning
        for level in Logger.Level.allCases { logger.log(level: level, "m") }
        #expect(try self.lines.objects().map { $0["level"] as? String } == ["warning", "error", "critical"])
    }

    @Test func longTextsAreCut() throws {
        let (long, fitting) = (String(repeating: "é", count: 100_000), String(repeating: "x", count: 16_384))
        self.logger().info("\(long)", metadata: ["v": "\(fitting)"])
        let object = try #require(try self.lines.objects().first)
        let message = try #require(object["message"] as? String)
        #expect(message.utf8.count <= 16_384 + 3)
        #expect(message.hasPrefix("éé"))
        #expect(message.hasSuffix("é…"))
        #expect(object["v"] as? String == fitting)
    }

    @Test func eachEventIsOneWrite() async throws {
        let logger = self.logger()
        await withTaskGroup(of: Void.self) { group in
            for task in 0..<4 {
                group.addTask {
                    for round in 0..<250 { logger.info("line", metadata: ["task": "\(task)", "round": "\(round)"]) }
                }
            }
        }
        #expect(try self.lines.objects().count == 1_000)
    }
}
