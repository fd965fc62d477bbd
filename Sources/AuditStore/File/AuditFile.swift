import Foundation

/// The record's file on disk: found or made with the right mode, before SQLite ever opens it.
///
/// Must not run while SQLite has the file open in this process: closing any descriptor of it drops SQLite's locks.
struct AuditFile {
    /// Absolute, with symbolic links resolved, so that every spelling leads to one lock.
    let path: String
    var walPath: String { self.path + "-wal" }

    init(_ path: String) throws(AuditStoreError) {
        let url = URL(fileURLWithPath: path)
        let resolved = url.resolvingSymlinksInPath()
        let directory = resolved.deletingLastPathComponent().resolvingSymlinksInPath()
        var isDirectory: ObjCBool = false
        guard FileManager.default.fileExists(atPath: directory.path, isDirectory: &isDirectory), isDirectory.boolValue
        else { throw .noDirectory(directory.path) }
        self.path = directory.appendingPathComponent(resolved.lastPathComponent).path
    }

    /// The file together with `settings`, as SQLite reads them in a URI.
    func uri(_ settings: String) -> String { "file:\(Self.escaped(self.path))?\(settings)" }

    private static func escaped(_ path: String) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var out: [UInt8] = []
        for byte in path.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "/"), UInt8(ascii: "-"), UInt8(ascii: "_"),
                UInt8(ascii: "."):
                out.append(byte)
            default: out += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: out, as: UTF8.self)
    }

    /// Makes the file if it is absent (mode 0600, its directory entry durable), refuses it if others may touch it.
    func prepare() throws(AuditStoreError) {
        let descriptor = open(self.path, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0o600)
        if descriptor >= 0 {
            _ = fsync(descriptor)
            close(descriptor)
            let directory = open((self.path as NSString).deletingLastPathComponent, O_RDONLY | O_CLOEXEC)
            if directory >= 0 {
                _ = fsync(directory)
                close(directory)
            }
            return
        }
        guard errno == EEXIST else { throw .failed(path: self.path, reason: String(cString: strerror(errno))) }
        let mode = try self.mode()
        guard mode & 0o027 == 0 else { throw .openToOthers(path: self.path, mode: mode) }
    }

    /// Permission bits of a regular file.
    func mode() throws(AuditStoreError) -> UInt16 {
        guard let status = FileStatus(self.path) else { throw .notFound(self.path) }
        guard status.isRegular else { throw .notAFile(self.path) }
        return status.permissions
    }
}

/// What a file's `stat` says, as far as it matters here.
struct FileStatus: Hashable {
    var isRegular: Bool
    var permissions: UInt16
    var size: Int64
    var inode: UInt64
    var modifiedNanoseconds: Int64

    /// `nil` if there is no such file.
    init?(_ path: String) {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        self.isRegular = status.st_mode & S_IFMT == S_IFREG
        self.permissions = UInt16(truncatingIfNeeded: status.st_mode & 0o7777)
        self.size = Int64(status.st_size)
        self.inode = UInt64(status.st_ino)
        #if canImport(Darwin)
            let modified = status.st_mtimespec
        #else
            let modified = status.st_mtim
        #endif
        self.modifiedNanoseconds = Int64(modified.tv_sec) &* 1_000_000_000 &+ Int64(modified.tv_nsec)
    }
}
