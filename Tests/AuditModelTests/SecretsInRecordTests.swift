import ARMModel
import AuditModel
import GatewayTestSupport
import PolicyCore
import Redaction
import StrictJSON
import Testing

/// No secret of a request stands in a row or a body, in any spelling.
@Suite struct SecretsInRecordTests {
    private static let secrets: [(place: String, value: String, label: FingerprintLabel)] = [
        ("runAsPassword", "CANARY-password+/=é", .runAsPassword),
        ("protectedParameters", "CANARY-protected \"1\"", .protectedParameter),
        ("outputBlobUri", "?sv=1&sig=CANARY-output%2B", .blobQuery), ("errorBlobUri", "#CANARY-error", .blobQuery),
        ("scriptUri", "?sig=CANARY-script%3D", .scriptQuery),
    ]

    private func command() throws -> Command {
        var command = try Samples.command(
            """
            "source":{"scriptUri":"https://h/s\(Self.secrets[4].value)"},"outputBlobUri":"https://CANARY-user@h/o\
            \(Self.secrets[2].value)","errorBlobUri":"https://h/e\(Self.secrets[3].value)"
            """)
        command.runAsPassword = .known(Secret(Self.secrets[0].value))
        command.protectedParameters = .known([ProtectedParameter(name: "p", value: Secret(Self.secrets[1].value))])
        return command
    }

    /// Where a value would be found: row and bodies.
    private func isFound(_ value: String, in entry: AuditEntry) -> Bool {
        let haystacks = [entry.canonical] + entry.bodies.compactMap(\.text)
        return SecretForms.all(of: value).contains { form in
            haystacks.contains { haystack in
                haystack.indices.contains { haystack[$0...].starts(with: form) }
            }
        }
    }

    @Test(arguments: [RecordSettings.Keep.full, .digest])
    func secretsStandAsFingerprintsOnly(_ keep: RecordSettings.Keep) throws {
        let settings = Samples.settings(scriptText: keep, parameterValues: keep)
        let encoder = EntryEncoder(settings: settings)
        let command = try self.command()
        for entry in [
            encoder.decision(
                at: 0, request: Samples.fullFacts, principal: Samples.fullPrincipal, command: command,
                decision: Samples.fullDecision),
            encoder.lookup(at: 0, request: Samples.fullFacts, principal: Samples.fullPrincipal, command: command),
        ] {
            for (place, value, label) in Self.secrets {
                #expect(!self.isFound(value, in: entry), "\(place)")
                let fingerprint = settings.fingerprintKey.fingerprint(of: Secret(value), label: label).text
                #expect(text(entry.canonical).contains("\"fingerprint\":\"\(fingerprint)\""), "\(place)")
            }
            #expect(!self.isFound("CANARY", in: entry))
            #expect(text(entry.canonical).contains(#""hasUserInformation":true"#))
        }
    }

    /// The search finds what is meant to be there.
    @Test func theSearchFindsAPlantedValue() throws {
        let command = try Samples.command(
            #""source":{"script":"echo CANARY-1"},"parameters":[{"name":"n","value":"CANARY-2"}],"runAsUser":"CANARY-3""#
        )
        let entry = EntryEncoder(settings: Samples.settings()).decision(
            at: 0, request: Samples.fullFacts, principal: Samples.fullPrincipal, command: command,
            decision: Samples.fullDecision)
        for planted in ["CANARY-1", "CANARY-2", "CANARY-3"] { #expect(self.isFound(planted, in: entry)) }
    }

    @Test func anUnreadableBodyLeavesItsReasonOnly() throws {
        let body = #"{"properties":{"runAsPassword":"CANARY","runaspassword":"CANARY"}}"#
        let error = try #require(throws: JSONError.self) { try JSONReader.read(Array(body.utf8)) }
        let entry = EntryEncoder(settings: Samples.settings()).decision(
            at: 0, request: Samples.leastFacts, principal: Samples.leastPrincipal,
            content: UnreadableContent(length: body.utf8.count, reason: error.reason.rawValue, offset: error.offset),
            decision: Samples.leastDecision)
        #expect(!self.isFound("CANARY", in: entry))
        #expect(
            text(entry.canonical).contains(
                #""content":{"length":\#(body.utf8.count),"offset":40,"reason":"repeatedName"}"#))
    }
}
