import GatewayConfiguration
import Testing

@testable import SallyportCommand

@Suite struct ConfigurationDigestTests {
    @Test func coversTheEnvironmentToo() throws {
        let fixture = try ConfigurationFixture()
        func digest(_ environment: [String: String]) throws -> String {
            try ServeCommand.digest(
                of: ConfigurationFile.load(path: fixture.path, environment: environment).get().configuration)
        }
        let plain = try digest([:])
        #expect(plain.count == 64)
        #expect(try digest([:]) == plain)
        #expect(try digest(["SALLYPORT_LISTENER_PORT": "8443"]) == plain)
        #expect(try digest(["SALLYPORT_LISTENER_PORT": "8444"]) != plain)
    }
}
