#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// Where finished log lines go. Each call gets one whole line, its line feed included.
package struct LogLineSink: Sendable {
    package let write: @Sendable (_ line: [UInt8]) -> Void

    package init(write: @escaping @Sendable (_ line: [UInt8]) -> Void) { self.write = write }

    /// Standard error of the process.
    package static let standardError = LogLineSink.descriptor(STDERR_FILENO)

    /// An open file: one `write` a line, unbuffered, lines of several threads never mixed. A line that cannot be
    /// written (closed, full) is dropped: it is not worth a request.
    package static func descriptor(_ descriptor: Int32) -> LogLineSink {
        let output = DescriptorOutput(descriptor)
        return LogLineSink { line in output.write(line) }
    }

    /// Whether somebody who can see colours sits at standard error and has not asked for none (`NO_COLOR`).
    package static var standardErrorTakesColor: Bool {
        guard isatty(STDERR_FILENO) == 1 else { return false }
        guard let wish = getenv("NO_COLOR") else { return true }
        return wish.pointee == 0
    }
}
