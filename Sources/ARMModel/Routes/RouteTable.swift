/// Every operation that the gateway mediates. To add one, add a row.
package enum RouteTable {
    private static let group: [Route.Segment] = [
        .word("subscriptions"), .subscription, .word("resourceGroups"), .resourceGroup, .word("providers"),
        .word("Microsoft.Compute"),
    ]
    private static let machine: [Route.Segment] = group + [.word("virtualMachines"), .virtualMachine]
    private static let instance: [Route.Segment] =
        group + [.word("virtualMachineScaleSets"), .scaleSet, .word("virtualMachines"), .instance]

    /// Source: facts §2.
    package static let routes: [Route] = [
        Route(
            name: "VirtualMachines_RunCommand", method: .post, path: machine + [.word("runCommand")], operation: .run,
            body: .action, since: .oldest),
        Route(
            name: "VirtualMachineScaleSetVMRunCommands_Update", method: .patch,
            path: instance + [.word("runCommands"), .runCommand], operation: .update, body: .managedUpdate,
            since: .v2020_06_01, allowsTrailingSlash: true),
        Route(
            name: "VirtualMachineScaleSetVMRunCommands_Get", method: .get,
            path: instance + [.word("runCommands"), .runCommand], operation: .read, since: .v2020_06_01,
            query: [.apiVersion, .expand], allowsTrailingSlash: true),
        Route(
            name: "Operations_Get", method: .get,
            path: [
                .word("subscriptions"), .subscription, .word("providers"), .word("Microsoft.Compute"),
                .word("locations"), .location, .word("operations"), .operationID,
            ], operation: .poll, since: .oldest, query: [.apiVersion, .monitor]),
    ]

    /// Doors with the same power that stay shut, and why (facts §11): told to the caller instead of a bare refusal.
    package static func reasonForRefusal(of segments: [String]) -> String {
        let words = segments.map(ASCIICase.lowered)
        if words.last == "batch" { return "/batch carries other requests inside; send them one by one" }
        if words.contains("acquirepolicytoken") { return "acquirePolicyToken carries the whole request in its body" }
        if words.contains("diagnosticruncommand") {
            return "the body of the POST form of diagnostic run commands is not published, so it cannot be judged"
        }
        if words.contains("extensions") { return "virtual machine extensions run code outside run command" }
        if words.contains("deployments") || words.contains("deploymentstacks") {
            return "template deployments may hold run commands that cannot be judged here"
        }
        return "this gateway mediates run commands only; see its manual for the list of operations"
    }
}
