import Synchronization

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// Writes whole lines to an open file, one at a time.
final class DescriptorOutput: Sendable {
    private let descriptor: Int32
    /// Whether the last line broke off in its middle.
    private let isTorn = Mutex(false)

    init(_ descriptor: Int32) { self.descriptor = descriptor }

    func write(_ line: [UInt8]) {
        self.isTorn.withLock { isTorn in
            // What follows a torn line must not read as its end.
            let bytes = isTorn ? [UInt8(ascii: "\n")] + line : line
            let written = self.writeAll(bytes)
            if written > 0 { isTorn = written < bytes.count }
        }
    }

    /// Returns how many bytes were taken before the file took no more.
    private func writeAll(_ bytes: [UInt8]) -> Int {
        bytes.withUnsafeBytes { buffer in
            var done = 0
            while done < buffer.count {
                let rest = UnsafeRawBufferPointer(rebasing: buffer[done...])
                let count = systemWrite(self.descriptor, rest)
                if count > 0 {
                    done += count
                } else if !(count < 0 && errno == EINTR) {
                    break
                }
            }
            return done
        }
    }
}

/// Outside the type, whose own `write` would hide the system's.
private func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
    write(descriptor, bytes.baseAddress, bytes.count)
}
