import ARMModel
import Foundation
import PolicyCore
import Redaction
import StrictJSON
import Testing

@testable import GatewayEnforcement

@Suite struct PageLinkTests {
    static let origin = "https://run.contoso.example"
    static let theirs = Scene.listPath + "?api-version=2024-11-01&$skiptoken=abc%2F1"
    static let refused = "this page link was not given to this caller for this list"

    /// A scene that has handed out a page link.
    private static func begun(_ target: String = Scene.list, next: String? = nil) async throws -> (Scene, link: String)
    {
        let scene = try Scene.withReads(results: [ARM.page("", next: next ?? ARM.next(Scene.listPath))])
        let answer = await scene.call("GET", target)
        return (scene, try #require(answer.json?["nextLink"]?.string, "\(answer.text)"))
    }

    @Test func emptyPageWithANextOneToTheEnd() async throws {
        let (scene, link) = try await Self.begun()
        #expect(link.hasPrefix(Self.origin + Scene.listPath + "?api-version=2024-11-01&$skiptoken="))
        #expect(!link.contains("abc"))
        scene.upstream.add(
            ARM.page(
                ListTests.element, next: ARM.next(Scene.listPath.lowercased(), query: "$SkipToken=2&api-version=x")),
            ARM.page(ListTests.element, next: #""""#))
        let second = await scene.follow(link)
        #expect(second.json?["value"]?.array?.count == 1)
        let third = await scene.follow(second.json?["nextLink"]?.string)
        #expect(third.text == #"{"value":["# + ListTests.element + "]}")
        #expect(
            scene.upstream.sent.map(\.target) == [
                Scene.list, Self.theirs, Scene.listPath.lowercased() + "?$SkipToken=2&api-version=x",
            ])
        #expect(scene.upstream.sent.map(\.index) == [1, 3, 5])
        #expect(scene.events() == ["decision", "response", "decision", "response", "decision", "response"])
        #expect(try scene.rows().allSatisfy { $0["operation"]?.string == "list" })
        // Given twice, it differs, and so it may be followed twice.
        scene.upstream.add(ARM.page(""))
        #expect(await scene.follow(link).status == 200)
    }

    @Test func expandedListStaysExpanded() async throws {
        let (scene, link) = try await Self.begun(Scene.listPath + "?$Expand=InstanceView&api-version=2024-11-01")
        #expect(
            link.hasPrefix(Self.origin + Scene.listPath + "?$expand=instanceView&api-version=2024-11-01&$skiptoken="))
        scene.upstream.add(ARM.page(""))
        #expect(await scene.follow(link).status == 200)
        #expect(await scene.follow(link.replacing("$expand=instanceView&", with: "")).status == 400)
        // The same list in another spelling is the same list.
        scene.upstream.add(ARM.page(""))
        #expect(await scene.follow(link.replacing("/web-01/runCommands", with: "/WEB-01/RunCommands")).status == 200)
    }

    @Test func escapedNamesAreTheSameList() async throws {
        let path = Scene.listPath.replacing("rg-web-1", with: "rg-web-%28a%29")
        let (scene, link) = try await Self.begun(
            path + "?api-version=2024-11-01", next: ARM.next(path.replacing("%28a%29", with: "(A)")))
        scene.upstream.add(ARM.page(""))
        #expect(await scene.follow(link).status == 200)
        scene.upstream.add(ARM.page(""))
        #expect(await scene.follow(link.replacing("%28a%29", with: "(a)")).status == 200)
    }

    @Test func survivesARestart() async throws {
        let (_, link) = try await Self.begun()
        let later = try Scene.withReads(results: [ARM.page("")])
        #expect(await later.follow(link).status == 200)
        #expect(later.upstream.sent.map(\.target) == [Self.theirs])
    }

    @Test func isOfNoUseElsewhere() async throws {
        let (scene, link) = try await Self.begun()
        let token = try #require(link.split(separator: "$skiptoken=").last).description
        func with(_ path: String, _ query: String = "api-version=2024-11-01&") -> String {
            Self.origin + path + "?" + query + "$skiptoken=" + token
        }
        let middle = token.index(token.startIndex, offsetBy: 40)
        let flipped = token[middle] == "A" ? "B" : "A"
        let others = [
            with(Scene.vm.replacing("web-01", with: "web-02") + "/runCommands"), with(Scene.instanceList),
            with(Scene.listPath, "api-version=2023-03-01&"),
            with(Scene.listPath, "$expand=instanceView&api-version=2024-11-01&"),
            with(Scene.vm + "/diagnosticRunCommands", "api-version=2026-04-01&"), with(Scene.catalogPath),
            with("/subscriptions", "api-version=2022-12-01&"),
            String(link.dropLast()), link + "A", link.replacing(token, with: ""),
            link.replacing(token, with: token.replacingCharacters(in: middle...middle, with: flipped)),
            link.replacing(token, with: String(token.prefix(20))), link.replacing(token, with: "abc%2F1"),
            // ARM's own.
            Self.origin + Self.theirs,
        ]
        for other in others {
            let answer = await scene.follow(other)
            #expect(answer.status == 400, "\(other)")
            #expect(answer.json?["error"]?["code"]?.string == "InvalidRequestTarget")
            #expect(answer.json?["error"]?["target"]?.string == "$skiptoken")
            #expect(answer.json?["error"]?["message"]?.string == Self.refused)
        }
        #expect(scene.upstream.sent.count == 1)
        #expect(scene.events().count(where: { $0 == "decision" }) == 1 + others.count)
        #expect(try scene.last("decision")["decision"]?["effect"]?.string == "deny")
    }

    @Test func isOfNoUseToOthers() async throws {
        let (scene, link) = try await Self.begun()
        // One who may list the same machine.
        var others = [Scene.colleague]
        for change: (inout Principal) -> Void in [
            { $0.tenant = "40000000-0000-0000-0000-000000000002" }, { $0.tenant = nil },
            { $0.issuer = "https://login.microsoftonline.com/x/v2.0" },
        ] {
            var other = Scene.person
            change(&other)
            others.append(other)
        }
        for other in others {
            let answer = await scene.follow(link, as: other)
            #expect(answer.status == 400)
            #expect(answer.json?["error"]?["message"]?.string == Self.refused)
        }
        // One who may not: the policy speaks first.
        var stranger = Scene.person
        stranger.id = "10000000-0000-0000-0000-000000000009"
        #expect(await scene.follow(link, as: stranger).error == "RequestDisallowedByPolicy")
        #expect(scene.upstream.sent.count == 1)
    }

    @Test(arguments: [
        ARM.next(Scene.listPath).replacing("arm.example", with: "evil.example"),
        ARM.next(Scene.listPath).replacing("arm.example", with: "arm.example:8443"),
        ARM.next(Scene.listPath).replacing("https:", with: "http:"),
        ARM.next(Scene.listPath).replacing("//arm", with: "//u:p@arm"),
        ARM.next(Scene.listPath.replacing("web-01", with: "web-02")), ARM.next(Scene.instanceList),
        ARM.next(Scene.listPath + "/../runCommands"), #""/relative?api-version=1&$skiptoken=2""#, #""no""#,
        ARM.next(Scene.listPath, query: "$skiptoken=" + String(repeating: "a", count: 9_000) + "&api-version=1"),
        ARM.next(Scene.listPath).replacing("runCommands", with: "diagnosticRunCommands"),
    ])
    func foreignLinkIsNotHandedOut(next: String) async throws {
        let scene = try Scene.withReads(results: [ARM.page(ListTests.element, next: next)])
        let answer = await scene.call("GET", Scene.list)
        #expect(answer.status == 502)
        #expect(answer.error == "UpstreamAnswerInvalid")
        #expect(!answer.text.contains("evil"))
        #expect(scene.events() == ["decision", "response"])
    }

    @Test func longestLinkCanBeFollowed() async throws {
        let query = "api-version=2024-11-01&$skiptoken="
        let fixed = ARM.next(Scene.listPath, query: query).utf8.count - 2
        let (scene, link) = try await Self.begun(
            next: ARM.next(Scene.listPath, query: query + String(repeating: "a", count: 4_096 - fixed)))
        scene.upstream.add(ARM.page(""))
        #expect(await scene.follow(link).status == 200)
    }

    @Test func scopesDoNotRunTogether() throws {
        let links = PollingLinks(publicURL: "https://run.contoso.example", endpointAuthority: "arm.example")
        let sealer = PageLinks(fingerprintKey: FingerprintKey(bytes: [UInt8](repeating: 7, count: 32)), links: links)
        var scope = PageScope(
            owner: OperationOwner(issuer: "ab", tenant: "c", kind: "user", id: "d"), path: "/Subscriptions",
            apiVersion: "2022-12-01", expandsInstanceView: false)
        let link = try #require(sealer.link(to: "/x?y", in: scope))
        let token = try #require(link.split(separator: "$skiptoken=").last).description
        #expect(sealer.next(behind: token, in: scope) == "/x?y")
        #expect(sealer.link(to: "/x?y", in: scope) != link)
        scope.path = "/SUBSCRIPTIONS"
        #expect(sealer.next(behind: token, in: scope) == "/x?y")
        scope.owner = OperationOwner(issuer: "a", tenant: "bc", kind: "user", id: "d")
        #expect(sealer.next(behind: token, in: scope) == nil)
        scope.owner = OperationOwner(issuer: "ab", tenant: "c", kind: "user", id: "d")
        let otherKey = PageLinks(fingerprintKey: FingerprintKey(bytes: [UInt8](repeating: 8, count: 32)), links: links)
        #expect(otherKey.next(behind: token, in: scope) == nil)
        var otherCloud = links
        otherCloud.endpointAuthority = "arm.other"
        let elsewhere = PageLinks(
            fingerprintKey: FingerprintKey(bytes: [UInt8](repeating: 7, count: 32)), links: otherCloud)
        #expect(elsewhere.next(behind: token, in: scope) == nil)
    }

    @Test func base64URLThereAndBack() {
        for count in 0..<70 {
            let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 * 83 + count) }
            let text = Base64URL.encode(bytes)
            let own = Data(bytes).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_")
                .replacing("=", with: "")
            #expect(text == own)
            #expect(Base64URL.decode(text.utf8) == bytes)
        }
        for wrong in ["A", "AB", "AAB", "AA==", "A+AA", "A/AA", "AA A", "AAAAé"] {
            #expect(Base64URL.decode(wrong.utf8) == nil, "\(wrong)")
        }
    }
}
