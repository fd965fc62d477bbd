import ARMModel

extension ResourceTarget {
    /// The same text for every spelling of one machine's names.
    var machineKey: String {
        var key = self.subscription ?? ""
        key.reserveCapacity(160)
        key += "/"
        key += self.resourceGroup ?? ""
        switch self.machine {
        case .virtualMachine(let name):
            key += "/virtualMachines/"
            key += name
        case .scaleSetInstance(let scaleSet, let instance):
            key += "/scaleSets/"
            key += scaleSet
            key += "/"
            key += instance
        case nil: key += "/"
        }
        return ASCIICase.lowered(key)
    }

    /// The same text for every spelling of one managed command's names. Both families know names of their own.
    func commandKey(_ family: CommandFamily) -> String {
        self.machineKey + "/" + family.rawValue + "/" + ASCIICase.lowered(self.runCommand ?? "")
    }
}
