/// An api-version of one of the APIs that the gateway mediates. Versions of one API compare by age.
package struct APIVersion: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// The APIs, each with its own versions.
    package enum API: Sendable, Hashable, CaseIterable {
        /// Run commands of Microsoft.Compute.
        case compute
        /// Subscriptions, their locations, and tenants: companion reads.
        case subscriptions
        /// Resource groups: a companion read.
        case resourceGroups

        /// All stable versions, oldest first.
        package var versions: [String] {
            switch self {
            case .compute: APIVersion.all
            case .subscriptions: APIVersion.ofSubscriptions
            case .resourceGroups: APIVersion.ofResourceGroups
            }
        }
    }

    package let text: String
    package let api: API
    private let rank: Int

    private init(_ rank: Int, of api: API = .compute) {
        self.text = api.versions[rank]
        self.api = api
        self.rank = rank
    }

    /// Versions of Microsoft.Compute that define run commands. Source: facts §1 (azure-rest-api-specs, and
    /// azure-mgmt-compute's change log).
    package static let all = [
        "2017-03-30", "2017-12-01", "2018-04-01", "2018-06-01", "2018-10-01", "2019-03-01", "2019-07-01", "2019-12-01",
        "2020-06-01", "2020-12-01", "2021-03-01", "2021-04-01", "2021-07-01", "2021-11-01", "2022-03-01", "2022-08-01",
        "2022-11-01", "2023-03-01", "2023-07-01", "2023-09-01", "2024-03-01", "2024-07-01", "2024-11-01", "2025-04-01",
        "2025-11-01", "2026-03-01", "2026-04-01",
    ]

    /// Source: the folders of azure-rest-api-specs, `resources/…/Microsoft.Resources/stable`, that define
    /// `/subscriptions` and `/tenants`; az sends 2022-12-01 (real-clients.md).
    private static let ofSubscriptions = [
        "2016-06-01", "2018-06-01", "2019-06-01", "2019-11-01", "2020-01-01", "2021-01-01", "2022-12-01",
    ]

    /// Source: the same, for resource groups; az sends 2024-11-01 (real-clients.md).
    private static let ofResourceGroups = [
        "2018-05-01", "2019-03-01", "2019-05-01", "2019-05-10", "2019-07-01", "2019-08-01", "2019-10-01", "2020-06-01",
        "2020-08-01", "2020-10-01", "2021-01-01", "2021-04-01", "2022-09-01", "2023-07-01", "2024-03-01", "2024-07-01",
        "2024-11-01", "2025-03-01", "2025-04-01",
    ]

    /// - Returns: `nil` for a version that is not in the table (previews included).
    package init?(_ text: String, of api: API = .compute) {
        // Byte by byte, since `==` takes characters of the same look for equal.
        let rank = text.withBytes { given in
            api.versions.lastIndex { version in
                version.withBytes { known in
                    guard known.count == given.count else { return false }
                    for index in 0..<known.count where known[index] != given[index] { return false }
                    return true
                }
            }
        }
        guard let rank else { return nil }
        self.init(rank, of: api)
    }

    package static func < (a: APIVersion, b: APIVersion) -> Bool { a.rank < b.rank }
    package var description: String { self.text }

    /// The version that introduced the VM action and the location documents.
    package static let oldest = APIVersion(0)
    package static let newest = APIVersion(Self.all.count - 1)
    /// The action on a scale-set instance; the result becomes `{"value": […]}`.
    package static let v2018_04_01 = APIVersion(2)
    /// Managed run commands.
    package static let v2020_06_01 = APIVersion(8)
    /// `treatFailureAsDeploymentFailure` and the identities for blobs and script address.
    package static let v2023_03_01 = APIVersion(17)
    /// `systemData` in a resource.
    package static let v2024_11_01 = APIVersion(22)
    /// `source.scriptShell` and `source.galleryScriptReferenceId`.
    package static let v2025_04_01 = APIVersion(23)
    /// Diagnostic run commands.
    package static let v2026_04_01 = APIVersion(26)

    package static let oldestOfSubscriptions = APIVersion(0, of: .subscriptions)
    package static let oldestOfResourceGroups = APIVersion(0, of: .resourceGroups)
}
