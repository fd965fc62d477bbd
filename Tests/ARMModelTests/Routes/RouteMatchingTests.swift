import ARMModel
import Foundation
import Testing

@Suite struct RouteMatchingTests {
    static let subscription = "24fb23e3-6ba3-41f0-9b6e-e41131d5d61e"
    static let operation = "0D95E5CB-d70c-4979-8ef9-4f8dbd5e149f"
    static let group = "/subscriptions/\(subscription)/resourceGroups/Rg-Web/providers/Microsoft.Compute"
    static let action = group + "/virtualMachines/Vm-1/runCommand"
    static let instance = group + "/virtualMachineScaleSets/Set-1/virtualMachines/07/runCommands/Nightly"
    static let poll =
        "/subscriptions/\(subscription)/providers/Microsoft.Compute/locations/WestUS/operations/\(operation)"

    static let subscriptionPath = "/subscriptions/\(subscription)"

    struct Sample: Sendable, CustomStringConvertible {
        var name: String
        var method: String
        var path: String
        var since: String
        var operation: ARMModel.Operation
        var api = APIVersion.API.compute
        var description: String { self.name }
        /// One that has it.
        var version: String { self.api.versions.last ?? "" }
    }

    /// Facts §2 and what az reads beside run commands: what this gateway mediates, and since when it exists.
    static let samples: [Sample] =
        [
            Sample(
                name: "VirtualMachines_RunCommand", method: "POST", path: action, since: "2017-03-30", operation: .run),
            Sample(
                name: "VirtualMachineScaleSetVMs_RunCommand", method: "POST",
                path: group + "/virtualMachineScaleSets/Set-1/virtualMachines/07/runCommand", since: "2018-04-01",
                operation: .run),
            Sample(name: "Operations_Get", method: "GET", path: poll, since: "2017-03-30", operation: .poll),
            Sample(
                name: "VirtualMachineRunCommands_List", method: "GET",
                path: subscriptionPath + "/providers/Microsoft.Compute/locations/WestUS/runCommands",
                since: "2017-03-30", operation: .catalog),
            Sample(
                name: "VirtualMachineRunCommands_Get", method: "GET",
                path: subscriptionPath + "/providers/Microsoft.Compute/locations/WestUS/runCommands/RunShellScript",
                since: "2017-03-30", operation: .catalog),
        ]
        + managed(
            on: group + "/virtualMachines/Vm-1/runCommands", since: "2020-06-01",
            [
                "VirtualMachineRunCommands_ListByVirtualMachine", "VirtualMachineRunCommands_GetByVirtualMachine",
                "VirtualMachineRunCommands_CreateOrUpdate", "VirtualMachineRunCommands_Update",
                "VirtualMachineRunCommands_Delete",
            ])
        + managed(
            on: group + "/virtualMachineScaleSets/Set-1/virtualMachines/07/runCommands", since: "2020-06-01",
            five("VirtualMachineScaleSetVMRunCommands"))
        + managed(
            on: group + "/virtualMachines/Vm-1/diagnosticRunCommands", since: "2026-04-01",
            [
                "VirtualMachineDiagnosticRunCommands_DiagnosticListByVirtualMachine",
                "VirtualMachineDiagnosticRunCommands_GetByVirtualMachine",
                "VirtualMachineDiagnosticRunCommands_CreateOrUpdate", "VirtualMachineDiagnosticRunCommands_Update",
                "VirtualMachineDiagnosticRunCommands_Delete",
            ])
        + managed(
            on: group + "/virtualMachineScaleSets/Set-1/virtualMachines/07/diagnosticRunCommands", since: "2026-04-01",
            ["VirtualMachineScaleSetVMDiagnosticRunCommands_DiagnosticList"]
                + five("VirtualMachineScaleSetVMDiagnosticRunCommands").dropFirst())
        + [
            companion("Subscriptions_List", "/subscriptions"), companion("Subscriptions_Get", subscriptionPath),
            companion("Subscriptions_ListLocations", subscriptionPath + "/locations"),
            companion("Tenants_List", "/tenants"),
            Sample(
                name: "ResourceGroups_Get", method: "GET", path: subscriptionPath + "/resourceGroups/Rg-Web",
                since: "2018-05-01", operation: .companion, api: .resourceGroups),
        ]

