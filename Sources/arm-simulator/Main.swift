import ARMSimulator

/// The executable: everything is in the library.
@main struct Main {
    static func main() async { await SimulatorCommand.runFromCommandLine() }
}
