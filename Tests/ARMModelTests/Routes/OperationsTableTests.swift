import ARMModel
import Foundation
import StrictJSON
import Testing

/// The manual's page of operations says what the code does.
@Suite struct OperationsTableTests {
    private static let page = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appending(path: "docs/operations.md")

    @Test func thePageIsWhatTheCodeSays() throws {
        let found = try String(contentsOf: Self.page, encoding: .utf8)
        let expected = try #require(OperationsTable.page(from: found), "docs/operations.md lacks a marker")
        guard found != expected else { return }
        if ProcessInfo.processInfo.environment["SALLYPORT_WRITE_DOCS"] == "1" {
            try expected.write(to: Self.page, atomically: true, encoding: .utf8)
            return
        }
        let (old, new) = (found.split(separator: "\n"), expected.split(separator: "\n"))
        let first = zip(old, new).first { $0 != $1 }
        Issue.record(
            """
            docs/operations.md is not what the code says. It has
                \(first?.0 ?? "fewer lines")
            and should have
                \(first?.1 ?? "other lines")
            Write it anew: SALLYPORT_WRITE_DOCS=1 swift test --filter OperationsTableTests
            """)
    }

    /// A path of the route with names that are all valid.
    private static func sample(_ route: Route) -> String {
        let names = [
            "{subscriptionId}": "24fb23e3-6ba3-41f0-9b6e-e41131d5d61e", "{resourceGroupName}": "group",
            "{vmName}": "machine", "{vmScaleSetName}": "set", "{instanceId}": "0", "{runCommandName}": "command",
            "{location}": "westus", "{operationId}": "0d95e5cb-d70c-4979-8ef9-4f8dbd5e149f", "{commandId}": "IPConfig",
        ]
        return names.reduce(OperationsTable.spelling(of: route)) { $0.replacing($1.key, with: $1.value) }
    }

    /// The matrix is what the reader of request targets takes, version by version.
    @Test func theMatrixIsWhatTheGatewayTakes() throws {
        let matrix = try #require(OperationsTable.sections.first { $0.name == "versions" }?.text)
        for api in APIVersion.API.allCases {
            let ranges = OperationsTable.ranges(of: api)
            #expect(ranges.flatMap { $0.versions.map(\.text) } == api.versions)
            for route in RouteTable.routes where route.since.api == api {
                let row = try #require(matrix.split(separator: "\n").first { $0.hasPrefix("| `\(route.name)` |") })
                let cells = row.split(separator: "|").dropFirst().map { $0.trimmingCharacters(in: .whitespaces) }
                for (range, cell) in zip(ranges, cells) {
                    for version in range.versions {
                        let head = try? ARMRequestHead(
                            method: route.method.rawValue, target: Self.sample(route) + "?api-version=" + version.text)
                        #expect((head?.route.name == route.name) == (cell == "yes"), "\(route.name), \(version)")
                    }
                }
                #expect(cells.count == ranges.count, "\(route.name)")
            }
        }
    }

    /// What the page calls shut is shut, for the reason that it gives.
    @Test func closedDoorsAreClosed() throws {
        let text = try #require(OperationsTable.sections.first { $0.name == "refused" }?.text)
        for door in ClosedDoors.all {
            let path = door.path.replacing("{subscriptionId}", with: "24fb23e3-6ba3-41f0-9b6e-e41131d5d61e")
                .replacing("{instanceId}", with: "0").replacing("{", with: "").replacing("}", with: "")
            do throws(RequestError) {
                _ = try ARMRequestHead(method: door.method.rawValue, target: path + "?api-version=2026-04-01")
                Issue.record("taken: \(door)")
            } catch {
                #expect(error.code == .operationNotMediated, "\(door.path): \(error.code)")
                #expect(
                    text.contains("`\(door.method.rawValue) \(door.path)` | \(error.message) |"), "\(error.message)")
            }
        }
    }

    /// The names that Azure's own examples give.
    @Test func operationsHaveTheNamesThatAzureGivesThem() throws {
        let names = try AzureFixtures.examples().compactMap { $0.node["operationId"]?.string }
        #expect(!names.isEmpty)
        for name in names { #expect(RouteTable.routes.contains { $0.name == name }, "\(name)") }
    }
}
