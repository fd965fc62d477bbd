import HTTPTypes
import Hummingbird
import HummingbirdCore
import NIOCore

/// Turns a request of the server into an answer of one of the endpoints, with the faults that were asked for.
struct SimulatorResponder: HTTPResponder {
    typealias Context = SimulatorContext

    /// What ARM takes at most in one body.
    static let maximumBody = 4 * 1_024 * 1_024

    enum Listener: Sendable { case main, identity }

    let simulator: Simulator
    let listener: Listener

    func respond(to request: Request, context: SimulatorContext) async throws -> Response {
        let scheme = self.listener == .main ? "https" : "http"
        let authority = request.head.authority ?? "localhost"
        var incoming = ARMEndpoint.Incoming(
            method: request.method.rawValue, target: RequestTarget(request.head.path ?? "/"),
            headers: request.headers.map { .init(name: $0.name.rawName, value: $0.value) }, body: [],
            base: "\(scheme)://\(authority)")
        do {
            incoming.body = Array(try await request.body.collect(upTo: Self.maximumBody).readableBytesView)
        } catch is NIOTooManyBytesError {
            return Self.response(
                Answer(ARMFailure(413, "RequestEntityTooLarge", "The request content is too large.", byGateway: true)))
        }
        if incoming.target.segments.first == "simulator" {
            return Self.response(SimulatorControls(simulator: self.simulator).answer(incoming))
        }
        let target = incoming.target.rawPath + "?" + incoming.target.rawQuery
        let kind = self.destination(incoming)
        if kind == .arm { self.simulator.log.append(ReceivedRequest(incoming)) }
        let fault = self.simulator.faults.next(method: incoming.method, target: target)
        guard let fault else { return Self.response(await self.answer(incoming, kind)) }
        return await self.respond(to: incoming, kind, with: fault, context.channel)
    }

    private enum Destination { case arm, login, metadata, identity }

    private func destination(_ incoming: ARMEndpoint.Incoming) -> Destination {
        if self.listener == .identity { return .identity }
        let segments = incoming.target.segments.map { $0.lowercased() }
        if segments == ["metadata", "endpoints"] { return .metadata }
        let login = ["openid-configuration", "keys", "token"]
        if segments.count >= 3, segments[0] != "subscriptions", login.contains(segments[segments.count - 1]) {
            return .login
        }
        return .arm
    }

    private func answer(_ incoming: ARMEndpoint.Incoming, _ destination: Destination) async -> Answer {
        do {
            switch destination {
            case .arm: return await self.simulator.arm.answer(incoming)
            case .metadata: return Answer(status: 200, json: CompanionReads.metadata(base: incoming.base))
            case .identity: return try self.simulator.identity.answer(incoming)
            case .login: return try self.simulator.login.answer(incoming) ?? Answer(status: 404)
            }
        } catch let failure as ARMFailure {
            return Answer(failure)
        } catch {
            return Answer(ARMFailure(500, "InternalServerError", "The simulator failed: \(type(of: error))."))
        }
    }

    private func respond(
        to incoming: ARMEndpoint.Incoming, _ kind: Destination, with fault: SimulatorFault, _ channel: any Channel
    ) async -> Response {
        switch fault.kind {
        case .status, .hang, .cut, .redirect, .garbage, .oversize:
            if fault.isTaken { _ = await self.answer(incoming, kind) }
        case .slow(let milliseconds) where !fault.isTaken: try? await Task.sleep(for: .milliseconds(milliseconds))
        default: break
        }
        switch fault.kind {
        case .status(let status): return Self.response(FaultAnswers.status(status, retryAfter: fault.retryAfter))
        case .hang:
            await self.simulator.hanging.wait(on: channel)
            return Response(status: .internalServerError)
        case .cut:
            await ConnectionCut.cut(channel)
            return Response(status: .internalServerError)
        case .redirect: return Self.response(FaultAnswers.redirect())
        case .garbage: return Self.response(FaultAnswers.garbage())
        case .oversize(let bytes): return Self.response(FaultAnswers.oversize(bytes))
        case .slow(let milliseconds):
            let answer = await self.answer(incoming, kind)
            if fault.isTaken { try? await Task.sleep(for: .milliseconds(milliseconds)) }
            return Self.response(answer)
        case .foreignLocation:
            return Self.response(FaultAnswers.foreign(await self.answer(incoming, kind), base: incoming.base))
        case .noLinks:
            var answer = await self.answer(incoming, kind)
            answer.remove("Location")
            answer.remove("Azure-AsyncOperation")
            return Self.response(answer)
        case .close:
            var answer = await self.answer(incoming, kind)
            answer.set("Connection", "close")
            return Self.response(answer, written: answer.body.count, thenClosing: channel)
        case .closeUnannounced:
            let answer = await self.answer(incoming, kind)
            return Self.response(answer, written: answer.body.count, thenClosing: channel)
        case .cutAfterBytes(let bytes):
            var answer = await self.answer(incoming, kind)
            // An answer without a body still has to end too early.
            if answer.body.isEmpty { answer.body = Array(repeating: 0x20, count: bytes + 1) }
            return Self.response(answer, written: min(bytes, answer.body.count - 1), thenClosing: channel)
        }
    }

    private static func head(_ answer: Answer) -> Response {
        var headers = HTTPFields()
        for header in answer.headers {
            if let name = HTTPField.Name(header.name) { headers.append(HTTPField(name: name, value: header.value)) }
        }
        return Response(status: .init(code: answer.status), headers: headers)
    }

    private static func response(_ answer: Answer) -> Response {
        var response = Self.head(answer)
        if answer.status != 204 { response.headers[.contentLength] = String(answer.body.count) }
        response.body = answer.body.isEmpty ? .init() : .init(byteBuffer: ByteBuffer(bytes: answer.body))
        return response
    }

    /// Announces the whole body, writes its first `written` bytes, then closes the connection, or cuts it if that was
    /// not all.
    private static func response(_ answer: Answer, written: Int, thenClosing channel: any Channel) -> Response {
        var response = Self.head(answer)
        response.headers[.contentLength] = String(answer.body.count)
        let part = ByteBuffer(bytes: answer.body.prefix(written))
        let isWhole = written == answer.body.count
        response.body = ResponseBody(contentLength: answer.body.count) { writer in
            if part.readableBytes > 0 { try await writer.write(part) }
            guard isWhole else { return await ConnectionCut.cut(channel) }
            try await writer.finish(nil)
            channel.eventLoop.execute { channel.close(promise: nil) }
            try? await channel.closeFuture.get()
        }
        return response
    }
}
