import ARMModel
package import AuditModel
import Foundation
package import PolicyCore
import Redaction
import StrictJSON

/// The policy enforcement point: understands a call, decides, records, forwards, relays.
///
/// Each step takes what only the step before can make: a call has a principal, a decision is about a parsed command,
/// a permitted request comes from a recorded decision.
package final class Gateway: Sendable {
    let policy: @Sendable () -> Policy
    let recorder: DecisionRecorder
    let upstream: any Upstream
    let observer: any GatewayObserver
    /// The way to scripts behind addresses; `nil` where none are fetched.
    let scriptReader: (any ScriptReader)?
    let links: PollingLinks
    let fingerprintKey: FingerprintKey
    /// Whether ARM is called with the caller's own token, so that its 401 is the caller's.
    let passesCallerToken: Bool
    let registry: OperationRegistry
    let queue = ResourceQueue()
    let retry: RepeatSettings
    let repeats: RepeatLedger
    let holders = MachineHolders()
    /// Waits for so many seconds.
    let pause: @Sendable (Int) async -> Void
    let now: @Sendable () -> Int64
    let newRequestID: @Sendable () -> String

    /// - Parameters:
    ///   - policy: the bundle in force, asked for anew with each request.
    ///   - now: milliseconds since 1970.
    ///   - uptimeMilliseconds: a clock that no step of `now` moves: how long commands are held back and remembered.
    ///   - newRequestID: a GUID in lower case.
    package init(
        policy: @escaping @Sendable () -> Policy, log: any AuditLog, upstream: any Upstream,
        observer: any GatewayObserver, links: PollingLinks, record: RecordSettings,
        retry: RepeatSettings = RepeatSettings(), passesCallerToken: Bool = false,
        scriptReader: (any ScriptReader)? = nil, now: @escaping @Sendable () -> Int64,
        uptimeMilliseconds: @escaping @Sendable () -> Int64 = Uptime.clock(),
        newRequestID: @escaping @Sendable () -> String = { UUID().uuidString.lowercased() },
        pause: @escaping @Sendable (Int) async -> Void = { try? await Task.sleep(for: .seconds($0)) }
    ) {
        self.retry = retry
        self.repeats = RepeatLedger(settings: retry, uptimeMilliseconds: uptimeMilliseconds)
        self.pause = pause
        self.policy = policy
        let registry = OperationRegistry()
        self.registry = registry
        self.recorder = DecisionRecorder(
            log: log, encoder: EntryEncoder(settings: record), observer: observer, registry: registry, now: now)
        self.upstream = upstream
        self.observer = observer
        self.scriptReader = scriptReader
        self.links = links
        self.fingerprintKey = record.fingerprintKey
        self.passesCallerToken = passesCallerToken
        self.now = now
        self.newRequestID = newRequestID
    }

    package func handle(_ call: InboundCall) async -> GatewayAnswer {
        var context = CallContext(call, requestID: self.newRequestID(), at: self.now())
        var operation: ARMModel.Operation?
        let answer: GatewayAnswer
        do throws(RequestError) {
            let head = try ARMRequestHead(method: call.method, target: call.target)
            context.understood(head)
            operation = head.route.operation
            answer = await self.handle(head, consume context)
        } catch {
            answer = await self.refuse(ErrorAnswer(error), context)
        }
        self.observer.answered(operation: operation, status: answer.status, code: answer.code)
        return answer
    }

    private func handle(_ head: ARMRequestHead, _ context: consuming CallContext) async -> GatewayAnswer {
        if head.route.body == .none, context.call.hasBody {
            return await self.refuse(
                ErrorAnswer(
                    status: 400, code: RequestError.Code.invalidRequestContent.rawValue,
                    message: "this operation takes no body"), context)
        }
        if let error = context.call.headers.preconditions.refusal(of: head.route.operation) {
            return await self.refuse(error, context)
        }
        switch head.route.operation {
        case .poll: return await self.poll(head, context)
        case .read: return await self.read(head, context)
        case .run: return await self.run(head, context)
        case .update: return await self.update(head, context)
        case .list: return await self.list(head, context)
        case .catalog: return await self.catalog(head, context)
        case .companion: return await self.companion(head, context)
        case .delete: return await self.delete(head, context)
        case .create: return await self.create(head, context)
        }
    }

    /// Refuses a known caller, on record. The record comes first; if it cannot be written, that is the answer.
    func refuse(
        _ error: ErrorAnswer, _ context: CallContext, command: Command? = nil,
        extras: CommandExtras = CommandExtras(), content: UnreadableContent? = nil
    ) async -> GatewayAnswer {
        let decision = Decision(
            effect: .deny, rule: nil,
            reasons: [Reason(code: error.code, message: error.message, target: content == nil ? error.target : nil)],
            policyDigest: self.policy().digest)
        return await self.refuse(error, decision, context, command: command, extras: extras, content: content)
    }

    func refuse(
        _ error: ErrorAnswer, _ decision: Decision, _ context: CallContext, command: Command? = nil,
        extras: CommandExtras = CommandExtras(), content: UnreadableContent? = nil
    ) async -> GatewayAnswer {
        do throws(AuditLogError) {
            let recorded = try await self.recorder.record(
                decision, of: context, command: command, extras: extras, content: content)
            return context.finished(error.answer, index: recorded.index)
        } catch {
            return context.finished(ErrorAnswer.auditUnavailable.answer, index: nil)
        }
    }

    /// A reply without its secrets: those known, and the caller's token where it went to ARM.
    func clean(_ reply: UpstreamReply, _ scrubber: Scrubber?, _ context: CallContext) -> CleanReply {
        CleanReply(
            reply, scrubber: scrubber ?? Scrubber([]), token: self.passesCallerToken ? context.call.callerToken : nil)
    }

    /// Sends, and takes the time.
    func send(_ request: PermittedRequest) async -> (UpstreamResult, milliseconds: Int64) {
        let start = Uptime.nanoseconds()
        let result = await self.upstream.send(request)
        let milliseconds = Double(Uptime.nanoseconds() - start) / 1e6
        let word =
            switch result {
            case .answered: "answered"
            case .notSent: "notSent"
            case .outcomeUnknown: "outcomeUnknown"
            }
        self.observer.upstream(operation: request.context.operation, result: word, milliseconds: milliseconds)
        return (result, Int64(milliseconds))
    }
}
