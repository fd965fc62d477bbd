import Foundation

/// A file system in memory, mounted for one test.
struct SmallDisk {
    let path: String

    static var isPossible: Bool {
        guard geteuid() == 0, let disk = try? SmallDisk(bytes: 1 << 20) else { return false }
        disk.unmount()
        return true
    }

    struct NotMounted: Error {}

    init(bytes: Int) throws {
        self.path =
            FileManager.default.temporaryDirectory.appendingPathComponent("sallyport-disk-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: self.path, withIntermediateDirectories: true)
        guard Self.run("/bin/mount", ["-t", "tmpfs", "-o", "size=\(bytes)", "tmpfs", self.path]) else {
            try? FileManager.default.removeItem(atPath: self.path)
            throw NotMounted()
        }
    }

    /// Writes until nothing more fits.
    func fill() throws {
        let descriptor = open(self.path + "/filler", O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        guard descriptor >= 0 else { throw NotMounted() }
        defer { close(descriptor) }
        let block = [UInt8](repeating: 0x55, count: 4_096)
        while write(descriptor, block, block.count) > 0 {}
    }

    func free() { try? FileManager.default.removeItem(atPath: self.path + "/filler") }

    func unmount() {
        // Lazily: whoever still has a file open there keeps it until then.
        _ = Self.run("/bin/umount", ["-l", self.path])
        try? FileManager.default.removeItem(atPath: self.path)
    }

    private static func run(_ program: String, _ arguments: [String]) -> Bool {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        process.standardError = FileHandle.nullDevice
        do { try process.run() } catch { return false }
        process.waitUntilExit()
        return process.terminationStatus == 0
    }
}