    private static func five(_ group: String) -> [String] {
        ["_List", "_Get", "_CreateOrUpdate", "_Update", "_Delete"].map { group + $0 }
    }

    private static func managed(on list: String, since: String, _ names: [String]) -> [Sample] {
        let forms: [(String, ARMModel.Operation)] = [
            ("GET", .list), ("GET", .read), ("PUT", .create), ("PATCH", .update), ("DELETE", .delete),
        ]
        return zip(names, forms).map { name, form in
            Sample(
                name: name, method: form.0, path: form.1 == .list ? list : list + "/Nightly", since: since,
                operation: form.1)
        }
    }

    private static func companion(_ name: String, _ path: String) -> Sample {
        Sample(
            name: name, method: "GET", path: path, since: "2016-06-01", operation: .companion, api: .subscriptions)
    }

    static let versions = [
        "2017-03-30", "2017-12-01", "2018-04-01", "2018-06-01", "2018-10-01", "2019-03-01", "2019-07-01", "2019-12-01",
        "2020-06-01", "2020-12-01", "2021-03-01", "2021-04-01", "2021-07-01", "2021-11-01", "2022-03-01", "2022-08-01",
        "2022-11-01", "2023-03-01", "2023-07-01", "2023-09-01", "2024-03-01", "2024-07-01", "2024-11-01", "2025-04-01",
        "2025-11-01", "2026-03-01", "2026-04-01",
    ]

    private func refusal(_ method: String, _ target: String) -> RequestError? {
        do throws(RequestError) {
            _ = try ARMRequestHead(method: method, target: target)
            return nil
        } catch {
            return error
        }
    }

    @Test func everyRouteHasASample() {
        #expect(RouteTable.routes.count == Self.samples.count)
        #expect(Set(RouteTable.routes.map(\.name)) == Set(Self.samples.map(\.name)))
        #expect(APIVersion.all == Self.versions)
    }

    @Test(arguments: samples)
    func takesTheVersionsThatHaveIt(_ sample: Sample) throws {
        for version in sample.api.versions {
            let target = sample.path + "?api-version=" + version
            // Dates of this form sort as texts.
            if version >= sample.since {
                let head = try ARMRequestHead(method: sample.method, target: target)
                #expect(head.route.name == sample.name)
                #expect(head.route.operation == sample.operation)
                #expect(head.apiVersion.text == version)
                #expect(head.upstreamTarget(apiVersion: head.apiVersion).hasSuffix("?api-version=" + version))
            } else {
                #expect(self.refusal(sample.method, target)?.code == .invalidAPIVersion)
            }
        }
    }

    @Test(
        arguments: samples,
        [
            ("", RequestError.Code.missingAPIVersion), ("?api-version=", .missingAPIVersion),
            ("?api-version=2024-07-02", .invalidAPIVersion), ("?api-version=VERSION-preview", .invalidAPIVersion),
            ("?api-version=2099-01-01", .invalidAPIVersion), ("?api-version=latest", .invalidAPIVersion),
            ("?api-version=VERSION%20", .invalidAPIVersion), ("?api-version=2024%2F07-01", .invalidAPIVersion),
            ("?api-version=VERSION&api-version=VERSION", .invalidRequestTarget),
            ("?api-version=VERSION&Api-Version=2023-09-01", .invalidRequestTarget),
            ("?api-version=VERSION&$top=1", .invalidRequestTarget),
            ("?api-version=VERSION&apiversion=VERSION", .invalidRequestTarget),
            ("?api-version=VERSION&x-http-method-override=PUT", .invalidRequestTarget),
        ])
    func refusesOtherQueries(_ sample: Sample, _ query: (String, RequestError.Code)) {
        let text = query.0.replacing("VERSION", with: sample.version)
        #expect(self.refusal(sample.method, sample.path + text)?.code == query.1)
    }

