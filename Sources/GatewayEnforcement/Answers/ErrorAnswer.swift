package import ARMModel
package import PolicyCore
import StrictJSON

/// A refusal of ours in ARM's envelope, so that SDKs and the CLI show the reason.
package struct ErrorAnswer: Sendable, Hashable {
    package struct Detail: Sendable, Hashable {
        package var code: String
        package var message: String
        package var target: String?
    }

    package var status: Int
    package var code: String
    package var message: String
    package var target: String?
    package var details: [Detail] = []
    /// Seconds; only our 503s and 429 have it.
    package var retryAfter: Int?
    /// Methods for `Allow`.
    package var allow: [String] = []

    package init(
        status: Int, code: String, message: String, target: String? = nil, details: [Detail] = [],
        retryAfter: Int? = nil, allow: [String] = []
    ) {
        self.status = status
        self.code = code
        self.message = message
        self.target = target
        self.details = details
        self.retryAfter = retryAfter
        self.allow = allow
    }

    package init(_ error: RequestError) {
        let status =
            switch error.code {
            case .operationNotMediated: 403
            case .methodNotAllowed: 405
            default: 400
            }
        self.init(
            status: status, code: error.code.rawValue,
            message: error.message + (error.offset.map { " at byte \($0)" } ?? ""), target: error.target,
            allow: error.allowedMethods)
    }

    /// A denial with what kept the nearest rule from matching.
    package init(_ decision: Decision) {
        let subject = decision.rule.map { "deny rule \($0) applies" } ?? "no rule allows it"
        let first =
            decision.reasons.first.map {
                ": " + ($0.message.hasSuffix(".") ? String($0.message.dropLast()) : $0.message)
            } ?? ""
        self.init(
            status: 403, code: "RequestDisallowedByPolicy",
            message: "The request was refused by policy; \(subject)\(first).", target: decision.rule,
            details: decision.reasons.map { Detail(code: $0.code, message: $0.message, target: $0.target) })
    }

    package static let auditUnavailable = ErrorAnswer(
        status: 503, code: "AuditUnavailable",
        message: "The record cannot be written just now, so nothing was forwarded; trying again is safe.",
        retryAfter: 5)

    /// - Parameter retryAfter: seconds, where ARM said when.
    package static func upstreamUnavailable(_ why: String, retryAfter: Int? = nil) -> ErrorAnswer {
        ErrorAnswer(
            status: 503, code: "UpstreamUnavailable",
            message: "Azure Resource Manager was not reached (\(why)); nothing was run and trying again is safe.",
            retryAfter: retryAfter ?? 5)
    }

    /// ARM was reached and said 401 to our own credential.
    package static let credentialRefused = ErrorAnswer(
        status: 503, code: "UpstreamUnavailable",
        message: "Azure Resource Manager refused the gateway's own credential; nothing was run and trying again is "
            + "safe. The gateway's operator must look at upstream.credential.",
        retryAfter: 5)

    package static func answerInvalid(_ why: String) -> ErrorAnswer {
        ErrorAnswer(
            status: 502, code: "UpstreamAnswerInvalid",
            message: "Azure Resource Manager answered this read with something that the operation does not define "
                + "(\(why)).")
    }

    package static let operationNotFound = ErrorAnswer(
        status: 404, code: "OperationNotFound", message: "There is no such operation of this caller.")

    /// The envelope, and the headers that belong to it.
    package var answer: GatewayAnswer {
        var json = JSONWriter()
        json.beginObject()
        json.name("error")
        json.beginObject()
        json.member("code", self.code)
        json.member("message", self.message)
        json.member("target", self.target)
        if !self.details.isEmpty {
            json.name("details")
            json.beginArray()
            for detail in self.details {
                json.beginObject()
                json.member("code", detail.code)
                json.member("message", detail.message)
                json.member("target", detail.target)
                json.endObject()
            }
            json.endArray()
        }
        json.endObject()
        json.endObject()
        var headers = [("content-type", "application/json; charset=utf-8"), ("cache-control", "no-cache")]
        if let seconds = self.retryAfter { headers.append(("retry-after", String(seconds))) }
        if !self.allow.isEmpty { headers.append(("allow", self.allow.joined(separator: ", "))) }
        return GatewayAnswer(status: self.status, headers: headers, body: json.bytes, code: self.code)
    }
}
