/// How often a key set is loaded and how long it counts.
package struct KeySetTimings: Sendable, Hashable {
    /// A set older than this is loaded again in the background.
    package var refresh: Duration
    /// After a failure nothing is tried again for this long, however many callers ask.
    package var retry: Duration
    /// An unknown `kid` causes no more than one load in this time.
    package var unknownKey: Duration
    /// While loading fails, the last good set counts for this long after it was loaded; then there are no keys.
    package var keep: Duration

    package init(refresh: Duration, retry: Duration, unknownKey: Duration, keep: Duration) {
        self.refresh = refresh
        self.retry = retry
        self.unknownKey = unknownKey
        self.keep = keep
    }

    package static let url = KeySetTimings(
        refresh: .seconds(3_600), retry: .seconds(10), unknownKey: .seconds(60), keep: .seconds(86_400))
    /// A file is small and near, so reading it again is how a change is noticed.
    package static let file = KeySetTimings(
        refresh: .seconds(30), retry: .seconds(5), unknownKey: .seconds(5), keep: .seconds(86_400))
}
