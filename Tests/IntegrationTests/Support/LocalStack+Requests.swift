import StrictJSON

/// Paths and bodies that the tests send.
extension LocalStack {
    static func vm(_ name: String, version: String = "2025-04-01", group: String = "rg-web") -> String {
        "/subscriptions/\(Self.subscription)/resourceGroups/\(group)/providers/Microsoft.Compute/virtualMachines/\(name)"
            + "/runCommand?api-version=\(version)"
    }

    static func instance(_ command: String, version: String = "2023-09-01", query: String = "") -> String {
        "/subscriptions/\(Self.subscription)/resourceGroups/rg-web/providers/Microsoft.Compute/virtualMachineScaleSets/"
            + "web/virtualMachines/0/runCommands/\(command)?api-version=\(version)\(query)"
    }

    static func helloBody(_ word: String = "world") -> String {
        let lines = Self.helloScript.split(separator: "\n").map { Self.quoted(String($0)) }.joined(separator: ",")
        return
            #"{"commandId":"RunShellScript","script":[\#(lines)],"parameters":[{"name":"word","value":\#(Self.quoted(word))}]}"#
    }

    static func quoted(_ text: String) -> String {
        var writer = JSONWriter()
        writer.string(text)
        return String(decoding: writer.bytes, as: UTF8.self)
    }
}
