import Foundation
import Redaction

/// A file that holds one secret on one line.
enum SecretFile {
    /// What changes when a file is written or put in another's place.
    struct Stamp: Sendable, Hashable {
        var inode: UInt64
        var size: UInt64
        var modified: Date
    }

    private static let maximumBytes: UInt64 = 128 << 10

    /// The content without white space and line ends around it.
    static func read(_ path: String) throws(CredentialError) -> Secret {
        // Its size first: a path that names a device or a log must not be read without bound.
        guard let stamp = stamp(of: path), stamp.size <= maximumBytes,
            let data = try? Data(contentsOf: URL(fileURLWithPath: path)),
            let text = String(data: data, encoding: .utf8)?.trimmingCharacters(in: .whitespacesAndNewlines),
            !text.isEmpty
        else { throw CredentialError(.fileUnreadable) }
        return Secret(text)
    }

    /// Follows symbolic links, as Kubernetes replaces such files by turning a link.
    static func stamp(of path: String) -> Stamp? {
        let real = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
        guard let attributes = try? FileManager.default.attributesOfItem(atPath: real),
            attributes[.type] as? FileAttributeType == .typeRegular,
            let inode = (attributes[.systemFileNumber] as? NSNumber)?.uint64Value,
            let size = (attributes[.size] as? NSNumber)?.uint64Value,
            let modified = attributes[.modificationDate] as? Date
        else { return nil }
        return Stamp(inode: inode, size: size, modified: modified)
    }
}
