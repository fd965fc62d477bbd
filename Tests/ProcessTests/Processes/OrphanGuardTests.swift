import Foundation
import GatewayTestSupport
import Testing

@Suite struct OrphanGuardTests {
    /// Groups that are watched go when the tests do; those that were forgotten do not.
    @Test func whatIsLeftIsKilledWithItsGroup() async throws {
        let directory = try TestDirectory()
        let left = try ChildProcess(
            "bash", ["-c", "sleep 60 & wait"], environment: ["PATH": "/usr/bin:/bin"], log: directory.path("left"))
        let forgotten = try ChildProcess(
            "sleep", ["60"], environment: ["PATH": "/usr/bin:/bin"], log: directory.path("forgotten"))
        defer { forgotten.killGroup() }
        let orphans = OrphanGuard()
        orphans.watch(left.id)
        orphans.watch(forgotten.id)
        orphans.forget(forgotten.id)
        orphans.close()
        #expect(await left.end() == .killed(SIGKILL))
        #expect(forgotten.isRunning)
    }
}
