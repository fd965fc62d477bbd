import Foundation

/// Whether a file can be read, asked before it is needed so that the answer can stand beside the line that names it.
package enum ReadableFile {
    /// Why the file cannot be read, as the end of a sentence ("does not exist"); nil if it can.
    package static func obstacle(path: String) -> String? {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else { return "does not exist" }
        if isFolder.boolValue { return "is a folder, not a file" }
        return FileManager.default.isReadableFile(atPath: path) ? nil : "cannot be read by this user"
    }

    /// Why the folder cannot be read; nil if it can.
    package static func folderObstacle(path: String) -> String? {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else { return "does not exist" }
        if !isFolder.boolValue { return "is a file, not a folder" }
        return FileManager.default.isReadableFile(atPath: path) ? nil : "cannot be read by this user"
    }

    /// The file's first `limit` bytes, or why there are none. Works for pipes too.
    static func bytes(path: String, limit: Int) -> (data: Data?, obstacle: String?) {
        if let obstacle = obstacle(path: path) { return (nil, obstacle) }
        guard let file = FileHandle(forReadingAtPath: path) else { return (nil, "cannot be opened") }
        defer { try? file.close() }
        var data = Data()
        do {
            while data.count < limit, let more = try file.read(upToCount: limit - data.count), !more.isEmpty {
                data.append(more)
            }
        } catch {
            return (nil, "cannot be read")
        }
        return (data, nil)
    }
}
