import ARMModel
import Foundation
import GatewayEnforcement
import GatewayIdentity
import GatewayListener
import GatewayTelemetry
import HTTPMessages
import NIOCore
import PolicyCore
import Redaction

/// Between the listener and the pipeline: first who calls, then everything else. Without a valid identity every path
/// but `/metadata/endpoints` is answered alike.
struct GatewayRequestHandler: RequestHandling {
    let gateway: Gateway
    let authenticator: Authenticator
    let certificates: CertificateNames
    let failures: AuthenticationFailureLog
    let metrics: GatewayMetrics
    let metadata: MetadataEndpoints
    /// `https://host[:port]`: an absolute request target must begin with it.
    let publicURL: String
    let passesCallerToken: Bool
    let now: @Sendable () -> Int64

    func handle(_ request: InboundRequest) async -> OutboundResponse {
        if var answer = self.metadata.answer(to: request) {
            answer.headers += Self.identifiers(request.headers)
            return answer
        }
        let fields = RequestFields(request.headers)
        let principal: Principal
        do throws(AuthenticationFailure) {
            let certificate = try request.clientCertificate.map { der throws(AuthenticationFailure) in
                try self.certificates.identity(der.der)
            }
            let result: Result<Principal, AuthenticationFailure>
            let seconds = self.now() / 1_000
            if let atOnce = self.authenticator.authenticateAtOnce(
                authorizationHeaders: fields.authorization, certificate: certificate, now: seconds)
            {
                result = atOnce
            } else {
                result = await self.authenticator.authenticate(
                    authorizationHeaders: fields.authorization, certificate: certificate, now: seconds)
            }
            principal = try result.get()
        } catch {
            return self.unauthenticated(error, request)
        }
        let http2Body =
            request.version == .http2 && !fields.declaresLength ? await Self.undeclaredBody(request) : nil
        let call = InboundCall(
            method: request.method, target: self.originForm(request.rawTarget), principal: principal,
            clientAddress: request.remoteAddress,
            callerToken: self.passesCallerToken ? Self.token(fields.authorization) : nil, headers: fields.call,
            hasBody: http2Body ?? fields.declaresBody, whenAbandoned: { request.whenAbandoned($0) }
        ) { () throws(BodyFailure) in
            do throws(BodyError) { return Array(buffer: try await request.collectBody()) } catch {
                switch error {
                case .tooLarge: throw .tooLarge
                case .timedOut: throw .timedOut
                case .malformed, .disconnected: throw .broken
                }
            }
        }
        return Self.response(await self.gateway.handle(call))
    }

    func refusal(_ reason: TransportRefusal) -> OutboundResponse {
        let (code, status) =
            switch reason.status {
            case 408: ("RequestTimeout", 408)
            case 413: ("RequestEntityTooLarge", 413)
            case 431: ("RequestHeaderFieldsTooLarge", 431)
            default: ("InvalidRequestTarget", 400)
            }
        var answer = ErrorAnswer(status: status, code: code, message: reason.reason).answer
        answer.headers += Self.identifiers(nil)
        var response = Self.response(answer)
        response.closeConnection = true
        return response
    }

    private func unauthenticated(_ failure: AuthenticationFailure, _ request: InboundRequest) -> OutboundResponse {
        self.failures.note(address: request.remoteAddress, reason: failure.rawValue)
        var answer =
            failure.isUnavailable
            ? ErrorAnswer(
                status: 503, code: "IdentityUnavailable",
                message: "Callers cannot be identified just now: \(failure.description) Nothing was forwarded.",
                retryAfter: 5
            ).answer
            : ErrorAnswer(status: 401, code: "AuthenticationFailed", message: failure.description).answer
        if !failure.isUnavailable { answer.headers.append(("www-authenticate", "Bearer")) }
        answer.headers += Self.identifiers(request.headers)
        self.metrics.answered(operation: nil, status: answer.status, code: answer.code)
        return Self.response(answer)
    }

    /// An absolute target of our own is taken like its path; any other stays as it is and is refused by the parser.
    private func originForm(_ target: String) -> String {
        guard target.utf8.first != UInt8(ascii: "/"), target.utf8.count > self.publicURL.utf8.count,
            ASCIICase.areEqual(String(Substring(target.utf8.prefix(self.publicURL.utf8.count))), self.publicURL)
        else { return target }
        let rest = target.utf8.dropFirst(self.publicURL.utf8.count)
        return rest.first == UInt8(ascii: "/") ? String(Substring(rest)) : target
    }

    /// HTTP/2 may carry a body without declaring it. Where none belongs, only looking tells.
    private static func undeclaredBody(_ request: InboundRequest) async -> Bool? {
        guard request.method == "GET" || request.method == "DELETE" else { return nil }
        do throws(BodyError) { return try await request.collectBody().readableBytes > 0 } catch { return true }
    }

    private static func token(_ authorization: [String]) -> Secret? {
        guard authorization.count == 1, let value = authorization.first,
            ASCIICase.areEqual(String(Substring(value.utf8.prefix(7))), "bearer ")
        else { return nil }
        return Secret(String(Substring(value.utf8.dropFirst(7))))
    }

    /// What every answer carries, for one that never reached the pipeline.
    /// - Parameter headers: of the request, where they could be read.
    private static func identifiers(_ headers: ReceivedFields?) -> [(String, String)] {
        func given(_ name: StaticString) -> String? {
            headers?.first(name).flatMap { ResourceName.isGUID($0) ? $0 : nil }
        }
        let id = UUID().uuidString.lowercased()
        var identifiers = [
            ("x-ms-request-id", id), ("x-ms-correlation-request-id", given("x-ms-correlation-request-id") ?? id),
        ]
        if let own = given("x-ms-client-request-id"),
            let wish = headers?.first("x-ms-return-client-request-id"), ASCIICase.areEqual(wish, "true")
        {
            identifiers.append(("x-ms-client-request-id", own))
        }
        return identifiers
    }

    private static func response(_ answer: GatewayAnswer) -> OutboundResponse {
        OutboundResponse(
            status: answer.status, headers: answer.headers, body: answer.body,
            closeConnection: answer.code == "RequestEntityTooLarge" || answer.code == "RequestTimeout",
            delivered: answer.delivered)
    }
}
