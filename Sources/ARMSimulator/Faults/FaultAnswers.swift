import Foundation

/// The answers that faults put in place of the right one.
enum FaultAnswers {
    static func status(_ status: Int, retryAfter: Int?) -> Answer {
        var answer =
            status == 429
            ? Self.throttled() : Answer(ARMFailure(status, Self.code(status), "A fault that was asked for."))
        if let retryAfter { answer.set("Retry-After", String(retryAfter)) }
        return answer
    }

    static func redirect() -> Answer {
        var answer = Answer(status: 307)
        answer.set("Location", "https://elsewhere.example/subscriptions")
        return answer
    }

    static func garbage() -> Answer {
        var answer = Answer(status: 200)
        answer.body = Array("<html><body>This is not the answer that you are waiting for".utf8)
        answer.set("Content-Type", "application/json; charset=utf-8")
        return answer
    }

    static func oversize(_ bytes: Int) -> Answer {
        var answer = Answer(status: 200)
        answer.body =
            Array("{\"value\":\"".utf8) + [UInt8](repeating: UInt8(ascii: "x"), count: max(0, bytes - 12))
            + Array("\"}".utf8)
        answer.set("Content-Type", "application/json; charset=utf-8")
        return answer
    }

    /// The answer with its links on another host.
    static func foreign(_ answer: Answer, base: String) -> Answer {
        var changed = answer
        for name in ["Location", "Azure-AsyncOperation"] {
            if let link = answer.header(name) {
                changed.set(name, "https://elsewhere.example" + link.dropFirst(base.count))
            }
        }
        return changed
    }

    /// Compute's own throttling: no outer `error`, as its guide shows it.
    private static func throttled() -> Answer {
        let now = Date()
        let measured: SimulatorJSON = [
            "operationGroup": "UpdateVM3Min", "startTime": .string(Timestamp.text(now)),
            "endTime": .string(Timestamp.text(now + 180)), "allowedRequestCount": 240, "measuredRequestCount": 291,
        ]
        return Answer(
            status: 429,
            json: [
                "code": "OperationNotAllowed",
                "message": "The server rejected the request because too many requests have been received.",
                "details": [
                    ["code": "TooManyRequests", "target": "UpdateVM3Min", "message": .string(measured.text)]
                ],
            ])
    }

    private static func code(_ status: Int) -> String {
        switch status {
        case 401: "AuthenticationFailed"
        case 403: "AuthorizationFailed"
        case 404: "ResourceNotFound"
        case 408: "RequestTimeout"
        case 409: "Conflict"
        case 500: "InternalServerError"
        case 502: "BadGateway"
        case 503: "ServiceUnavailable"
        case 504: "GatewayTimeout"
        default: "Fault"
        }
    }
}
