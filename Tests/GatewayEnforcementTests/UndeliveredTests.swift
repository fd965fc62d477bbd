import ARMModel
import AuditModel
import PolicyCore
import StrictJSON
import Synchronization
import Testing

@testable import GatewayEnforcement

/// Without a client request id, only a caller who was lost tells a repeat from a new request.
@Suite struct UndeliveredTests {
    /// Callers whose connections the test ends.
    private final class Callers: Sendable {
        private let told = Mutex<[@Sendable () -> Void]>([])
        func add(_ body: @escaping @Sendable () -> Void) { self.told.withLock { $0.append(body) } }
        func leave(_ place: Int) { self.told.withLock { $0[place] }() }
    }

    private func run(
        _ scene: Scene, whenAbandoned: @escaping @Sendable (@escaping @Sendable () -> Void) -> Void = { _ in }
    ) async -> GatewayAnswer {
        await scene.call("POST", Scene.action, body: Scene.allowedBody, whenAbandoned: whenAbandoned)
    }

    @Test func aRepeatThatCouldNotBeRecordedUsesNothingUp() async throws {
        let scene = try Scene(results: [ARM.accepted, ARM.accepted])
        await self.run(scene).delivered?(false)
        scene.log.fail(on: [.decision])
        #expect(await self.run(scene).error == "AuditUnavailable")
        scene.log.fail(on: [])
        #expect(await self.run(scene).header("x-sallyport-repeat-of") == Scene.requestID(1))
        #expect(scene.upstream.sent.count == 1)
    }

    @Test func aRepeatWhoseAnswerCouldNotBeReadUsesNothingUp() async throws {
        let log = MemoryAuditLog()
        let scene = try Scene(results: [ARM.accepted, ARM.accepted], log: log)
        await self.run(scene).delivered?(false)
        log.failReading()
        #expect(await self.run(scene).error == "AuditUnavailable")
        log.failReading(false)
        #expect(await self.run(scene).header("x-sallyport-repeat-of") == Scene.requestID(1))
    }

    @Test func aRepeatThatWaitedInVainUsesNothingUp() async throws {
        let scene = try Scene(results: [ARM.accepted, ARM.accepted])
        scene.clock.endWaits()
        let leave = Mutex<(@Sendable () -> Void)?>(nil)
        scene.upstream.whileSending {
            leave.withLock { $0 }?()
            for _ in 0..<2 {
                let answer = await self.run(scene)
                #expect(answer.error == "RequestAlreadyInProgress")
            }
        }
        await self.run(scene) { body in leave.withLock { $0 = body } }.delivered?(false)
        #expect(await self.run(scene).header("x-sallyport-repeat-of") == Scene.requestID(1))
        #expect(scene.upstream.sent.count == 1)
    }

    @Test func aCallerWhoLeavesBeforeItsDecisionIsOnRecordIsNoticed() async throws {
        let scene = try Scene(results: [ARM.accepted, ARM.accepted])
        let leave = Mutex<(@Sendable () -> Void)?>(nil)
        let second = Mutex<Task<GatewayAnswer, Never>?>(nil)
        scene.log.whileAppending(.decision) {
            leave.withLock { $0 }?()
            second.withLock { $0 = Task { await self.run(scene) } }
            while scene.log.entries.isEmpty { await Task.yield() }
        }
        await self.run(scene) { body in leave.withLock { $0 = body } }.delivered?(false)
        let waited = await second.withLock { $0 }?.value
        #expect(waited?.header("x-sallyport-repeat-of") == Scene.requestID(1) && scene.upstream.sent.count == 1)
    }

    @Test func aCallerWhoHadLeftBeforeItsAdmissionIsNoticed() async throws {
        let scene = try Scene(results: [ARM.accepted, ARM.accepted])
        await self.run(scene) { left in left() }.delivered?(false)
        #expect(scene.log.operations[Scene.requestID(1)]?.wasUndelivered == true)
        #expect(await self.run(scene).header("x-sallyport-repeat-of") == Scene.requestID(1))
    }

    @Test func aRepeatThatLeavesWhileItWaitsGivesUpItsPlace() async throws {
        let scene = try Scene(results: [ARM.accepted, ARM.accepted])
        let callers = Callers()
        let tasks = Mutex<[Task<GatewayAnswer, Never>]>([])
        scene.upstream.whileSending {
            callers.leave(0)
            let second = Task { await self.run(scene) { callers.add($0) } }
            while scene.log.entries.count < 2 { await Task.yield() }
            callers.leave(1)
            let third = Task { await self.run(scene) }
            while scene.log.entries.count < 3 { await Task.yield() }
            tasks.withLock { $0 = [second, third] }
        }
        await self.run(scene) { callers.add($0) }.delivered?(false)
        let waiting = tasks.withLock { $0 }
        await waiting[1].value.delivered?(true)
        await waiting[0].value.delivered?(false)
        #expect(scene.upstream.sent.count == 1)
        // Served once, whatever else is told of the other.
        #expect(scene.log.operations[Scene.requestID(1)]?.wasServed == true)
        #expect(await self.run(scene).header("x-sallyport-repeat-of") == nil)
    }

    @Test func onlyAServedRepeatIsMarked() async throws {
        let scene = try Scene(results: [ARM.accepted, ARM.accepted])
        await self.run(scene).delivered?(false)
        await self.run(scene).delivered?(false)
        #expect(scene.log.operations[Scene.requestID(1)]?.wasServed == false)
        await self.run(scene).delivered?(true)
        #expect(scene.log.operations[Scene.requestID(1)]?.wasServed == true)
        await self.run(scene).delivered?(true)
        #expect(scene.log.operations[Scene.requestID(4)]?.wasServed == false)
        #expect(scene.gateway.repeats.count == 0)
    }
}
