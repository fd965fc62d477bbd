import Foundation
import GatewayTestSupport
import Testing

/// What the shell gets to know from the real program.
@Suite struct UsageTests {
    @Test(arguments: [
        [], ["nonsense"], ["serve"], ["serve", "--config"], ["serve", "--config", "x", "y"], ["serve", "--colour"],
        ["health"], ["check"], ["audit"], ["audit", "verify"], ["audit", "list", "--format", "xml"], ["policy"],
    ]) func misunderstoodCommandLineExits64(arguments: [String]) async throws {
        let (end, output, errors) = try await Self.run(arguments)
        #expect(end == .exited(64))
        #expect(output.isEmpty)
        #expect(!errors.isEmpty)
    }

    @Test(arguments: [
        ["--help"], ["serve", "--help"], ["check", "--help"], ["health", "--help"], ["policy", "--help"],
        ["audit", "--help"], ["audit", "verify", "--help"], ["--version"],
    ]) func whatWasAskedForIsDataAndExits0(arguments: [String]) async throws {
        let (end, output, errors) = try await Self.run(arguments)
        #expect(end == .exited(0))
        #expect(!output.isEmpty)
        #expect(errors.isEmpty)
    }

    @Test(arguments: [
        ["serve", "--config", "absent.yaml"], ["check", "--config", "absent.yaml"],
        ["health", "--config", "absent.yaml"], ["audit", "verify", "--database", "absent.sqlite"],
    ]) func absentFileExits1(arguments: [String]) async throws {
        let (end, output, errors) = try await Self.run(arguments)
        #expect(end == .exited(1))
        #expect((output + errors).contains("absent."))
    }

    private static func run(_ arguments: [String]) async throws -> (ChildProcess.End, String, String) {
        let directory = try TestDirectory()
        let process = try ChildProcess(
            try BuiltProgram.sallyport.path, arguments, log: directory.path("sallyport"))
        let end = await process.end()
        return (end, process.output, process.errors)
    }
}
