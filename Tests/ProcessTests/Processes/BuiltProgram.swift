import Foundation

/// The executables of this package, as they were built beside these tests.
enum BuiltProgram: String {
    case sallyport
    case simulator = "arm-simulator"

    static let repository = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    var path: String {
        get throws {
            #if DEBUG
                let configuration = "debug"
            #else
                let configuration = "release"
            #endif
            let path = Self.repository.appendingPathComponent(".build/\(configuration)/\(self.rawValue)").path
            guard FileManager.default.isExecutableFile(atPath: path) else {
                throw Unexpected("\(path) is not there: swift build --product \(self.rawValue)")
            }
            return path
        }
    }
}
