import ARMModel
import Redaction
import StrictJSON
import Testing

@Suite struct AnswerScrubbingTests {
    private func scrubbed(_ text: String, _ secrets: [String]) throws -> (String, Int) {
        let node = try JSONReader.read(Array(text.utf8), limits: .answer, names: .refuseIdentical)
        let (clean, removed) = AnswerScrubbing.scrubbed(node, by: Scrubber(secrets.map(Secret.init)))
        return (ARMModelTests.text(clean), removed)
    }

    @Test(arguments: [
        ("98765432", #"{"exitCode":98765432}"#, #"{"exitCode":"[redacted]"}"#, 1),
        ("98765432", #"{"n":-98765432,"m":1987654320}"#, #"{"n":"[redacted]","m":"[redacted]"}"#, 2),
        (
            "98765432", #"[98765432.0,9.8765432e7,9.8765432E+7,0.98765432,9876543]"#,
            #"["[redacted]","[redacted]","[redacted]","[redacted]",9876543]"#, 4
        ),
        (
            "1500000", #"[1.5e6,15E5,1.5e-6,1.5e999999999999999999999,1.5e5]"#,
            #"["[redacted]","[redacted]",1.5e-6,1.5e999999999999999999999,1.5e5]"#, 2
        ),
        ("12345678", #"{"n":1234567,"m":null,"b":true}"#, #"{"n":1234567,"m":null,"b":true}"#, 0),
        ("12345", #"{"n":12345}"#, #"{"n":12345}"#, 0),
        ("1e1000", #"{"n":1e1000}"#, #"{"n":"[redacted]"}"#, 1),
    ])
    func numbersThatTellASecretBecomeText(_ secret: String, _ text: String, _ expected: String, _ count: Int) throws {
        let (clean, removed) = try self.scrubbed(text, [secret])
        #expect(clean == expected)
        #expect(removed == count)
    }

    @Test(arguments: [
        "properties", "status", "provisioningState", "executionState", "message", "instanceView", "exitCode",
        "startTime", "endTime", "output", "nextLink", "innererror", "systemData", "displayStatus", "parameters",
        "protectedParameters", "location", "operationGroup",
    ])
    func namesOfTheProtocolStay(_ name: String) throws {
        for name in [name, name.uppercased(), name.lowercased()] {
            let (clean, removed) = try self.scrubbed(#"{"\#(name)":{"x":"\#(name)"}}"#, [name])
            #expect(clean == #"{"\#(name)":{"x":"[redacted]"}}"#)
            #expect(removed == 1)
        }
    }

    /// A secret that is part of a name of the protocol, or holds one, changes neither.
    @Test func partsOfNamesStayToo() throws {
        let (clean, removed) = try self.scrubbed(
            #"{"properties":{"instanceView":{},"my-properties":1,"proper":"proper"}}"#, ["proper", "instance"])
        #expect(clean == #"{"properties":{"instanceView":{},"my-[redacted]ties":1,"[redacted]":"[redacted]"}}"#)
        #expect(removed == 3)
    }

    @Test(arguments: [
        ("status", "Succeeded"), ("status", "InProgress"), ("status", "Canceled"), ("provisioningState", "Updating"),
        ("executionState", "Running"), ("executionState", "TimedOut"), ("executionState", "FAILED"),
        ("code", "ComponentStatus/StdOut/succeeded"), ("code", "ProvisioningState/failed"),
        ("code", "TooManyRequests"), ("code", "ResourceNotFound"), ("level", "Warning"),
        ("displayStatus", "Provisioning succeeded"), ("Status", "Succeeded"),
    ])
    func wordsForStatesStayWhereStatesStand(_ member: String, _ word: String) throws {
        // In part or whole.
        for secret in [word, String(word.prefix(6)), String(word.suffix(6))] {
            let (clean, removed) = try self.scrubbed(#"[{"\#(member)":"\#(word)","message":"\#(word)"}]"#, [secret])
            #expect(clean.hasPrefix(#"[{"\#(member)":"\#(word)","#))
            #expect(removed == 1 && clean.contains("[redacted]"))
        }
        let other = try self.scrubbed(#"{"\#(member)":"\#(word)-x","message":["\#(word)"]}"#, [word])
        #expect(other == (#"{"\#(member)":"[redacted]-x","message":["[redacted]"]}"#, 2))
    }

    /// The states of every example of Azure's own stay, though each is a secret here.
    @Test func examplesKeepTheirStates() throws {
        let states = ["status", "provisioningState", "executionState", "code", "level", "displayStatus"]
        func collect(_ node: JSONNode, _ into: inout [String]) {
            for element in node.array ?? [] { collect(element, &into) }
            for member in node.members ?? [] {
                if states.contains(member.name), let text = member.value.string { into.append(text) }
                into.append("name " + member.name)
                collect(member.value, &into)
            }
        }
        var seen = 0
        for example in try AzureFixtures.examples() {
            guard let answer = example.answer else { continue }
            var before: [String] = []
            collect(answer, &before)
            let words = before.filter { !$0.hasPrefix("name tag") }
            let scrubber = Scrubber(words.map { Secret($0.hasPrefix("name ") ? String($0.dropFirst(5)) : $0) })
            var after: [String] = []
            collect(AnswerScrubbing.scrubbed(answer, by: scrubber).0, &after)
            #expect(before.filter { !$0.hasPrefix("name tag") } == after.filter { !$0.hasPrefix("name tag") })
            seen += before.count
        }
        #expect(seen > 100)
    }

    @Test(arguments: [
        (#"{"secret-one":1,"secret-two":2}"#, #"{"[redacted]":1,"[redacted 2]":2}"#, 2),
        (
            #"{"secret-one":1,"x":2,"secret-two":3,"secret-three":4}"#,
            #"{"[redacted]":1,"x":2,"[redacted 2]":3,"[redacted 3]":4}"#, 3
        ),
        (#"{"secret-one":1,"[redacted]":2}"#, #"{"[redacted 2]":1,"[redacted]":2}"#, 1),
        (
            #"{"[redacted 2]":0,"secret-one":1,"secret-two":2}"#,
            #"{"[redacted 2]":0,"[redacted]":1,"[redacted 3]":2}"#, 2
        ),
        (
            #"{"a secret-one b":1,"a secret-two b":2,"a secret-one c":3}"#,
            #"{"a [redacted] b":1,"a [redacted 2] b":2,"a [redacted] c":3}"#, 3
        ),
        (#"[{"secret-one":1},{"secret-two":2}]"#, #"[{"[redacted]":1},{"[redacted]":2}]"#, 2),
        (#"{"secret-one":{"secret-two":{"secret-one":1}}}"#, #"{"[redacted]":{"[redacted]":{"[redacted]":1}}}"#, 3),
        (#"{"secret\u002done":1,"secret%2Done":2}"#, #"{"[redacted]":1,"[redacted 2]":2}"#, 2),
    ])
    func namesWithSecretsStayDifferent(_ text: String, _ expected: String, _ count: Int) throws {
        let (clean, removed) = try self.scrubbed(text, ["secret-one", "secret-two", "secret-three"])
        #expect(clean == expected)
        #expect(removed == count)
        // A reader takes it as it takes the answer itself.
        _ = try JSONReader.read(Array(clean.utf8))
    }

    @Test func manyNamesWithSecretsStayCheap() throws {
        let members = (0..<3_000).map {
            #""secret-one \#($0)":1,"secret-one\#(String(repeating: "!", count: $0 % 3))\#($0)":2"#
        }
        let (clean, removed) = try self.scrubbed("{\(members.joined(separator: ","))}", ["secret-one"])
        #expect(removed == 6_000)
        #expect(
            try JSONReader.read(Array(clean.utf8), limits: .answer, names: .refuseIdentical).members?.count == 6_000)
    }
}
