import ArgumentParser
import GatewayServer

/// `sallyport`
struct RootCommand: CommandGroup {
    static let configuration = CommandConfiguration(
        commandName: "sallyport",
        abstract: "A gateway in front of Azure's run command: understood, allowed and on record, or not forwarded.",
        discussion: """
            Data goes to standard output, everything else to standard error. The exit status is 0, or 1 after a \
            finding or failure, or 64 for a command line that is not understood.
            """,
        version: SallyportVersion.text,
        subcommands: [
            ServeCommand.self, CheckCommand.self, HealthCommand.self, PolicyCommand.self, AuditCommand.self,
        ])
}

/// `sallyport policy`
struct PolicyCommand: CommandGroup {
    static let configuration = CommandConfiguration(
        commandName: "policy", abstract: "Work with policy bundles.",
        subcommands: [PolicyCheckCommand.self, PolicyDigestCommand.self])
}

/// `sallyport audit`
struct AuditCommand: CommandGroup {
    static let configuration = CommandConfiguration(
        commandName: "audit", abstract: "Read the record, with or without a running gateway, without writing to it.",
        subcommands: [AuditListCommand.self, AuditShowCommand.self, AuditVerifyCommand.self])
}
