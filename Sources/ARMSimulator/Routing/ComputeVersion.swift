/// The stable versions of Microsoft.Compute that know run commands, and what each added.
enum ComputeVersion {
    static let all = [
        "2017-03-30", "2017-12-01", "2018-04-01", "2018-06-01", "2018-10-01", "2019-03-01", "2019-07-01", "2019-12-01",
        "2020-06-01", "2020-12-01", "2021-03-01", "2021-04-01", "2021-07-01", "2021-11-01", "2022-03-01", "2022-08-01",
        "2022-11-01", "2023-03-01", "2023-07-01", "2023-09-01", "2024-03-01", "2024-07-01", "2024-11-01", "2025-04-01",
        "2025-11-01", "2026-03-01", "2026-04-01",
    ]
    static let scaleSetAction = "2018-04-01"
    /// From here on an action's result is `{"value": […]}`; before, an operation status.
    static let valueResult = "2018-04-01"
    static let managed = "2020-06-01"
    static let diagnostic = "2026-04-01"

    /// The version that a request names, or the error ARM gives: none or unknown 400, and 400 where the operation has
    /// no such version.
    static func check(_ given: String?, since: String, type: String) throws -> String {
        guard let given, !given.isEmpty else {
            throw ARMFailure(
                400, "MissingApiVersionParameter",
                "The api-version query parameter (?api-version=) is required for all requests.", byGateway: true)
        }
        guard Self.all.contains(given) else {
            throw ARMFailure(
                400, "InvalidApiVersionParameter",
                "The api-version '\(given)' is invalid. The supported versions are "
                    + "'\(Self.all.reversed().joined(separator: ","))'.", byGateway: true)
        }
        guard given >= since else {
            let fitting = Self.all.filter { $0 >= since }.joined(separator: ", ")
            throw ARMFailure(
                400, "NoRegisteredProviderFound",
                "No registered resource provider found for location 'eastus' and API version '\(given)' for type "
                    + "'\(type)'. The supported api-versions are '\(fitting)'.", byGateway: true)
        }
        return given
    }
}
