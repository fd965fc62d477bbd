/// What a request to ARM asks for, by the shape of its path alone; names keep the caller's spelling.
enum ARMRoute: Sendable, Equatable {
    case action(Machine)
    case commands(Machine, CommandFamily)
    case command(Machine, CommandFamily, String)
    case documents(subscription: String, location: String)
    case document(subscription: String, location: String, id: String)
    case operation(subscription: String, location: String, id: String)
    case subscriptions
    case subscription(String)
    case tenants
    case locations(String)
    case resourceGroup(subscription: String, String)

    /// A virtual machine, or one instance of a scale set.
    struct Machine: Sendable, Hashable {
        var subscription: String
        var resourceGroup: String
        /// The machine's name, or the scale set's.
        var name: String
        /// The instance of a scale set; nil for a machine.
        var instance: String?

        /// Its resource id in canonical spelling.
        var id: String {
            let group = "/subscriptions/\(self.subscription)/resourceGroups/\(self.resourceGroup)"
            guard let instance else { return "\(group)/providers/Microsoft.Compute/virtualMachines/\(self.name)" }
            return
                "\(group)/providers/Microsoft.Compute/virtualMachineScaleSets/\(self.name)/virtualMachines/\(instance)"
        }

        /// What two spellings of the same machine share.
        var key: String { self.id.lowercased() }

        /// The resource type, as error texts name it.
        var type: String { self.instance == nil ? "virtualMachines" : "virtualMachineScaleSets/virtualMachines" }
    }

    /// The two kinds of stored command.
    enum CommandFamily: String, Sendable, Hashable {
        case standard = "runCommands"
        case diagnostic = "diagnosticRunCommands"

        var since: String { self == .standard ? ComputeVersion.managed : ComputeVersion.diagnostic }
    }

    /// Nil when no operation has this path.
    init?(_ segments: [String]) {
        let lower = segments.map { $0.lowercased() }
        if lower == ["tenants"] {
            self = .tenants
            return
        }
        guard lower.first == "subscriptions" else { return nil }
        if lower.count == 1 {
            self = .subscriptions
        } else if lower.count == 2 {
            self = .subscription(segments[1])
        } else if lower.count == 3, lower[2] == "locations" {
            self = .locations(segments[1])
        } else if lower.count == 4, lower[2] == "resourcegroups" {
            self = .resourceGroup(subscription: segments[1], segments[3])
        } else if lower.count >= 7, Array(lower[2...4]) == ["providers", "microsoft.compute", "locations"] {
            self.init(locationPath: segments, lower)
        } else if lower.count >= 8, lower[2] == "resourcegroups",
            Array(lower[4...5]) == ["providers", "microsoft.compute"]
        {
            self.init(machinePath: segments, lower)
        } else {
            return nil
        }
    }

    private init?(locationPath segments: [String], _ lower: [String]) {
        switch (lower[6], lower.count) {
        case ("runcommands", 7): self = .documents(subscription: segments[1], location: segments[5])
        case ("runcommands", 8): self = .document(subscription: segments[1], location: segments[5], id: segments[7])
        case ("operations", 8): self = .operation(subscription: segments[1], location: segments[5], id: segments[7])
        default: return nil
        }
    }

    private init?(machinePath segments: [String], _ lower: [String]) {
        var machine = Machine(subscription: segments[1], resourceGroup: segments[3], name: segments[7], instance: nil)
        var rest = lower[8...]
        var names = segments[8...]
        if lower[6] == "virtualmachinescalesets" {
            guard lower.count >= 10, lower[8] == "virtualmachines" else { return nil }
            machine.instance = segments[9]
            rest = rest.dropFirst(2)
            names = names.dropFirst(2)
        } else if lower[6] != "virtualmachines" {
            return nil
        }
        let tail = Array(rest)
        let spelled = Array(names)
        switch tail {
        case ["runcommand"]: self = .action(machine)
        case ["runcommands"]: self = .commands(machine, .standard)
        case ["diagnosticruncommands"]: self = .commands(machine, .diagnostic)
        default:
            guard tail.count == 2 else { return nil }
            switch tail[0] {
            case "runcommands": self = .command(machine, .standard, spelled[1])
            case "diagnosticruncommands": self = .command(machine, .diagnostic, spelled[1])
            default: return nil
            }
        }
    }
}
