import GatewayEnforcement

/// What ARM says in these tests.
enum ARM {
    static let operationID = "AAAAAAAA-bbbb-4ccc-8ddd-eeeeeeeeeeee"
    static let operations =
        "https://arm.example/subscriptions/\(Scene.subscription)/providers/Microsoft.Compute/locations/westus/operations/"
    static let status = operations + operationID + "?p=1&api-version=2024-11-01&s=signed"
    static let result = operations + operationID + "?p=1&monitor=true&api-version=2024-11-01&s=signed"
    static let error = #"{"error":{"code":"SomeCode","message":"why","target":"t","details":[],"extra":"x"}}"#

    static func reply(
        _ status: Int, _ body: String = "", location: String? = nil, asyncOperation: String? = nil,
        retryAfter: String? = nil, headers: [(String, String)] = []
    ) -> UpstreamResult {
        .answered(
            UpstreamReply(
                status: status, headers: headers, location: location, asyncOperation: asyncOperation,
                retryAfter: retryAfter, requestID: "arm-request", body: Array(body.utf8)))
    }

    static let accepted = reply(202, location: result, asyncOperation: status)

    /// A stored command as a GET shows it.
    static func stored(
        source: String = #"{"script":"echo hello"}"#, more: String = "", state: String = "Succeeded",
        name: String = "Report"
    ) -> UpstreamResult {
        reply(
            200,
            #"{"name":"\#(name)","location":"westus","properties":{"source":\#(source),"provisioningState":"\#(state)""#
                + more + "}}")
    }

    static func view(_ state: String, _ more: String = "") -> String {
        #","instanceView":{"executionState":"\#(state)","startTime":"2026-11-20T10:00:00Z"\#(more)}"#
    }
}
