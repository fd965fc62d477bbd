package import Foundation

/// A temporary directory of one test, removed with everything in it when the last reference goes.
package final class TestDirectory: Sendable {
    package let url: URL

    package init() throws {
        url = FileManager.default.temporaryDirectory.appendingPathComponent("sallyport-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    /// The path of a file in the directory, whether or not it exists.
    package func path(_ name: String) -> String { url.appendingPathComponent(name).path }

    /// Puts a file in place whole, over what was there, and tells its path.
    @discardableResult
    package func write(_ text: String, as name: String) throws -> String {
        let file = url.appendingPathComponent(name)
        try Data(text.utf8).write(to: file, options: .atomic)
        return file.path
    }
}
