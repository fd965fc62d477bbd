import ArgumentParser
import Foundation

/// The whole `sallyport` program, from its arguments to its exit status.
package enum SallyportProgram {
    /// Runs one command line. Data goes to `context.output`, everything else to `context.errors`.
    ///
    /// - Parameter arguments: without the program's name.
    package static func run(_ arguments: [String], in context: CommandContext) async -> ExitStatus {
        let status: ExitStatus
        do {
            let command = try await Self.parse(arguments)
            do {
                status = try await command.perform(in: context)
            } catch let failure as CommandFailure {
                context.errors.complain(failure.message)
                status = .failure
            } catch {
                for line in "\(error)".split(separator: "\n") { context.errors.complain(String(line)) }
                status = .failure
            }
        } catch {
            // Help and version are data that was asked for; everything else here is a usage error.
            let isAnswer = RootCommand.exitCode(for: error) == .success
            let stream = isAnswer ? context.output : context.errors
            stream.line(RootCommand.fullMessage(for: error))
            status = isAnswer ? .success : .usage
        }
        do {
            try context.output.finish()
        } catch {
            context.errors.complain("standard output cannot be written: \(error)")
            try? context.errors.finish()
            return .failure
        }
        // Where standard error is gone there is nobody to tell.
        try? context.errors.finish()
        return status
    }

    /// The executable: reads the process's arguments, runs, ends the process.
    package static func runFromCommandLine() async -> Never {
        let context = CommandContext.ofProcess()
        let status = await Self.run(Array(CommandLine.arguments.dropFirst()), in: context)
        exit(status.rawValue)
    }

    private static func parse(_ arguments: [String]) async throws -> any SallyportSubcommand {
        var command = try await RootCommand.asyncParseAsRoot(arguments)
        if let command = command as? any SallyportSubcommand { return command }
        // `help`: its answer comes as an error.
        try command.run()
        throw CleanExit.helpRequest(RootCommand.self)
    }
}
