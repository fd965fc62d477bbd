import ArgumentParser

/// How a command that lists things writes them.
enum OutputFormat: String, ExpressibleByArgument, CaseIterable {
    case table, json, csv
}

/// How a command that shows one thing writes it.
enum PageFormat: String, ExpressibleByArgument, CaseIterable {
    case table, json
}
