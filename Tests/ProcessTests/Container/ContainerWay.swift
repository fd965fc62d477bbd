import Foundation
import GatewayTestSupport

/// A way to run something in the image's root file system where no engine runs.
enum ContainerWay: String, CaseIterable, Sendable {
    /// As root: a mount namespace, chroot, then the image's user.
    case root
    /// As anybody: a user namespace in which the caller is the image's user.
    case userNamespace

    /// Nobody in particular, for the second way where the tests run as root.
    private static let nobody = 65_534
    private static var isRoot: Bool { geteuid() == 0 }

    /// The user id that the gateway's files must belong to, nil where they already do.
    var owner: Int? {
        switch self {
        case .root: 65_532
        case .userNamespace: Self.isRoot ? Self.nobody : nil
        }
    }

    /// What to put in front of a command to run it as who may go this way.
    var prefix: [String] {
        guard self == .userNamespace, Self.isRoot else { return [] }
        return ["setpriv", "--reuid=\(Self.nobody)", "--regid=\(Self.nobody)", "--clear-groups"]
    }

    /// Tries to mount something. Not every machine lets everybody; some let not even root.
    func isPossible(in directory: TestDirectory) async throws -> Bool {
        if self == .root, !Self.isRoot { return false }
        let namespaces = self == .root ? ["--mount"] : ["--user", "--map-root-user", "--mount"]
        let words = self.prefix + ["unshare"] + namespaces + ["mount", "-t", "tmpfs", "tmpfs", "/mnt"]
        let probe = try ChildProcess(
            words[0], Array(words.dropFirst()), environment: ["PATH": "/usr/sbin:/usr/bin:/sbin:/bin"],
            log: directory.path("probe-\(self.rawValue)"))
        return await probe.end() == .exited(0)
    }

    /// Hands files to the user who needs them.
    func handOver(_ places: Workspace.Places) throws {
        guard let owner else { return }
        for folder in [places.state, places.tls] {
            let inside = FileManager.default.enumerator(atPath: folder)?.allObjects as? [String] ?? []
            for path in [folder] + inside.map({ folder + "/" + $0 }) {
                guard lchown(path, uid_t(owner), gid_t(owner)) == 0 else {
                    throw Unexpected("\(path) cannot be handed over: \(String(cString: strerror(errno)))")
                }
            }
        }
    }
}
