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

/// Azure's example bodies of the action and of managed commands. One of a PUT serves as an update without the members
/// that a PATCH does not have.
enum ExampleBodies {
    static let folder = Corpus.folder.deletingLastPathComponent().appending(path: "azure/examples")

    static func all() throws -> [SeedBody] {
        var found: [SeedBody] = []
        for version in APIVersion.all.compactMap(APIVersion.init) {
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
        guard let body = given?["runCommand"] ?? given?["parameters"], let members = body.members else { return nil }
        let isAction = body["commandId"] != nil
        let kept = members.filter { isAction || $0.name == "properties" || $0.name == "tags" }
        var writer = JSONWriter()
        writer.node(JSONNode(.object(kept)))
        return SeedBody(name: name, kind: isAction ? .action : .update, version: version, bytes: writer.bytes)
    }
}
