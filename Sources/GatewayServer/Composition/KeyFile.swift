import Foundation

/// A key of 32 random bytes in a file of its own, made on first start, with its folder if only that is missing.
enum KeyFile {
    enum Failure: Error, CustomStringConvertible {
        case unreadable(String)
        case wrongLength(String)
        case openToOthers(String)
        case notWritable(String)

        var description: String {
            switch self {
            case .unreadable(let path): "\(path) cannot be read"
            case .wrongLength(let path): "\(path) does not hold 32 bytes"
            case .openToOthers(let path): "\(path) may be read by others; use mode 0600"
            case .notWritable(let path):
                "\(path) cannot be made; its folder must be writable, or be missing from a folder that is"
            }
        }
    }

    static func load(_ path: String) throws(Failure) -> [UInt8] {
        let files = FileManager.default
        guard files.fileExists(atPath: path) else { return try self.make(path) }
        let attributes = try? files.attributesOfItem(atPath: path)
        guard let mode = attributes?[.posixPermissions] as? Int else { throw .unreadable(path) }
        guard mode & 0o077 == 0 else { throw .openToOthers(path) }
        guard let data = files.contents(atPath: path) else { throw .unreadable(path) }
        guard data.count == 32 else { throw .wrongLength(path) }
        return Array(data)
    }

    private static func make(_ path: String) throws(Failure) -> [UInt8] {
        var generator = SystemRandomNumberGenerator()
        let key = (0..<32).map { _ in UInt8.random(in: 0...255, using: &generator) }
        // The last folder only, and for nobody else: a longer missing path is more likely a misspelt one.
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
        guard mkdir(folder, 0o700) == 0 || errno == EEXIST else { throw .notWritable(path) }
        // Exclusive, so that of two that start at once one fails rather than both believing in their own key.
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL, 0o600)
        guard descriptor >= 0 else { throw .notWritable(path) }
        defer { close(descriptor) }
        guard write(descriptor, key, key.count) == key.count, fsync(descriptor) == 0 else { throw .notWritable(path) }
        return key
    }
}
