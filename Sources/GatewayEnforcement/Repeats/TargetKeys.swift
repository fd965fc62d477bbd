import ARMModel

extension ResourceTarget {
    /// The same text for every spelling of one machine's names.
    var machineKey: String {
        var key: [UInt8] = []
        key.reserveCapacity(160)
        key.append(self.subscription ?? "")
        key.append(UInt8(ascii: "/"))
        key.append(self.resourceGroup ?? "")
        switch self.machine {
        case .virtualMachine(let name):
            key.append("/virtualmachines/")
            key.append(name)
        case .scaleSetInstance(let scaleSet, let instance):
            key.append("/scalesets/")
            key.append(scaleSet)
            key.append(UInt8(ascii: "/"))
            key.append(instance)
        case nil: key.append(UInt8(ascii: "/"))
        }
        return ASCIICase.lowered(String(decoding: key, as: UTF8.self))
    }

    /// The same text for every spelling of one managed command's names. Both families know names of their own.
    func commandKey(_ family: CommandFamily) -> String {
        self.machineKey + "/" + family.rawValue + "/" + ASCIICase.lowered(self.runCommand ?? "")
    }
}
