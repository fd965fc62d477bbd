import Testing

/// Waits until a condition holds that another thread brings about; a failure after ten seconds instead of a hang.
func eventually(
    _ location: SourceLocation = #_sourceLocation, _ condition: () async throws -> Bool
) async throws {
    let end = ContinuousClock.now + .seconds(10)
    while try await !condition() {
        try #require(ContinuousClock.now < end, "the condition never held", sourceLocation: location)
        await Task.yield()
    }
}
