import ARMModel
import AuditModel
import PolicyCore
import StrictJSON
import Synchronization
import Testing

@testable import GatewayEnforcement

/// Many callers at once, and an ARM that answers by the dice: sends of one command that may have run are never more
/// than one, plus one for each acknowledgement and each answer that arrived.
@Suite struct AtMostOnceRaceTests {
    /// What ARM says, and how often it may have run something by it.
    private final class Azure: Sendable {
        private let state: Mutex<(dice: Dice, ran: [String: Int])>
        init(_ seed: UInt64) { self.state = Mutex((Dice(seed), [:])) }
        var ran: [String: Int] { self.state.withLock(\.ran) }
        var total: Int { self.ran.values.reduce(0, +) }

        func answer(_ sent: ScriptedUpstream.Sent) -> UpstreamResult {
            guard sent.method != "GET" else { return ARM.stored() }
            return self.state.withLock { state in
                let face = state.dice.below(10)
                if face > 4 { state.ran[sent.clientRequestID ?? "", default: 0] += 1 }
                switch face {
                case 0...2: return ARM.reply(429, ARM.error)
                case 3...4: return .notSent("connectRefused")
                case 5...6: return .outcomeUnknown("cut")
                default: return sent.method == "PATCH" ? ARM.stored() : ARM.accepted
                }
            }
        }
    }

    private static func client(_ number: Int) -> String { "c0000000-0000-4000-8000-00000000000\(number)" }

    private func call(_ scene: Scene, _ isRun: Bool, client: Int?, acknowledging: String? = nil) async -> GatewayAnswer
    {
        await scene.call(
            isRun ? "POST" : "PATCH", isRun ? Scene.action : Scene.command,
            body: isRun ? Scene.allowedBody : HoldTests.patch
        ) { headers in
            headers.clientRequestID = client.map(Self.client)
            headers.acknowledgedRequest = acknowledging
        }
    }

    @Test(arguments: 0..<40) func manyWithTheSameID(_ seed: UInt64) async throws {
        let isRun = seed % 2 == 0
        var dice = Dice(seed)
        let scene = try Scene(yields: dice.below(6))
        let azure = Azure(seed)
        scene.upstream.afterwards { azure.answer($0) }
        for _ in 0..<3 {
            await withTaskGroup(of: Void.self) { group in
                for number in 0..<16 {
                    let yields = dice.below(8)
                    group.addTask {
                        for _ in 0..<yields { await Task.yield() }
                        _ = await self.call(scene, isRun, client: number % 2)
                    }
                }
            }
        }
        #expect(azure.ran.values.allSatisfy { $0 <= 1 }, "seed \(seed): \(azure.ran)")
        // Changes of one resource have their turns, so one that is unknown holds back all others.
        let unknown = scene.log.operations.values.filter { $0.isUnknown && $0.endedMilliseconds == nil }
        if !isRun { #expect(unknown.count <= 1) }
        // Everyone acknowledges at once.
        var allowed = azure.total
        for round in 0..<3 {
            let held = await self.call(scene, isRun, client: 9)
            guard held.error == "UpstreamOutcomeUnknown", let named = held.header("x-sallyport-repeat-of") else {
                break
            }
            allowed = azure.total + 1
            await withTaskGroup(of: Void.self) { group in
                for number in 0..<8 {
                    group.addTask {
                        _ = await self.call(
                            scene, isRun, client: number < 4 ? nil : 2 + round, acknowledging: named)
                    }
                }
            }
            #expect(azure.total <= allowed, "seed \(seed), \(named)")
        }
    }

    @Test(arguments: 0..<40) func oneWithoutAnIDWhoKeepsTrying(_ seed: UInt64) async throws {
        var dice = Dice(seed)
        let scene = try Scene(yields: dice.below(4))
        let azure = Azure(seed)
        scene.upstream.afterwards { azure.answer($0) }
        var arrived = 0
        var acknowledged = 0
        var known: String?
        for _ in 0..<40 {
            if dice.below(5) == 0 { scene.log.fail(on: [.decision]) }
            let leaves = dice.below(6) == 0
            let given = known
            let answer = await scene.call(
                "POST", Scene.action, body: Scene.allowedBody, headers: { $0.acknowledgedRequest = given }
            ) { body in
                if leaves { body() }
            }
            scene.log.fail(on: [])
            let arrives = !leaves && dice.below(2) == 0
            answer.delivered?(arrives)
            if arrives, answer.status == 202 { arrived += 1 }
            known = nil
            if answer.error == "UpstreamOutcomeUnknown", dice.below(2) == 0 {
                known = answer.header("x-sallyport-repeat-of") ?? answer.header("x-ms-request-id")
                acknowledged += 1
            }
            #expect(azure.total <= 1 + arrived + acknowledged, "seed \(seed)")
        }
    }
}
