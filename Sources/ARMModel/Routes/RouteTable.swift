/// Every operation that the gateway mediates, with the api-versions that have it. To add one, add a row.
package enum RouteTable {
    private static let subscription: [Route.Segment] = [.word("subscriptions"), .subscription]
    private static let group: [Route.Segment] = subscription + [.word("resourceGroups"), .resourceGroup]
    private static let compute: [Route.Segment] = [.word("providers"), .word("Microsoft.Compute")]
    private static let location: [Route.Segment] = subscription + compute + [.word("locations"), .location]
    private static let machine: [Route.Segment] = group + compute + [.word("virtualMachines"), .virtualMachine]
    private static let instance: [Route.Segment] =
        group + compute + [.word("virtualMachineScaleSets"), .scaleSet, .word("virtualMachines"), .instance]

    package static let routes: [Route] = actions + managed + catalog + polling + companions

    /// The same in the same order, by how many segments a path has.
    private static let routesByLength: [[Route]] = (0...routes.reduce(0) { max($0, $1.path.count) }).map { length in
        routes.filter { $0.path.count == length }
    }

    /// The routes whose path has so many segments.
    static func routes(ofLength length: Int) -> [Route] {
        self.routesByLength.indices.contains(length) ? self.routesByLength[length] : []
    }

    /// Source: facts §2.1.
    private static let actions = [
        Route(
            name: "VirtualMachines_RunCommand", method: .post, path: machine + [.word("runCommand")], operation: .run,
            body: .action, since: .oldest),
        Route(
            name: "VirtualMachineScaleSetVMs_RunCommand", method: .post, path: instance + [.word("runCommand")],
            operation: .run, body: .action, since: .v2018_04_01),
    ]

    /// Source: facts §2.2 and, for the diagnostic family, §2.4.
    private static let managed =
        managed(
            of: machine, segment: "runCommands", family: .standard, since: .v2020_06_01,
            names: [
                .list: "VirtualMachineRunCommands_ListByVirtualMachine",
                .read: "VirtualMachineRunCommands_GetByVirtualMachine",
                .create: "VirtualMachineRunCommands_CreateOrUpdate", .update: "VirtualMachineRunCommands_Update",
                .delete: "VirtualMachineRunCommands_Delete",
            ])
        + managed(
            of: instance, segment: "runCommands", family: .standard, since: .v2020_06_01,
            names: [
                .list: "VirtualMachineScaleSetVMRunCommands_List", .read: "VirtualMachineScaleSetVMRunCommands_Get",
                .create: "VirtualMachineScaleSetVMRunCommands_CreateOrUpdate",
                .update: "VirtualMachineScaleSetVMRunCommands_Update",
                .delete: "VirtualMachineScaleSetVMRunCommands_Delete",
            ])
        + managed(
            of: machine, segment: "diagnosticRunCommands", family: .diagnostic, since: .v2026_04_01,
            names: [
                .list: "VirtualMachineDiagnosticRunCommands_DiagnosticListByVirtualMachine",
                .read: "VirtualMachineDiagnosticRunCommands_GetByVirtualMachine",
                .create: "VirtualMachineDiagnosticRunCommands_CreateOrUpdate",
                .update: "VirtualMachineDiagnosticRunCommands_Update",
                .delete: "VirtualMachineDiagnosticRunCommands_Delete",
            ])
        + managed(
            of: instance, segment: "diagnosticRunCommands", family: .diagnostic, since: .v2026_04_01,
            names: [
                .list: "VirtualMachineScaleSetVMDiagnosticRunCommands_DiagnosticList",
                .read: "VirtualMachineScaleSetVMDiagnosticRunCommands_Get",
                .create: "VirtualMachineScaleSetVMDiagnosticRunCommands_CreateOrUpdate",
                .update: "VirtualMachineScaleSetVMDiagnosticRunCommands_Update",
                .delete: "VirtualMachineScaleSetVMDiagnosticRunCommands_Delete",
            ])

    /// The five operations on a machine's stored commands.
    private static func managed(
        of machine: [Route.Segment], segment: Route.Word, family: CommandFamily, since: APIVersion,
        names: [Operation: String]
    ) -> [Route] {
        let forms: [(Operation, Route.Method, Route.Body, [Route.QueryName])] = [
            (.list, .get, .none, [.apiVersion, .expand, .skipToken]), (.read, .get, .none, [.apiVersion, .expand]),
            (.create, .put, .managedCreate, [.apiVersion]), (.update, .patch, .managedUpdate, [.apiVersion]),
            (.delete, .delete, .none, [.apiVersion]),
        ]
        return forms.map { operation, method, body, query in
            Route(
                name: names[operation] ?? "", method: method,
                path: machine + [.word(segment)] + (operation == .list ? [] : [.runCommand]), operation: operation,
                family: family, body: body, since: since, query: query, allowsTrailingSlash: true)
        }
    }

    /// The built-in commands of a region. Source: facts §2.3.
    private static let catalog = [
        Route(
            name: "VirtualMachineRunCommands_List", method: .get, path: location + [.word("runCommands")],
            operation: .catalog, since: .oldest, query: [.apiVersion, .skipToken]),
        Route(
            name: "VirtualMachineRunCommands_Get", method: .get, path: location + [.word("runCommands"), .commandID],
            operation: .catalog, since: .oldest),
    ]

    /// Source: facts §2.5.
    private static let polling = [
        Route(
            name: "Operations_Get", method: .get, path: location + [.word("operations"), .operationID],
            operation: .poll, since: .oldest, query: [.apiVersion, .monitor])
    ]

    /// The plain reads that az makes beside run commands, each only as far as az needs it (real-clients.md).
    private static let companions = [
        Route(
            name: "Subscriptions_List", method: .get, path: [.word("subscriptions")], operation: .companion,
            since: .oldestOfSubscriptions, query: [.apiVersion, .skipToken]),
        Route(
            name: "Subscriptions_Get", method: .get, path: subscription, operation: .companion,
            since: .oldestOfSubscriptions),
        Route(
            name: "Subscriptions_ListLocations", method: .get, path: subscription + [.word("locations")],
            operation: .companion, since: .oldestOfSubscriptions),
        Route(
            name: "Tenants_List", method: .get, path: [.word("tenants")], operation: .companion,
            since: .oldestOfSubscriptions, query: [.apiVersion, .skipToken]),
        Route(
            name: "ResourceGroups_Get", method: .get, path: group, operation: .companion,
            since: .oldestOfResourceGroups),
    ]

    /// Doors with the same power that stay shut, and why (facts §11): told to the caller instead of a bare refusal.
    package static func reasonForRefusal(of segments: [String]) -> String {
        let words = segments.map(ASCIICase.lowered)
        if words.last == "batch" { return "/batch carries other requests inside; send them one by one" }
        if words.contains("acquirepolicytoken") {
            return "acquirePolicyToken carries the whole request, script included, in its body; "
                + "leave out --acquire-policy-token and --change-reference"
        }
        if words.contains("diagnosticruncommand") {
            return "the body of the POST form of diagnostic run commands is not published, so it cannot be judged"
        }
        if words.contains("extensions") { return "virtual machine extensions run code outside run command" }
        if words.contains("deployments") || words.contains("deploymentstacks") {
            return "template deployments may hold run commands that cannot be judged here"
        }
        if words.count == 5, words.last == "register" || words.last == "unregister" {
            return "registering a resource provider changes the whole subscription; an administrator does it once, "
                + "outside this gateway"
        }
        if words.contains("microsoft.hybridcompute") || words.contains("microsoft.containerservice") {
            return "run commands of this provider are not those of Microsoft.Compute, and are not mediated here"
        }
        return "this gateway mediates run commands only; see its manual for the list of operations"
    }
}
