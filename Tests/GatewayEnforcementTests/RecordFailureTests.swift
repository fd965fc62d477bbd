import ARMModel
import AuditModel
import PolicyCore
import StrictJSON
import Testing

@testable import GatewayEnforcement

/// ARM has answered and the record takes no row: the answer is relayed, new commands are refused, and an outcome
/// closes the gap when writing works again (CONTRACT §3).
@Suite struct RecordFailureTests {
    static let everything: Set<AuditEvent> = [.decision, .lookup, .response, .outcome]

    @Test(
        arguments: [
            (ARM.reply(409, ARM.error), 409, "failed"), (ARM.reply(401), 503, "failed"),
            (.notSent("connectRefused"), 503, "failed"),
            (ARM.reply(500), 409, "unknown"), (.outcomeUnknown("closed"), 409, "unknown"),
            (ARM.reply(202), 409, "unknown"),
            (ARM.reply(200, #"{"value":[{"level":"Error"}]}"#), 200, "failed"),
            (ARM.reply(200, #"{"value":[]}"#), 200, "succeeded"),
        ] as [(UpstreamResult, Int, String)])
    func gapIsClosed(reply: UpstreamResult, status: Int, outcome: String) async throws {
        for error in [AuditLogError.writeFailed("full"), .timedOut] {
            let scene = try Scene(results: [reply])
            scene.log.fail(on: [.response, .outcome], error)
            let answer = await scene.run()
            #expect(answer.status == status)
            #expect(answer.index == 1)
            #expect(scene.events() == ["decision"])
            scene.log.fail(on: Self.everything)
            #expect(await scene.run().error == "AuditUnavailable")
            #expect(scene.upstream.sent.count == 1)
            scene.log.fail(on: [])
            _ = await scene.run("{")
            let rows = try scene.rows().filter { $0["requestID"]?.string == Scene.requestID(1) }
            let events = rows.map { $0["event"]?.string ?? "" }
            if error == .timedOut {
                // The row is in line still; a second one would say it twice. What is known of the end is owed.
                #expect(!events.contains("response"))
            } else {
                #expect(events == ["decision", "response", "outcome"])
            }
            if error != .timedOut || status != 200 {
                #expect(rows.last?["outcome"]?["status"]?.string == outcome)
            }
            let count = scene.events().count
            _ = await scene.run("{")
            #expect(scene.events().count == count + 1)
        }
    }

    @Test func operationCanBePolledThoughItsRowIsOwed() async throws {
        let scene = try Scene(results: [ARM.accepted, PollTests.running, PollTests.succeeded, PollTests.result])
        scene.log.fail(on: [.response])
        let answer = await scene.run()
        #expect(answer.status == 202)
        #expect(scene.log.operations.isEmpty)
        scene.log.fail(on: Self.everything)
        #expect(await scene.follow(answer.header("azure-asyncoperation")).status == 200)
        var other = Scene.person
        other.id = "10000000-0000-0000-0000-000000000002"
        #expect(await scene.follow(answer.header("location"), as: other).status == 503)
        // The end is seen while nothing can be written, and the result can still be had.
        #expect(await scene.follow(answer.header("azure-asyncoperation")).status == 200)
        #expect(await scene.follow(answer.header("location")).status == 200)
        #expect(scene.events() == ["decision"])
        scene.log.fail(on: [])
        _ = await scene.run("{")
        #expect(scene.events() == ["decision", "decision", "response", "outcome"])
        #expect(scene.log.operations[Scene.requestID(1)]?.endedMilliseconds != nil)
        scene.upstream.add(PollTests.succeeded, PollTests.result)
        for name in ["azure-asyncoperation", "location"] {
            #expect(await scene.follow(answer.header(name)).status == 200)
        }
        #expect(scene.events().count(where: { $0 == "outcome" }) == 1)
    }

    @Test func endBeforeTheOwedRow() async throws {
        let scene = try Scene(results: [ARM.accepted, PollTests.succeeded, PollTests.succeeded, PollTests.result])
        scene.log.fail(on: [.response])
        let answer = await scene.run()
        for name in ["azure-asyncoperation", "azure-asyncoperation", "location"] {
            #expect(await scene.follow(answer.header(name)).status == 200)
        }
        #expect(scene.events() == ["decision", "outcome"])
        scene.log.fail(on: [])
        _ = await scene.run("{")
        #expect(scene.events() == ["decision", "outcome", "decision", "response"])
        #expect(scene.log.operations[Scene.requestID(1)]?.endedMilliseconds != nil)
        scene.upstream.add(PollTests.result)
        #expect(await scene.follow(answer.header("location")).status == 200)
        #expect(scene.events().count(where: { $0 == "outcome" }) == 1)
    }

    @Test func rowThatTimedOutAndBecameDurableLate() async throws {
        let scene = try Scene(results: [ARM.accepted, PollTests.running, PollTests.succeeded, PollTests.result])
        scene.log.fail(on: [.response], .timedOut)
        let answer = await scene.run()
        #expect(await scene.follow(answer.header("location")).status != 404)
        scene.log.makeDurable(
            StoredOperation(
                id: Scene.requestID(1), owner: OperationOwner(Scene.person), operation: .run,
                subscription: Scene.subscription, location: "westus",
                targetPath: Scene.group + "/virtualMachines/web-01/runCommand",
                apiVersion: "2024-11-01", statusLink: String(ARM.status.dropFirst(19)),
                resultLink: String(ARM.result.dropFirst(19)),
                decisionIndex: 1, createdMilliseconds: 0))
        #expect(await scene.follow(answer.header("azure-asyncoperation")).status == 200)
        #expect(await scene.follow(answer.header("location")).status == 200)
        #expect(scene.events().count(where: { $0 == "outcome" }) == 1)
        #expect(scene.log.operations[Scene.requestID(1)]?.endedMilliseconds != nil)
    }

    @Test func pollsAtOnceOfAnOwedOperation() async throws {
        let scene = try Scene(results: [ARM.stored(), ARM.accepted], yields: 50)
        scene.log.fail(on: [.response])
        let link = await scene.update(#"{"tags":{}}"#).header("azure-asyncoperation")
        scene.upstream.afterwards { sent in
            sent.target.contains("$expand")
                ? ARM.stored(more: ARM.view("Failed")) : ARM.reply(200, #"{"status":"Failed"}"#)
        }
        await withTaskGroup { group in
            for _ in 0..<8 { group.addTask { _ = await scene.follow(link) } }
        }
        #expect(scene.events().count(where: { $0 == "outcome" }) == 1)
    }

    @Test func outcomeThatCouldNotBeWrittenIsWrittenLater() async throws {
        let scene = try Scene(results: [ARM.accepted, PollTests.succeeded, PollTests.succeeded])
        let answer = await scene.run()
        scene.log.fail(on: [.outcome])
        for _ in 0..<2 { #expect(await scene.follow(answer.header("azure-asyncoperation")).status == 200) }
        #expect(scene.events() == ["decision", "response"])
        scene.log.fail(on: [])
        _ = await scene.run("{")
        #expect(scene.events() == ["decision", "response", "decision", "outcome"])
        #expect(scene.log.operations[Scene.requestID(1)]?.endedMilliseconds != nil)
    }

    @Test func registryIsBounded() {
        let registry = OperationRegistry(mostTargets: 10, mostUnrecorded: 10, mostCost: 1 << 20)
        for number in 0..<1_000 {
            registry.goesOut(
                to: "/\(number)", requestID: "update-\(number)", owner: OperationOwner(Scene.person), secrets: [])
            for kind in [ARMModel.Operation.run, .update] {
                registry.began(
                    StoredOperation(
                        id: "\(kind)-\(number)", owner: OperationOwner(Scene.person), operation: kind,
                        subscription: "s",
                        location: "l", targetPath: "/\(number)", apiVersion: "v", statusLink: nil, resultLink: nil,
                        decisionIndex: 1, createdMilliseconds: 0),
                    isWhole: true, isRecorded: kind == .run)
            }
        }
        #expect(registry.count == 20)
        #expect(registry.open(target: "/999") == "update-999")
        #expect(registry.open(target: "/0") == nil)
        #expect(registry.unrecorded("update-0") == nil)
    }
}
