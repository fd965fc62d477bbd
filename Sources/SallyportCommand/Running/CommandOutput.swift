import Foundation

/// A stream that a command writes lines to: a terminal, a file, a pipe, or a test's memory.
///
/// Bytes are gathered and handed on in pieces. The first failure to hand them on is kept and thrown by ``finish()``;
/// what is written after it goes nowhere.
package final class CommandOutput {
    package let isTerminal: Bool
    /// Characters in a line of the terminal; nil where nothing limits them.
    package let columns: Int?
    private let put: (ArraySlice<UInt8>) throws -> Void
    private var gathered: [UInt8] = []
    private var failure: (any Error)?

    private static let pieceBytes = 1 << 16

    package init(isTerminal: Bool, columns: Int?, put: @escaping (ArraySlice<UInt8>) throws -> Void) {
        self.isTerminal = isTerminal
        self.columns = columns
        self.put = put
    }

    /// A stream of the process.
    convenience init(descriptor: Int32) {
        let isTerminal = isatty(descriptor) == 1
        self.init(isTerminal: isTerminal, columns: isTerminal ? Self.columns(of: descriptor) : nil) { bytes in
            try Self.write(bytes, to: descriptor)
        }
    }

    /// One line; the text's own line feeds stay.
    package func line(_ text: String) {
        self.bytes(Array(text.utf8))
        self.bytes([0x0A])
        // A person who watches, and standard error, should not wait for a full piece.
        if self.isTerminal { self.handOn() }
    }

    /// One line about something that went wrong.
    func complain(_ message: String) {
        self.line("Error: \(TerminalText.escaped(message))")
        self.handOn()
    }

    func bytes(_ bytes: [UInt8]) {
        self.gathered += bytes
        if self.gathered.count >= Self.pieceBytes { self.handOn() }
    }

    /// Whether writing has failed, so that a long listing need not go on for nobody.
    var hasFailed: Bool { self.failure != nil }

    /// Hands on what is left.
    /// - Throws: the first failure to hand on anything.
    package func finish() throws {
        self.handOn()
        if let failure { throw failure }
    }

    private func handOn() {
        defer { self.gathered.removeAll(keepingCapacity: true) }
        guard self.failure == nil, !self.gathered.isEmpty else { return }
        do { try self.put(self.gathered[...]) } catch { self.failure = error }
    }

    private static func write(_ bytes: ArraySlice<UInt8>, to descriptor: Int32) throws {
        var rest = bytes
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
            if count > 0 {
                rest = rest.dropFirst(count)
            } else if errno != EINTR {
                throw CommandFailure(String(cString: strerror(errno)))
            }
        }
    }

    private static func columns(of descriptor: Int32) -> Int {
        var size = winsize()
        guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
        return Int(size.ws_col)
    }
}
