import ARMModel
import Foundation
import PolicyBundle
import PolicyCore
import Testing

@Suite struct DigestTests {
    private func digest(_ changes: [String: String?] = [:]) throws -> String {
        let bundle = try SampleBundle(changes)
        defer { bundle.remove() }
        return try PolicyBundle.load(directory: bundle.path).digest
    }

    @Test func coversWhatDecidesAndNothingElse() throws {
        let plain = try self.digest()
        #expect(try self.digest() == plain)
        #expect(try self.digest(["tests/a.yaml": "cases: []\n", "README.md": "x", ".hidden": "x"]) == plain)
        #expect(try self.digest(["scripts/stray.sh": "x"]) == plain)
        for (file, text) in [
            ("bundle.yaml", SampleBundle.bundle + "# x\n"), ("rules/a.yaml", SampleBundle.rule + "\n"),
            ("scripts/catalog.yaml", SampleBundle.catalog + "\n"), ("scripts/hello.sh", "echo hello\n\n"),
            ("rules/b.yaml", "rules:\n  - {id: b, effect: deny}\n"),
        ] {
            #expect(try self.digest([file: text]) != plain, "\(file)")
        }
        let moved = try self.digest(["rules/a.yaml": nil, "rules/b.yaml": SampleBundle.rule])
        #expect(moved != plain)
    }

    /// As `sha256sum bundle.yaml rules/a.yaml scripts/catalog.yaml scripts/hello.sh | sha256sum` prints it.
    @Test func isTheDigestOfAListing() throws {
        let parts = [
            ("bundle.yaml", SampleBundle.bundle), ("rules/a.yaml", SampleBundle.rule),
            ("scripts/catalog.yaml", SampleBundle.catalog), ("scripts/hello.sh", "echo hello\n"),
        ]
        // The digest of a script's text is that of its bytes where no line end is cut off.
        func sha256(_ text: String) throws -> String {
            let file = NSTemporaryDirectory() + "digest-" + UUID().uuidString
            defer { try? FileManager.default.removeItem(atPath: file) }
            try Data(text.utf8).write(to: URL(fileURLWithPath: file))
            let process = Process()
            process.executableURL = URL(fileURLWithPath: "/usr/bin/sha256sum")
            process.arguments = [file]
            let pipe = Pipe()
            process.standardOutput = pipe
            try process.run()
            let output = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
            process.waitUntilExit()
            return String(output.prefix(64))
        }
        let listing = try parts.map { "\(try sha256($0.1))  \($0.0)\n" }.joined()
        #expect(try self.digest() == sha256(listing))
    }

    @Test func scriptDigestIsThatOfTheCatalogue() throws {
        let bundle = try SampleBundle(["scripts/hello.sh": "echo hello\r\n\n"])
        defer { bundle.remove() }
        let script = try PolicyBundle.script(file: bundle.path + "/scripts/hello.sh")
        #expect(script == ScriptText("echo hello"))
        let rule = try #require(try PolicyBundle.load(directory: bundle.path).policy.rules.first)
        #expect(rule.commands?.entries.first?.source == .script(digest: script.digest))
        try Data([0x65, 0xFF]).write(to: URL(fileURLWithPath: bundle.path + "/bad"))
        try Data([0x65, 0x00]).write(to: URL(fileURLWithPath: bundle.path + "/nul"))
        for name in ["bad", "nul", "none", "scripts"] {
            #expect(throws: BundleProblems.self) { try PolicyBundle.script(file: bundle.path + "/" + name) }
        }
    }
}
