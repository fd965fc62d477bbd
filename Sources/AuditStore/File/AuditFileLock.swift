import Foundation
import Synchronization

/// Keeps a second gateway off the same record, by `flock` on a file beside it. Readers do not take it.
///
/// The kernel lets it go when the process ends, however it ends. The lock file stays, since removing it would let two
/// processes hold locks on two files of one name.
final class AuditFileLock: Sendable {
    private let descriptor: Mutex<Int32>

    init(besides path: String) throws(AuditStoreError) {
        let descriptor = open(path + ".lock", O_CREAT | O_RDWR | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw .failed(path: path + ".lock", reason: String(cString: strerror(errno)))
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let reason = errno
            close(descriptor)
            if reason == EWOULDBLOCK { throw .inUse(path) }
            throw .failed(path: path + ".lock", reason: String(cString: strerror(reason)))
        }
        self.descriptor = Mutex(descriptor)
    }

    func release() {
        self.descriptor.withLock { descriptor in
            if descriptor >= 0 { close(descriptor) }
            descriptor = -1
        }
    }

    deinit { self.release() }
}
