import ARMModel

extension ResourceTarget {
    /// The same text for every spelling of one machine's names.
    var machineKey: String {
        let machine =
            switch self.machine {
            case .virtualMachine(let name): "virtualMachines/" + name
            case .scaleSetInstance(let scaleSet, let instance): "scaleSets/\(scaleSet)/\(instance)"
            case nil: ""
            }
        return ASCIICase.lowered([self.subscription ?? "", self.resourceGroup ?? "", machine].joined(separator: "/"))
    }

    /// The same text for every spelling of one managed command's names. Both families know names of their own.
    func commandKey(_ family: CommandFamily) -> String {
        self.machineKey + "/" + family.rawValue + "/" + ASCIICase.lowered(self.runCommand ?? "")
    }
}
