/// How long a command is remembered for those who send it again (CONTRACT §3, "At most once"); all in seconds.
package struct RepeatSettings: Sendable, Hashable {
    /// How long the answer to a command also answers its repeats.
    package var windowSeconds: Int
    /// How long a repeat waits for the first one's answer.
    package var waitSeconds: Int
    /// How long a command of unknown outcome holds back the same request.
    package var unknownHoldSeconds: Int

    package init(windowSeconds: Int = 600, waitSeconds: Int = 60, unknownHoldSeconds: Int = 1_800) {
        self.windowSeconds = windowSeconds
        self.waitSeconds = waitSeconds
        self.unknownHoldSeconds = unknownHoldSeconds
    }
}
