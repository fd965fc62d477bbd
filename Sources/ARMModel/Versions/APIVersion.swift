/// An api-version of Microsoft.Compute that defines run-command operations. Versions compare by age.
package struct APIVersion: Sendable, Hashable, Comparable, CustomStringConvertible {
    package let text: String
    private let rank: Int

    private init(_ rank: Int) {
        self.text = Self.all[rank]
        self.rank = rank
    }

    /// All stable versions, oldest first. Source: facts §1 (azure-rest-api-specs, and azure-mgmt-compute's change log).
    package static let all = [
        "2017-03-30", "2017-12-01", "2018-04-01", "2018-06-01", "2018-10-01", "2019-03-01", "2019-07-01", "2019-12-01",
        "2020-06-01", "2020-12-01", "2021-03-01", "2021-04-01", "2021-07-01", "2021-11-01", "2022-03-01", "2022-08-01",
        "2022-11-01", "2023-03-01", "2023-07-01", "2023-09-01", "2024-03-01", "2024-07-01", "2024-11-01", "2025-04-01",
        "2025-11-01", "2026-03-01", "2026-04-01",
    ]

    /// - Returns: `nil` for a version that is not in the table (previews included).
    package init?(_ text: String) {
        guard let rank = Self.all.firstIndex(where: { $0.utf8.elementsEqual(text.utf8) }) else { return nil }
        self.init(rank)
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
    /// `source.scriptShell` and `source.galleryScriptReferenceId`.
    package static let v2025_04_01 = APIVersion(23)
    /// Diagnostic run commands.
    package static let v2026_04_01 = APIVersion(26)
}
