import Foundation

/// A small bundle in a folder of its own, with some of its files replaced or (`nil`) left out.
struct SampleBundle {
    static let target =
        "{subscription: 00000000-0000-0000-0000-00000000000a, resourceGroup: rg, virtualMachine: web-*}"
    static let bundle = """
        name: x
        revision: r
        groups:
          sre: [user:10000000-0000-0000-0000-000000000001, group:oncall]
          oncall: [certificate:a.example]
        targetGroups: {web: [\(Self.target)]}

        """
    static let catalog = """
        scripts:
          hello:
            file: hello.sh
            commandId: RunShellScript

        """
    static let rule = """
        rules:
          - id: hello
            description: x
            effect: allow
            principals: [group:sre]
            operations: [run, create]
            targets: [{group: web}]
            commands: [{script: hello}]

        """

    let path: String

    init(_ changes: [String: String?] = [:]) throws {
        self.path = NSTemporaryDirectory() + "bundle-" + UUID().uuidString
        var files: [String: String?] = [
            "bundle.yaml": Self.bundle, "scripts/catalog.yaml": Self.catalog, "scripts/hello.sh": "echo hello\n",
            "rules/a.yaml": Self.rule,
        ]
        for (name, text) in changes { files[name] = .some(text) }
        for folder in ["rules", "scripts", "tests"] {
            try FileManager.default.createDirectory(
                atPath: self.path + "/" + folder, withIntermediateDirectories: true)
        }
        for case (let name, let text?) in files {
            try Data(text.utf8).write(to: URL(fileURLWithPath: self.path + "/" + name))
        }
    }

    func remove() { try? FileManager.default.removeItem(atPath: self.path) }
}
