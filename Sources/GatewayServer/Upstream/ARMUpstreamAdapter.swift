import ARMUpstream
import Foundation
import GatewayEnforcement
import NIOCore
import Redaction

/// The pipeline's way to ARM: our own connections, our own identity, two header allow lists.
struct ARMUpstreamAdapter: Upstream {
    let connections: UpstreamConnections
    let tokens: UpstreamTokens
    let deadline: TimeAmount
    /// The wall clock, which dates in answers are relative to.
    var now: @Sendable () -> Date = { Date() }

    func send(_ request: PermittedRequest) async -> UpstreamResult {
        let deadline = NIODeadline.now() + self.deadline
        guard let token = await self.token(request) else { return .notSent("credentialUnavailable") }
        let first = await self.exchange(request, token, deadline)
        guard case .answered(let answer) = first, answer.status == 401, !self.tokens.isPassthrough else {
            return self.result(first)
        }
        // ARM's 401 proves that nothing ran: it is asked once more if there is another token. If not, its answer
        // stands, and the record shows it.
        guard let fresh = await self.tokens.replacement(for: token) else { return self.result(first) }
        return self.result(await self.exchange(request, fresh, deadline))
    }

    private func token(_ request: PermittedRequest) async -> BearerToken? {
        if self.tokens.isPassthrough { return request.context.callerToken?.withValue { BearerToken($0) } }
        return try? await self.tokens.token()
    }

    private func exchange(
        _ request: PermittedRequest, _ token: BearerToken, _ deadline: NIODeadline
    ) async -> ExchangeResult {
        let context = request.context
        let headers = RequestHeaderPolicy.headers(
            correlationID: context.correlationID, hasBody: request.body != nil, version: SallyportVersion.text
        ) { name in
            switch name {
            case "x-ms-client-request-id": context.clientRequestID.map { [$0] } ?? []
            case "accept-language": context.acceptLanguage.map { [$0] } ?? []
            case "if-match": context.preconditions.ifMatch
            case "if-none-match": context.preconditions.ifNoneMatch
            default: []
            }
        }
        return await self.connections.exchange(
            UpstreamRequest(
                method: request.method, target: request.target, headers: headers, token: token, body: request.body),
            deadline: deadline)
    }

    private func result(_ result: ExchangeResult) -> UpstreamResult {
        switch result {
        case .notSent(let failure): return .notSent(failure.reason.rawValue)
        case .outcomeUnknown(let failure): return .outcomeUnknown(failure.reason.rawValue)
        case .answered(let answer):
            let fields = AnswerFields(
                of: answer.headers, status: answer.status, passthrough: self.tokens.isPassthrough, now: self.now)
            return .answered(
                UpstreamReply(
                    status: answer.status, headers: fields.relayed, location: fields.location,
                    asyncOperation: fields.asyncOperation, retryAfter: fields.retryAfter.map(String.init),
                    requestID: fields.requestID, body: answer.body))
        }
    }
}