    @Test(arguments: samples)
    func wordsMatchInAnyCase(_ sample: Sample) throws {
        let version = "?API-Version=" + sample.version
        let usual = try ARMRequestHead(method: sample.method, target: sample.path + version)
        let alternating = String(sample.path.enumerated().map { $0 % 2 == 0 ? Character($1.uppercased()) : $1 })
        for path in [sample.path.uppercased(), sample.path.lowercased(), alternating] {
            let head = try ARMRequestHead(method: sample.method, target: path + version)
            #expect(head.route.name == sample.name)
            // Words go out in ARM's spelling, names in the caller's.
            let words = { (head: ARMRequestHead) in
                head.upstreamPath.split(separator: "/").count { Self.words.contains($0) }
            }
            #expect(words(head) == words(usual))
            #expect(ASCIICase.areEqual(head.upstreamPath, usual.upstreamPath))
        }
        #expect(usual.upstreamPath.split(separator: "/").contains("Rg-Web") == (usual.target.resourceGroup != nil))
    }

    private static let words: Set<Substring> = [
        "subscriptions", "resourceGroups", "providers", "Microsoft.Compute", "virtualMachines",
        "virtualMachineScaleSets", "runCommand", "runCommands", "locations", "operations", "diagnosticRunCommands",
        "tenants",
    ]

