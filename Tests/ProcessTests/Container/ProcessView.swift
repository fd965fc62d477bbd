import Foundation

/// What the kernel says about a running process.
struct ProcessView {
    struct Mount: Hashable {
        var place: String
        var isWritable: Bool
    }

    /// Members of `/proc/ID/status`.
    private let status: [String: String]
    /// As seen from the process's own root.
    let mounts: [Mount]
    private let userMap: [[Int]]

    init(_ id: pid_t) throws {
        let lines = try Self.text("/proc/\(id)/status").split(separator: "\n")
        self.status = Dictionary(
            lines.map { line in
                let parts = line.split(separator: ":", maxSplits: 1)
                return (String(parts[0]), parts.count > 1 ? parts[1].trimmingCharacters(in: .whitespaces) : "")
            }, uniquingKeysWith: { first, _ in first })
        self.mounts = try Self.text("/proc/\(id)/mountinfo").split(separator: "\n").compactMap { line in
            let fields = line.split(separator: " ")
            guard fields.count > 5 else { return nil }
            return Mount(
                place: String(fields[4]), isWritable: fields[5].split(separator: ",").contains("rw"))
        }
        self.userMap = try Self.text("/proc/\(id)/uid_map").split(separator: "\n").map { line in
            line.split(separator: " ").compactMap { Int($0) }
        }
    }

    /// Real, effective, saved and file system user id, as the process itself sees them.
    var users: [Int] {
        (self.status["Uid"] ?? "").split { $0 == "\t" || $0 == " " }.compactMap { Int($0) }.map { outside in
            for map in self.userMap where map.count == 3 && (map[1]..<map[1] + map[2]).contains(outside) {
                return map[0] + outside - map[1]
            }
            return -1
        }
    }

    /// Sets of capabilities that a process has or can get; all zeros if none.
    var capabilities: [String] { ["CapInh", "CapPrm", "CapEff", "CapAmb"].compactMap { self.status[$0] } }
    var canGainPrivileges: Bool { self.status["NoNewPrivs"] != "1" }

    private static func text(_ path: String) throws -> String {
        // FileManager takes the size that such files say they have, 0, for the truth.
        guard let handle = FileHandle(forReadingAtPath: path), let data = try handle.readToEnd() else {
            throw Unexpected("\(path) cannot be read")
        }
        return String(decoding: data, as: UTF8.self)
    }
}
