import ARMModel
import Foundation
import StrictJSON

/// A good body that mutants are made of.
struct SeedBody: Sendable {
    var name: String
    var kind: BodyKind
    var version: APIVersion
    var bytes: [UInt8]
    var map: BodyMap

    init(name: String, kind: BodyKind, version: APIVersion, bytes: [UInt8]) {
        self.name = name
        self.kind = kind
        self.version = version
        self.bytes = bytes
        self.map = BodyMap(bytes)
    }
}

/// Azure's example bodies of the action and of managed commands.
enum ExampleBodies {
    static let folder = Corpus.folder.deletingLastPathComponent().appending(path: "azure/examples")

    static func all() throws -> [SeedBody] {
        var found: [SeedBody] = []
        for version in APIVersion.all.compactMap({ APIVersion($0) }) {
            let place = self.folder.appending(path: version.text)
            guard let files = try? FileManager.default.contentsOfDirectory(atPath: place.path) else { continue }
            for file in files.sorted() {
                let text = try Data(contentsOf: place.appending(path: file))
                let example = try JSONReader.read(Array(text), limits: .answer, names: .refuseIdentical)
                if let body = Self.body(of: example, named: version.text + "/" + file, version) { found.append(body) }
            }
        }
        return found
    }

    private static func body(of example: JSONNode, named name: String, _ version: APIVersion) -> SeedBody? {
        let given = example["parameters"]
        guard let body = given?["runCommand"] ?? given?["parameters"], body.members != nil else { return nil }
        let kind: BodyKind = body["commandId"] != nil ? .action : body["location"] != nil ? .create : .update
        var writer = JSONWriter()
        writer.node(body)
        return SeedBody(name: name, kind: kind, version: version, bytes: writer.bytes)
    }
}