    @Test(arguments: samples)
    func lettersThatOnlyUnicodeTakesForTheSameDoNotMatch(_ sample: Sample) {
        for (letter, variant) in [("s", "%C5%BF"), ("i", "%C4%B1"), ("i", "%C4%B0"), ("k", "%E2%84%AA")] {
            for word in Self.words {
                guard let range = word.range(of: letter), sample.path.contains("/" + word + "/") else { continue }
                let changed = word.replacingCharacters(in: range, with: variant)
                let path = sample.path.replacing("/" + word + "/", with: "/" + changed + "/")
                #expect(
                    self.refusal(sample.method, path + "?api-version=" + sample.version)?.code == .operationNotMediated)
            }
        }
        // In a name they are no letters at all.
        for path in [
            Self.group + "/virtualMachines/%E2%84%AA/runCommand", Self.group + "/virtualMachines/we%C5%BF/runCommand",
        ] {
            #expect(self.refusal("POST", path + "?api-version=2024-07-01")?.code == .invalidRequestTarget)
        }
    }

    @Test func keepsNamesAndReadsTheTarget() throws {
        let run = try ARMRequestHead(method: "POST", target: Self.action + "?api-version=2024-07-01")
        #expect(run.target.subscription == Self.subscription)
        #expect(run.target.resourceGroup == "Rg-Web")
        #expect(run.target.machine == .virtualMachine("Vm-1"))
        #expect(run.target.runCommand == nil)
        #expect(!run.expandsInstanceView && !run.monitors && run.operationID == nil)

        let update = try ARMRequestHead(method: "PATCH", target: Self.instance + "/?api-version=2024-07-01")
        #expect(update.target.machine == .scaleSetInstance(scaleSet: "Set-1", instance: "07"))
        #expect(update.target.runCommand == "Nightly")
        #expect(update.upstreamPath == Self.instance)

        let read = try ARMRequestHead(
            method: "GET", target: Self.instance + "?%24expand=InstanceView&api-version=2024-07-01")
        #expect(read.expandsInstanceView)
        #expect(
            read.upstreamTarget(apiVersion: .newest) == Self.instance
                + "?$expand=instanceView&api-version=\(APIVersion.newest)")

        let poll = try ARMRequestHead(method: "GET", target: Self.poll + "?monitor=true&api-version=2019-03-01")
        #expect(poll.monitors)
        #expect(poll.operationID == Self.operation.lowercased())
        #expect(poll.target.location == "westus")
        #expect(try !ARMRequestHead(method: "GET", target: Self.poll + "?api-version=2019-03-01").monitors)
    }

    @Test func parenthesesOfGroupNamesGoOutEscaped() throws {
        for spelling in ["rg%28a%29", "rg(a)", "rg%28a)"] {
            let path = Self.action.replacing("Rg-Web", with: spelling)
            let head = try ARMRequestHead(method: "POST", target: path + "?api-version=2024-07-01")
            #expect(head.target.resourceGroup == "rg(a)")
            #expect(head.upstreamPath == Self.action.replacing("Rg-Web", with: "rg%28a%29"))
        }
    }

    @Test(arguments: [
        (instance + "?$expand=", "$expand"), (instance + "?$expand=all", "$expand"),
        (instance + "?$expand=instanceView%2Cx", "$expand"), (poll + "?monitor=false", "monitor"),
        (poll + "?monitor=1", "monitor"), (poll + "?monitor=", "monitor"), (poll + "?$expand=instanceView", "$expand"),
        (instance + "?monitor=true", "monitor"),
    ])
    func refusesOtherFlags(_ target: String, _ name: String) {
        let error = self.refusal("GET", target + "&api-version=2024-07-01")
        #expect(error?.code == .invalidRequestTarget)
        #expect(error?.target == name)
    }

    @Test(arguments: [
        ("GET", action, ["POST"]), ("PUT", action, ["POST"]), ("post", action, ["POST"]), ("HEAD", action, ["POST"]),
        ("POST", instance, ["GET", "PUT", "PATCH", "DELETE"]), ("HEAD", instance, ["GET", "PUT", "PATCH", "DELETE"]),
        ("HEAD", poll, ["GET"]), ("OPTIONS", poll, ["GET"]), ("DELETE", "/subscriptions", ["GET"]),
        ("PUT", group + "/virtualMachines/Vm-1/runCommands", ["GET"]),
        ("DELETE", subscriptionPath + "/resourceGroups/Rg-Web", ["GET"]),
    ])
    func namesTheMethods(_ method: String, _ path: String, _ methods: [String]) {
        let error = self.refusal(method, path + "?api-version=2024-07-01")
        #expect(error?.code == .methodNotAllowed)
        #expect(error?.allowedMethods == methods)
    }

    @Test func aSlashAtTheEndBelongsToManagedCommandsOnly() {
        #expect(self.refusal("GET", Self.instance + "/?api-version=2024-07-01") == nil)
        for (method, path) in [("POST", Self.action), ("GET", Self.poll)] {
            #expect(self.refusal(method, path + "/?api-version=2024-07-01")?.code == .invalidRequestTarget)
        }
        #expect(self.refusal("GET", Self.instance + "//?api-version=2024-07-01")?.code == .invalidRequestTarget)
    }

    @Test(arguments: [
        ("Rg-Web", "rg."), ("Rg-Web", "r%20g"), ("Rg-Web", "r%C3%A9"), ("Rg-Web", "r*"), ("Set-1", "_set"),
        ("Set-1", "set%28"), ("/07/", "/7a/"), ("/07/", "/12345678901/"), ("/07/", "/-1/"), ("Nightly", "a%3Ab"),
        ("Nightly", "-a"), ("Nightly", "a%20b"), (subscription, "subid"), (subscription, "%7Bsubscription-id%7D"),
    ])
    func refusesNames(_ name: String, _ other: String) {
        let error = self.refusal("PATCH", Self.instance.replacing(name, with: other) + "?api-version=2024-07-01")
        #expect(error?.code == .invalidRequestTarget)
    }

    @Test(arguments: ["not-a-guid", "%7BoperationId%7D", "0d95e5cbd70c49798ef94f8dbd5e149f", "a%20b"])
    func refusesOperationIDs(_ id: String) {
        let target = Self.poll.replacing(Self.operation, with: id) + "?api-version=2024-07-01"
        #expect(self.refusal("GET", target)?.code == .invalidRequestTarget)
    }

    /// Facts §11: doors with the same power, and a word of the reason that is told.
    @Test(arguments: [
        ("POST", "/batch", "/batch carries"), ("POST", "/Batch", "/batch carries"),
        ("POST", "/providers/Microsoft.Resources/batch", "/batch carries"),
        (
            "POST", "/subscriptions/\(subscription)/providers/Microsoft.Authorization/acquirePolicyToken",
            "whole request"
        ),
        ("POST", group + "/virtualMachines/vm/diagnosticRunCommand", "not published"),
        ("POST", group + "/virtualMachineScaleSets/s/virtualMachines/0/DIAGNOSTICRUNCOMMAND", "not published"),
        ("PUT", group + "/virtualMachines/vm/extensions/custom", "extensions"),
        ("PUT", group + "/virtualMachineScaleSets/s/extensions/custom", "extensions"),
        ("PUT", "/subscriptions/\(subscription)/providers/Microsoft.Resources/deployments/d", "template"),
        ("PUT", "/subscriptions/\(subscription)/providers/Microsoft.Resources/DeploymentStacks/d", "template"),
        ("PUT", group + "/virtualMachines/vm", "run commands only"),
        ("PATCH", group + "/virtualMachines/vm", "run commands only"),
        ("PUT", group + "/galleries/g/scripts/s/versions/1.0.0", "run commands only"),
        (
            "PUT",
            "/subscriptions/\(subscription)/resourceGroups/g/providers/Microsoft.HybridCompute/machines/m/runCommands/r",
            "not those of Microsoft.Compute"
        ),
        (
            "POST",
            "/subscriptions/\(subscription)/resourceGroups/g/providers/Microsoft.ContainerService/managedClusters/c/runCommand",
            "not those of Microsoft.Compute"
        ),
        ("POST", "/subscriptions/\(subscription)/providers/Microsoft.Compute/register", "registering"),
        ("POST", "/subscriptions/\(subscription)/providers/Microsoft.Compute/Unregister", "registering"),
        ("GET", "/a", "run commands only"),
        ("GET", action + "/x", "run commands only"), ("GET", "/x" + instance, "run commands only"),
        (
            "GET", group.replacing("Microsoft.Compute", with: "Microsoft_Compute") + "/virtualMachines/v/runCommand",
            "only"
        ),
    ])
    func refusesOtherDoors(_ method: String, _ path: String, _ reason: String) {
        let error = self.refusal(method, path + "?api-version=2024-07-01")
        #expect(error?.code == .operationNotMediated)
        #expect(error?.message.contains(reason) == true)
    }

    @Test(arguments: samples)
    func onlyListsTakeASkipToken(_ sample: Sample) throws {
        let isPaged =
            sample.operation == .list
            || ["VirtualMachineRunCommands_List", "Subscriptions_List", "Tenants_List"].contains(sample.name)
        for name in ["$skiptoken", "$skipToken", "%24SKIPTOKEN"] {
            let target = sample.path + "?api-version=\(sample.version)&\(name)=a-b_c"
            if isPaged {
                #expect(try ARMRequestHead(method: sample.method, target: target).skipToken == "a-b_c")
            } else {
                #expect(self.refusal(sample.method, target)?.code == .invalidRequestTarget)
            }
        }
        // What goes to ARM holds no token of ours.
        guard isPaged else { return }
        let head = try ARMRequestHead(
            method: sample.method, target: sample.path + "?$skiptoken=x&api-version=" + sample.version)
        #expect(!head.upstreamTarget(apiVersion: head.apiVersion).lowercased().contains("skiptoken"))
    }

    /// The same last segment: a document of a region, and a command of a machine.
    @Test func theCatalogIsNoManagedCommand() throws {
        let version = "?api-version=2024-07-01"
        let place = Self.subscriptionPath + "/providers/Microsoft.Compute/locations/WestUS/runCommands"
        let document = try ARMRequestHead(method: "GET", target: place + "/RunShellScript" + version)
        #expect(document.route.operation == .catalog)
        #expect(document.target.catalogCommandID == "RunShellScript")
        #expect(document.target.runCommand == nil && document.target.machine == nil)
        #expect(document.target.location == "westus")
        for method in ["PUT", "PATCH", "DELETE", "POST"] {
            for path in [place, place + "/RunShellScript"] {
                #expect(self.refusal(method, path + version)?.allowedMethods == ["GET"])
            }
        }
    }

    @Test func aPathThatWasBuiltIsUnderstoodAgain() throws {
        for sample in Self.samples {
            let head = try ARMRequestHead(
                method: sample.method, target: sample.path + "?api-version=" + sample.version)
            #expect(ARMRequestHead.target(ofPath: head.upstreamPath) == head.target)
            #expect(ARMRequestHead.place(ofPath: head.upstreamPath)?.family == head.route.family)
        }
        #expect(ARMRequestHead.target(ofPath: "/a/b") == nil)
        #expect(ARMRequestHead.target(ofPath: "") == nil)
    }
}
