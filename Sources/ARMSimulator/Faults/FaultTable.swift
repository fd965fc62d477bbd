import Synchronization

/// The faults that are to come.
final class FaultTable: Sendable {
    private let faults = Mutex<[SimulatorFault]>([])

    func add(_ fault: SimulatorFault) { self.faults.withLock { $0.append(fault) } }

    func removeAll() { self.faults.withLock { $0.removeAll() } }

    /// The first fault that matches, one of its times used up.
    func next(method: String, target: String) -> SimulatorFault? {
        self.faults.withLock { faults in
            guard let index = faults.firstIndex(where: { $0.matches(method: method, target: target) }) else {
                return nil
            }
            let fault = faults[index]
            faults[index].times -= 1
            if faults[index].times <= 0 { faults.remove(at: index) }
            return fault
        }
    }
}
