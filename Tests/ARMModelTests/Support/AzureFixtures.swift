import Foundation
import StrictJSON

/// Azure's examples and recorded traffic, copied beside the tests.
enum AzureFixtures {
    static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Fixtures/azure")

    struct Example: Sendable, CustomStringConvertible {
        /// `2024-07-01/VirtualMachineRunCommand.json`
        var name: String
        var node: JSONNode
        var version: String { String(self.name.prefix(10)) }
        var description: String { self.name }
        var parameters: JSONNode? { self.node["parameters"] }
        /// The request body, where the operation has one.
        var body: JSONNode? {
            (self.parameters?["parameters"] ?? self.parameters?["runCommand"]).flatMap { $0.members == nil ? nil : $0 }
        }
        var answer: JSONNode? { self.node["responses"]?["200"]?["body"] }
    }

    static func read(_ path: String) throws -> JSONNode {
        let data = try Data(contentsOf: self.folder.appending(path: path))
        return try JSONReader.read(Array(data), limits: .answer, names: .refuseIdentical)
    }

    static func examples() throws -> [Example] {
        let root = self.folder.appending(path: "examples")
        let names = try FileManager.default.subpathsOfDirectory(atPath: root.path()).filter { $0.hasSuffix(".json") }
        return try names.sorted().map { Example(name: $0, node: try self.read("examples/" + $0)) }
    }

    /// The bodies of the recorded answers, by path and query of the request.
    static func recordedAnswers() throws -> [(target: String, status: Int, body: String, headers: [String: String])] {
        let node = try self.read("recorded/action-run-command-2020-12-01.json")
        return (node["exchanges"]?.array ?? []).map { exchange in
            let headers = (exchange["response"]?["headers"]?.members ?? []).map { ($0.name, $0.value.string ?? "") }
            return (
                exchange["request"]?["url"]?.string ?? "", Int(exchange["response"]?["status"]?.integer ?? 0),
                exchange["response"]?["body"]?.string ?? "", Dictionary(uniqueKeysWithValues: headers)
            )
        }
    }
}

func json(_ text: String) throws -> JSONNode { try JSONReader.read(Array(text.utf8)) }

func text(_ node: JSONNode) -> String {
    var writer = JSONWriter()
    writer.node(node)
    return String(decoding: writer.bytes, as: UTF8.self)
}
