import ARMModel

extension ResourceTarget {
    /// The same text for every spelling of one machine's names.
    var machineKey: String {
        var key: [UInt8] = []
        key.reserveCapacity(160)
        key.append(contentsOf: (self.subscription ?? "").utf8)
        key.append(UInt8(ascii: "/"))
        key.append(contentsOf: (self.resourceGroup ?? "").utf8)
        switch self.machine {
        case .virtualMachine(let name):
            key.append(contentsOf: "/virtualMachines/".utf8)
            key.append(contentsOf: name.utf8)
        case .scaleSetInstance(let scaleSet, let instance):
            key.append(contentsOf: "/scaleSets/".utf8)
            key.append(contentsOf: scaleSet.utf8)
            key.append(UInt8(ascii: "/"))
            key.append(contentsOf: instance.utf8)
        case nil: key.append(UInt8(ascii: "/"))
        }
        for place in key.indices { key[place] = ASCIICase.lower(key[place]) }
        return String(decoding: key, as: UTF8.self)
    }

    /// The same text for every spelling of one managed command's names. Both families know names of their own.
    func commandKey(_ family: CommandFamily) -> String {
        self.machineKey + "/" + family.rawValue + "/" + ASCIICase.lowered(self.runCommand ?? "")
    }
}
