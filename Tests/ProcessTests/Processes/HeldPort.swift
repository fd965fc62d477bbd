import Foundation

/// A port of 127.0.0.1 that a test listens on, so that nobody else can.
final class HeldPort: Sendable {
    private let descriptor: Int32

    init(_ port: Int) throws {
        guard let descriptor = FreePort.bound(port) else { throw Unexpected("port \(port) is taken") }
        self.descriptor = descriptor
        guard listen(descriptor, 1) == 0 else { throw Unexpected("port \(port) cannot be listened on") }
    }

    deinit { close(self.descriptor) }
}
