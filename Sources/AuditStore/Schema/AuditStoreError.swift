/// Why the record's database cannot be opened or read. Texts name the file and what to do, never a row's content.
package enum AuditStoreError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The directory that should hold the file is not there.
    case noDirectory(String)
    case notAFile(String)
    case notFound(String)
    /// Others than the owner may write it, or others than owner and group may read it.
    case openToOthers(path: String, mode: UInt16)
    /// Another gateway has this file open.
    case inUse(String)
    /// A database of something else, or no database at all.
    case foreign(String)
    /// Written by a newer version of this program.
    case newer(path: String, version: Int)
    /// Tables, triggers or indexes are not what this version makes.
    case altered(path: String, differences: [String])
    case readOnly(String)
    /// SQLite did not grant what durability needs; `found` is what it reported.
    case durabilityNotGranted(setting: String, found: String)
    case failed(path: String, reason: String)

    package var description: String {
        switch self {
        case .noDirectory(let path): "the directory \(path) does not exist; make it, owned by the gateway's user"
        case .notAFile(let path): "\(path) is not a regular file"
        case .notFound(let path): "\(path) does not exist"
        case .openToOthers(let path, let mode):
            "\(path) has mode 0\(String(mode, radix: 8)), which lets others read or change it; use 0600 or 0640"
        case .inUse(let path): "\(path) is in use by another gateway"
        case .foreign(let path): "\(path) is not a database of this gateway's record"
        case .newer(let path, let version):
            "\(path) has schema version \(version), newer than this program's \(AuditSchema.version)"
        case .altered(let path, let differences):
            "\(path) has another schema than this program makes: \(differences.joined(separator: "; "))"
        case .readOnly(let path): "\(path) cannot be written"
        case .durabilityNotGranted(let setting, let found):
            "SQLite does not grant \(setting) (it reports \(found)), so a row could be lost after it was promised"
        case .failed(let path, let reason): "\(path): \(reason)"
        }
    }
}
