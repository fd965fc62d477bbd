/// Ways to run code, or to carry a run command inside of another request, that the gateway never opens, for the manual.
/// What a caller is told of each is ``RouteTable/reasonForRefusal(of:)``. Source: facts §11.
package enum ClosedDoors {
    package struct Door: Sendable, Hashable {
        package var method: Route.Method
        /// As Azure's documentation writes it.
        package var path: String
    }

    package static let all = [
        Door(method: .post, path: "/batch"),
        Door(method: .post, path: Self.subscription + "/providers/Microsoft.Authorization/acquirePolicyToken"),
        Door(method: .post, path: Self.machine + "/diagnosticRunCommand"),
        Door(
            method: .post,
            path: Self.compute
                + "/virtualMachineScaleSets/{vmScaleSetName}/virtualMachines/{instanceId}/diagnosticRunCommand"),
        Door(method: .post, path: Self.subscription + "/providers/Microsoft.Compute/register"),
        Door(method: .put, path: Self.group + "/providers/Microsoft.Resources/deployments/{deploymentName}"),
        Door(method: .put, path: Self.group + "/providers/Microsoft.Resources/deploymentStacks/{deploymentStackName}"),
        Door(method: .put, path: Self.group + "/providers/Microsoft.Resources/deploymentScripts/{scriptName}"),
        Door(method: .put, path: Self.machine + "/extensions/{extensionName}"),
        Door(method: .put, path: Self.machine),
        Door(method: .patch, path: Self.machine),
        Door(
            method: .put, path: Self.compute + "/galleries/{galleryName}/scripts/{scriptName}/versions/{versionName}"),
        Door(
            method: .put,
            path: Self.group
                + "/providers/Microsoft.HybridCompute/machines/{machineName}/runCommands/{runCommandName}"),
        Door(
            method: .post,
            path: Self.group + "/providers/Microsoft.ContainerService/managedClusters/{resourceName}/runCommand"),
    ]

    private static let subscription = "/subscriptions/{subscriptionId}"
    private static let group = Self.subscription + "/resourceGroups/{resourceGroupName}"
    private static let compute = Self.group + "/providers/Microsoft.Compute"
    private static let machine = Self.compute + "/virtualMachines/{vmName}"
}
