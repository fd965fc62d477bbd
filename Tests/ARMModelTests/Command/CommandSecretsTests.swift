import ARMModel
import GatewayTestSupport
import Redaction
import Testing

@Suite struct CommandSecretsTests {
    private func secrets(_ properties: String) throws -> Set<String> {
        let update = try ManagedUpdate(json(#"{"properties":{\#(properties)}}"#), version: .newest)
        return Set(update.applied(to: .unread).secrets.map(revealed))
    }

    @Test(arguments: [
        ("", []), (#""runAsPassword":"pass""#, ["pass"]),
        (#""protectedParameters":[{"name":"a","value":"one"},{"name":"b","value":"two"}]"#, ["one", "two"]),
        (#""outputBlobUri":"https://h/o?sp=r&sig=ab%2Fc%3D""#, ["sp=r&sig=ab%2Fc%3D", "ab%2Fc%3D", "ab/c="]),
        (#""errorBlobUri":"https://h/e?x=1""#, ["x=1"]), (#""errorBlobUri":"https://h/e""#, []),
        (#""source":{"scriptUri":"https://h/s#f?SIG=z"}"#, ["f?SIG=z"]),
        (#""source":{"scriptUri":"https://h/s?SIG=z"}"#, ["SIG=z", "z"]),
        (#""source":{"script":"s"},"parameters":[{"name":"a","value":"b"}],"runAsUser":"u""#, []),
    ])
    func areThoseOfTheRequest(_ properties: String, _ expected: [String]) throws {
        #expect(try self.secrets(properties) == Set(expected))
    }

    @Test func aMessageThatQuotesAnAddressInPartIsScrubbed() throws {
        let update = try ManagedUpdate(
            json(#"{"properties":{"outputBlobUri":"https://h/o?sp=rw&sig=Zm9vYmFy%2BZm9v%3D"}}"#), version: .newest)
        let scrubber = Scrubber(update.applied(to: .unread).secrets)
        for text in [
            "https://h/o?sp=rw&sig=Zm9vYmFy%2BZm9v%3D", "sp=rw&sig=Zm9vYmFy%2BZm9v%3D", "sig Zm9vYmFy%2BZm9v%3D",
            "sig Zm9vYmFy+Zm9v= is bad", #"sp=rw\u0026sig=Zm9vYmFy%2BZm9v%3D"#, "sp=rw&amp;sig=Zm9vYmFy%2BZm9v%3D",
        ] {
            let (clean, removed) = scrubber.scrubbed(text)
            #expect(removed == 1)
            #expect(!clean.contains("Zm9vYmFy"))
        }
    }
}
