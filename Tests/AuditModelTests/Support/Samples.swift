import ARMModel
import AuditModel
import PolicyCore
import Redaction
import StrictJSON

/// Values for rows: everything set, and as little as possible.
enum Samples {
    static let guid = "22d35efb-0c99-4041-8c5b-6d24db33a69a"
    static let galleryScript =
        "/subscriptions/\(guid)/resourceGroups/rg/providers/Microsoft.Compute/galleries/g/scripts/s/versions/1.0.0"
    static let salt: [UInt8] = Array(0..<16)
    static let time: Int64 = 1_795_194_184_005

    static func settings(
        scriptText: RecordSettings.Keep = .full, parameterValues: RecordSettings.Keep = .full
    ) -> RecordSettings {
        RecordSettings(
            fingerprintKey: FingerprintKey(bytes: Array(0..<32)), scriptText: scriptText,
            parameterValues: parameterValues, salt: { salt })
    }

    static let fullFacts: RequestFacts = {
        var facts = Self.factsOfARepeat
        facts.acknowledgedRequest = "another"
        return facts
    }()

    private static let factsOfARepeat = RequestFacts(
        requestID: "11111111-2222-3333-4444-555555555555", correlationID: "c", clientRequestID: "r",
        clientAddress: "::1",
        operation: .update, family: .diagnostic,
        target: ResourceTarget(
            subscription: guid, resourceGroup: "rg", machine: .scaleSetInstance(scaleSet: "set", instance: "07"),
            runCommand: "nightly", location: "westus", catalogCommandID: "IPConfig"),
        apiVersion: "2024-07-01", justification: "because \"é\" \u{1F600}", requestDigest: "ZGln", repeatOf: "earlier")

    static let leastFacts = RequestFacts(
        requestID: "i", correlationID: "c", clientRequestID: nil, clientAddress: "127.0.0.1")

    static let fullPrincipal = Principal(
        kind: .user, id: guid, tenant: "t", issuer: "https://sts.windows.net/t/", name: "Zoë", appID: "a", tokenID: "u",
        groups: .known(["g2", "g1"]), scopes: ["user_impersonation"], issuedAt: 1_700_000_000,
        certificate: CertificateIdentity(uriNames: ["spiffe://c/r"], dnsNames: ["h"], sha256: "00ff"))

    static let leastPrincipal = Principal(kind: .certificate, id: "h", groups: .unknown)

    static let fullDecision = Decision(
        effect: .allow, rule: "web",
        reasons: [Reason(code: "C", message: "m", target: "t"), Reason(code: "D", message: "")],
        obligations: Obligations(timeoutSeconds: 600), isAnyScript: true, scriptName: "disk", policyDigest: "p")

    static let leastDecision = Decision(effect: .deny, rule: nil, policyDigest: "p")

    static func outcome() -> Outcome {
        var outcome = Outcome(status: .failed)
        outcome.executionState = "Failed"
        outcome.exitCode = -7
        outcome.executionMessage = "bad\nend"
        outcome.outputSHA256 = "aa"
        outcome.outputLength = 3
        outcome.errorSHA256 = "bb"
        outcome.errorLength = 4
        outcome.startTime = "s"
        outcome.endTime = "e"
        return outcome
    }

    static func address(query: Secret?) -> WebAddress {
        WebAddress(
            scheme: "https", host: "scripts.example", port: nil, hasUserInformation: false, path: "/disk.sh",
            query: .known(query))
    }

    static func update(_ properties: String, tags: String? = nil) throws -> ManagedUpdate {
        let text = #"{"properties":{\#(properties)}\#(tags.map { #","tags":\#($0)"# } ?? "")}"#
        return try ManagedUpdate(JSONReader.read(Array(text.utf8)), version: .newest)
    }

    static func command(_ properties: String, onto stored: Command = .unread) throws -> Command {
        try self.update(properties).applied(to: stored)
    }

    /// One command for every kind of source, and others with everything and nothing set.
    static func commands() throws -> [(String, Command)] {
        let everything = """
            "parameters":[{"name":"b","value":"2"},{"name":"a","value":""}],\
            "protectedParameters":[{"name":"p","value":"hidden-1"}],"asyncExecution":true,"runAsUser":"u",\
            "runAsPassword":"hidden-2","timeoutInSeconds":60,"outputBlobUri":"https://u@h/o?hidden-3",\
            "errorBlobUri":"https://h/e#hidden-4","outputBlobManagedIdentity":{"clientId":"\(guid)"},\
            "errorBlobManagedIdentity":{"objectId":"\(guid)"},"treatFailureAsDeploymentFailure":false
            """
        var commands: [(String, Command)] = [
            ("nothing known", .unread), ("no source", Command(source: nil)),
            ("everything left out", Command(source: .builtIn(commandID: "IPConfig"))),
            ("action", Command(source: .inline(commandID: "RunShellScript", script: ScriptText("id\n😀")))),
        ]
        for (name, source) in [
            ("script", #""script":"echo","scriptShell":"Default""#), ("built-in", #""commandId":"IPConfig""#),
            ("gallery", ##""galleryScriptReferenceId":"\##(Self.galleryScript)""##),
            ("address", #""scriptUri":"https://h/s?hidden-5""#),
            ("address and identity", #""scriptUri":"https://h/s","scriptUriManagedIdentity":{"clientId":"\#(guid)"}"#),
            ("none", ""),
        ] {
            commands.append((name, try self.command("\"source\":{\(source)}")))
            commands.append((name + " and all", try self.command("\"source\":{\(source)}," + everything)))
            commands.append((name + " known", try self.command("\"source\":{\(source)}", onto: Command(source: nil))))
        }
        var fetched = Command(source: .inline(commandID: nil, script: ScriptText("id")))
        fetched.fetchedFrom = Self.address(query: Secret("?hidden-6"))
        commands.append(("fetched", fetched))
        fetched.fetchedFrom = Self.address(query: nil)
        commands.append(("fetched without a query", fetched))
        let stored = #"{"properties":{"source":{"scriptUri":"https://h/s"},"outputBlobUri":"https://h/o"}}"#
        if let stored = StoredCommand(try JSONReader.read(Array(stored.utf8))) {
            commands.append(("stored address", stored.command))
        }
        return commands
    }
}

func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
