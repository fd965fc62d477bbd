import ARMModel
import Testing

/// Whoever adds a member to the specification's copy must find it a place in reader, version table, policy and record.
@Suite struct SpecWalkTests {
    @Test(arguments: ["2023-09-01", "2024-07-01"])
    func everyMemberHasItsPlaces(_ version: String) throws {
        let findings = try SpecWalk.findings(in: SpecFiles(version: version))
        #expect(findings == [], "\(findings)")
    }

    @Test func theWalkReachesEverything() throws {
        let spec = try SpecFiles(version: "2024-07-01")
        #expect(
            try spec.members(of: "RunCommandInput").map(\.path) == [
                "commandId", "script", "parameters", "parameters[].name", "parameters[].value",
            ])
        let paths = try spec.members(of: "VirtualMachineRunCommandUpdate").map(\.path)
        #expect(paths.count == 43)
        let ofCreations = try spec.members(of: "VirtualMachineRunCommand").map(\.path)
        #expect(Set(ofCreations) == Set(paths + ["id", "name", "type", "location"]))
        #expect(ofCreations.count == 47)
        for path in [
            "tags", "properties.source.scriptUriManagedIdentity.objectId", "properties.protectedParameters[].value",
            "properties.instanceView.statuses[].displayStatus", "properties.provisioningState",
        ] {
            #expect(paths.contains(path))
        }
    }

    /// The members that the copies are too old for (facts §4.2: since 2024-11-01 and 2025-04-01).
    @Test func theMembersOf2025HaveTheirPlaces() throws {
        var spec = try SpecFiles(version: "2024-07-01")
        let members = ["By", "ByType", "At"].flatMap { ["created" + $0, "lastModified" + $0] }
        let inner = members.map { #""\#($0)":{"type":"string"}"# }.joined(separator: ",")
        try spec.add("systemData", #"{"readOnly":true,"type":"object","properties":{\#(inner)}}"#, to: "Resource")
        #expect(try SpecWalk.findings(in: spec, as: .v2024_11_01) == [])
        for name in ["galleryScriptReferenceId", "scriptShell"] {
            try spec.add(name, #"{"type":"string"}"#, to: "VirtualMachineRunCommandScriptSource")
        }
        #expect(try SpecWalk.findings(in: spec, as: .v2025_04_01) == [])
        #expect(try SpecWalk.findings(in: spec, as: .newest) == [])
        // In the version before, they have none.
        #expect(try SpecWalk.findings(in: spec).contains { $0.hasPrefix("properties.source.scriptShell: younger") })
        #expect(try SpecWalk.findings(in: SpecFiles(version: "2024-07-01"), as: .v2025_04_01).count == 3)
    }

    @Test(
        arguments: [
            ("RunCommandInput", "madeUp"), ("RunCommandInputParameter", "parameters[].madeUp"),
            ("VirtualMachineRunCommandProperties", "properties.madeUp"),
            ("VirtualMachineRunCommandScriptSource", "properties.source.madeUp"),
            ("RunCommandManagedIdentity", "properties.outputBlobManagedIdentity.madeUp"),
            ("VirtualMachineRunCommandInstanceView", "properties.instanceView.madeUp"),
            ("UpdateResource", "madeUp"), ("Resource", "madeUp"),
            ("InstanceViewStatus", "properties.instanceView.statuses[].madeUp"),
        ],
        [#"{"type":"string"}"#, #"{"type":"boolean"}"#, #"{"type":"object","properties":{"inner":{"type":"string"}}}"#])
    func aMemberThatNobodyKnowsIsFound(_ place: (String, String), _ schema: String) throws {
        var spec = try SpecFiles(version: "2024-07-01")
        try spec.add("madeUp", schema, to: place.0)
        let findings = try SpecWalk.findings(in: spec)
        #expect(findings.contains { $0.hasPrefix(place.1 + ": ") })
        // Nothing but the new member, wherever its definition is used.
        #expect(findings.allSatisfy { $0.contains("madeUp") })
    }

    @Test func aMemberOfAnotherTypeIsFound() throws {
        var spec = try SpecFiles(version: "2024-07-01")
        try spec.add("runAsUser", #"{"type":"integer"}"#, to: "VirtualMachineRunCommandProperties")
        #expect(try SpecWalk.findings(in: spec).count == 2)
        try spec.add("runAsUser", #"{"type":"string","readOnly":true}"#, to: "VirtualMachineRunCommandProperties")
        #expect(try !SpecWalk.findings(in: spec).isEmpty)
    }

    @Test func aMemberThatIsGoneIsFound() throws {
        var spec = try SpecFiles(version: "2024-07-01")
        spec.remove("runAsPassword", from: "VirtualMachineRunCommandProperties")
        #expect(try SpecWalk.findings(in: spec) == ["properties.runAsPassword: in the table, not in the specification"])
    }
}
