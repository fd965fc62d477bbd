/// A command that every location offers by id.
struct BuiltInCommand: Sendable {
    var id: String
    var isLinux: Bool
    var label: String
    var description: String
    var script: [String]
    var parameters: [Parameter] = []
    /// What running it prints here; nil: the script above really runs.
    var canned: String?

    struct Parameter: Sendable {
        var name: String
        var defaultValue: String
    }

    /// The command of this id in any case, or nil.
    static func named(_ id: String) -> BuiltInCommand? {
        self.all.first { $0.id.lowercased() == id.lowercased() }
    }

    static let all: [BuiltInCommand] = [
        BuiltInCommand(
            id: "RunShellScript", isLinux: true, label: "Executes a Linux shell script",
            description: "Custom multiline shell script should be defined in script property. Optional parameters can "
                + "be set in parameters property.",
            script: ["#!/bin/bash", "echo This is a sample script with parameters $1 $2"],
            parameters: [
                Parameter(name: "arg1", defaultValue: "value1"), Parameter(name: "arg2", defaultValue: "value2"),
            ]),
        BuiltInCommand(
            id: "ifconfig", isLinux: true, label: "List network configuration",
            description: "Get the configuration of all network interfaces.",
            script: ["#!/bin/bash", "ifconfig \"$@\""],
            canned: """
                eth0: flags=4163<UP,BROADCAST,RUNNING,MULTICAST>  mtu 1500
                        inet 10.0.0.4  netmask 255.255.255.0  broadcast 10.0.0.255

                """),
        windows("RunPowerShellScript", "Executes a PowerShell script"),
        windows(
            "IPConfig", "List IP configuration", says: "Ethernet adapter Ethernet:\r\n   IPv4 Address: 10.0.0.5\r\n"),
        windows("EnableRemotePS", "Enable remote PowerShell"),
        windows("RDPSettings", "Verify RDP Listener Settings"),
        windows("ResetRDPCert", "Restore RDP Authentication mode to defaults"),
        windows("SetRDPPort", "Set Remote Desktop port"),
        windows("EnableAdminAccount", "Enable administrator account"),
        windows("ResetAccountPassword", "Reset built-in Administrator account password"),
        windows("DisableNLA", "Disable Network Level Authentication"),
        windows("EnableEMS", "Enable EMS"),
        windows("EnableWindowsUpdate", "Enable Windows Update"),
        windows("DisableWindowsUpdate", "Disable Windows Update"),
        windows("IMDSCertCheck", "Check IMDS certificates"),
        windows("Windows_WindowsActivation_Validation", "Validate Windows activation"),
        windows("FleetDiagnosticsWindows", "Fleet diagnostics"),
    ]

    private static func windows(_ id: String, _ label: String, says canned: String? = nil) -> BuiltInCommand {
        BuiltInCommand(
            id: id, isLinux: false, label: label, description: "\(label).",
            script: ["Write-Host This is a sample script with parameters $arg1 $arg2"],
            canned: canned ?? "The simulator does not run \(id): there is no Windows here.")
    }

    /// The short document of a list.
    var base: SimulatorJSON {
        [
            "$schema": "http://schema.management.azure.com/schemas/2016-11-17/runcommands.json", "id": .string(self.id),
            "osType": self.isLinux ? "Linux" : "Windows", "label": .string(self.label),
            "description": .string(self.description),
        ]
    }

    /// The whole document.
    var document: SimulatorJSON {
        let parameters = self.parameters.map { parameter -> SimulatorJSON in
            ["name": .string(parameter.name), "type": "string", "defaultValue": .string(parameter.defaultValue)]
        }
        return .object(
            (self.base.members ?? []) + [
                .init("script", .array(self.script.map { .string($0) })), .init("parameters", .array(parameters)),
            ])
    }
}
