import Foundation
import GatewayTestSupport
import Testing

@testable import GatewayServer

/// The keys that a gateway makes for itself on its first start.
@Suite struct KeyFileTests {
    private static func mode(_ path: String) throws -> Int? {
        try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
    }

    @Test func itIsMadeWithItsFolderAndKept() throws {
        let directory = try TestDirectory()
        let path = directory.path("keys/fingerprint.key")
        let key = try KeyFile.load(path)
        #expect(key.count == 32)
        #expect(try Self.mode(directory.path("keys")) == 0o700)
        #expect(try Self.mode(path) == 0o600)
        #expect(try KeyFile.load(path) == key)
        let other = try KeyFile.load(directory.path("keys/checkpoint.key"))
        #expect(other.count == 32 && other != key)
    }

    @Test func onlyTheLastFolderIsMade() throws {
        let directory = try TestDirectory()
        #expect(throws: KeyFile.Failure.self) { try KeyFile.load(directory.path("a/b/checkpoint.key")) }
        #expect(!FileManager.default.fileExists(atPath: directory.path("a")))
    }

    @Test func aKeyThatIsOpenCutOrAFolderIsRefused() throws {
        let directory = try TestDirectory()
        let path = directory.path("checkpoint.key")
        _ = try KeyFile.load(path)
        try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: path)
        #expect(throws: KeyFile.Failure.self) { try KeyFile.load(path) }
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
        #expect(try KeyFile.load(path).count == 32)
        try Data(repeating: 1, count: 31).write(to: URL(fileURLWithPath: path))
        #expect(throws: KeyFile.Failure.self) { try KeyFile.load(path) }
        #expect(throws: KeyFile.Failure.self) { try KeyFile.load(directory.url.path) }
    }
}
