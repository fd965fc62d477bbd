import GatewayTestSupport
import SallyportCommand
import Testing

@Suite struct CheckTests {
    @Test func nothingWrong() async throws {
        let fixture = try ConfigurationFixture()
        let run = await sallyport("check", "--config", fixture.path)
        #expect(run.status == .success, "\(run.output)\(run.errors)")
        #expect(run.output == "")
        #expect(run.errors == "0 errors, 0 warnings\n")
    }

    @Test func problemsOfConfigurationAndBundleTogether() async throws {
        let fixture = try ConfigurationFixture()
        try fixture.configure(more: "logging: {level: loud}\nlistner: {}")
        try fixture.rule(effect: "alow")
        let run = await sallyport("check", "--config", fixture.path, environment: ["SALLYPORT_LISTENER_PROT": "1"])
        #expect(run.status == .failure)
        #expect(run.lines.contains { $0.hasPrefix("\(fixture.path):10: ") }, "\(run.output)")
        #expect(run.lines.contains { $0.hasPrefix("\(fixture.path):11: ") })
        #expect(run.lines.contains { $0.hasPrefix("\(fixture.policies)/rules/web.yaml:3: ") })
        #expect(run.lines.contains { $0.hasPrefix("SALLYPORT_LISTENER_PROT: warning: ") })
        #expect(run.errors == "3 errors, 1 warning\n")
    }

    @Test func warningsAloneAreNoFailure() async throws {
        let fixture = try ConfigurationFixture()
        try fixture.directory.write("echo", as: "policies/scripts/stray.sh")
        let run = await sallyport("check", "--config", fixture.path)
        #expect(run.status == .success)
        #expect(run.lines.count == 1 && run.output.contains("stray.sh: warning: "), "\(run.output)")
    }

    @Test func problemsAsJSONAndCSV() async throws {
        let fixture = try ConfigurationFixture()
        try fixture.rule(effect: "alow")
        let json = await sallyport("check", "--config", fixture.path, "--format", "json")
        #expect(json.lines.count == 1)
        #expect(json.output.hasPrefix(#"{"severity":"error","file":"\#(fixture.policies)/rules/web.yaml","line":3,"#))
        let csv = await sallyport("check", "--config", fixture.path, "--format", "csv")
        #expect(
            csv.output.hasPrefix(
                "severity,file,line,column,message\r\nerror,\(fixture.policies)/rules/web.yaml,3,"))
    }

    @Test func aConfigurationThatIsNotThere() async {
        let run = await sallyport("check", "--config", "/nowhere/sallyport.yaml")
        #expect(run.status == .failure)
        #expect(run.lines.count == 1 && run.output.hasPrefix("/nowhere/sallyport.yaml: "))
    }

    @Test func serveRefusesWhatCheckRefuses() async throws {
        let fixture = try ConfigurationFixture()
        try fixture.configure(more: "listner: {}")
        let run = await sallyport("serve", "--config", fixture.path)
        #expect(run.status == .failure)
        #expect(run.output == "")
        #expect(run.errors.hasPrefix("\(fixture.path):10: "))
    }

    @Test func policyCheck() async throws {
        let fixture = try ConfigurationFixture()
        #expect(await sallyport("policy", "check", fixture.policies).status == .success)
        try fixture.rule(more: "    colour: blue")
        let run = await sallyport("policy", "check", fixture.policies)
        #expect(run.status == .failure)
        #expect(run.lines.count == 1 && run.output.hasPrefix("\(fixture.policies)/rules/web.yaml:9: "), "\(run.output)")
        let absent = await sallyport("policy", "check", fixture.directory.path("absent"))
        #expect(absent.status == .failure)
        #expect(!absent.lines.isEmpty)
    }

    @Test func policyDigest() async throws {
        let fixture = try ConfigurationFixture()
        let run = await sallyport("policy", "digest", "\(fixture.policies)/scripts/report.sh")
        #expect(run.status == .success)
        // printf '#!/bin/bash\ndf -h' | sha256sum
        #expect(run.output == "eef0ecc24873b2971da3d5dab76599a9e19550d7b0217331b7402708b9d72083\n")
        let absent = await sallyport("policy", "digest", "/nowhere.sh")
        #expect(absent.status == .failure)
        #expect(absent.output == "" && absent.errors.hasPrefix("Error: /nowhere.sh"))
    }
}
