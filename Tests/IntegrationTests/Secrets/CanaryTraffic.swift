import ARMSimulator
import StrictJSON
import Testing

/// Sends requests with secrets in them, keeps the answers, and tells which secrets were sent.
struct CanaryTraffic: Sendable {
    let stack: LocalStack
    let answers: KeptAnswers

    /// Prints its secret to both streams and fails, as a careless script does.
    static let leak = "echo \"out $token $word\"\necho \"err $token\" >&2\nexit 3"
    private static let quotedLeak = LocalStack.quoted(Self.leak)
    /// The source that the policy allows.
    static let approved = #"{"script":\#(quotedLeak)}"#

    private func put(_ name: String) async throws -> String {
        let target = LocalStack.instance(name)
        let answer = try await self.stack.atSimulator(
            "PUT", target, body: #"{"location":"eastus","properties":{"source":\#(Self.approved)}}"#)
        guard answer.status == 201 else { throw Unexpected(answer.text) }
        return target
    }

    /// Forwarded, run, polled and read; the script prints its secret.
    func allowed() async throws -> [Canary] {
        let claim = Canary("claim of a good token that means nothing here")
        let token = try self.stack.token(claims: ["aio": .string(claim.value)])
        let secrets = UpdateSecrets("allowed")
        let target = try await self.put("allowed")
        let begun = self.answers.keep(
            "allowed",
            try await self.stack.call("PATCH", target, body: secrets.body(source: Self.approved), token: token))
        #expect(begun.status == 200, "\(begun.text)")
        for link in [begun.header("azure-asyncoperation"), begun.header("location")].compactMap(\.self) {
            self.answers.keep("polls", try await self.stack.follow(link, token: token))
        }
        // Also when it has been over for a while.
        for _ in 0..<2 {
            let view = self.answers.keep(
                "instance view", try await self.stack.call("GET", target + "&$expand=instanceView", token: token))
            let instance = view.json?["properties"]?["instanceView"]
            #expect(instance?["exitCode"]?.integer == 3, "\(view.text)")
            #expect(instance?["output"]?.string == "out [redacted] x\n", "\(view.text)")
        }
        let outcome = try self.stack.rows(of: begun).last
        #expect(outcome?.event == "outcome")
        #expect(outcome?.row["outcome"]?["scrubbed"]?.bool == true)
        let forwarded = await self.stack.simulator.receivedRequests.last { $0.method == "PATCH" }
        #expect(
            CanarySearch(secrets.all).findings(in: forwarded?.body ?? [], called: "ARM").count >= 3,
            "the secrets never went to ARM")
        let signature = token.split(separator: ".").last.map(String.init) ?? token
        return secrets.all + [
            claim, Canary("bearer token", found: token), Canary("signature of a bearer token", found: signature),
        ]
    }

    func denied() async throws -> [Canary] {
        let token = try self.stack.token()
        let target = try await self.put("denied")
        let (script, address, blob) = (
            UpdateSecrets("denied script"), UpdateSecrets("denied address"), UpdateSecrets("denied blob")
        )
        for (name, body) in [
            ("another script", script.body(source: #"{"script":"id"}"#)),
            (
                "script address",
                address.body(
                    source:
                        #"{"scriptUri":"https://scripts.blob.core.windows.net/x.sh?sv=1&sig=\#(address.script.value)"}"#
                )
            ),
            ("another blob", blob.body(source: Self.approved, blob: "elsewhere.blob.core.windows.net")),
        ] {
            let answer = self.answers.keep(name, try await self.stack.call("PATCH", target, body: body, token: token))
            #expect(answer.status == 403, "\(name): \(answer.text)")
        }
        let stranger = UpdateSecrets("stranger")
        let answer = self.answers.keep(
            "a stranger",
            try await self.stack.call(
                "PATCH", target, body: stranger.body(source: Self.approved),
                token: try self.stack.token(LocalStack.strangerID)))
        #expect(answer.status == 403)
        return script.all + address.all + blob.all + stranger.all
    }

    /// ARM fails in every way; what it was sent had all secrets.
    func failing() async throws -> [Canary] {
        let token = try self.stack.token()
        let target = try await self.put("failing")
        var canaries: [Canary] = []
        let kinds: [(SimulatorFault.Kind, Bool)] = [
            (.status(400), false), (.status(409), false), (.status(429), false), (.status(500), true), (.cut, false),
            (.cutAfterBytes(40), true), (.garbage, true), (.redirect, false), (.foreignLocation, true),
            (.noLinks, true), (.oversize(9_000_000), false),
        ]
        for method in ["PATCH", "GET"] {
            for (kind, isTaken) in kinds {
                let secrets = UpdateSecrets("\(kind) at \(method)")
                canaries += secrets.all
                self.stack.simulator.add(
                    SimulatorFault(kind, method: method, pathContains: "failing", retryAfter: 1, isTaken: isTaken))
                let answer = self.answers.keep(
                    "\(kind) at \(method)",
                    try await self.stack.call("PATCH", target, body: secrets.body(source: Self.approved), token: token))
                self.stack.simulator.removeFaults()
                if let link = answer.header("azure-asyncoperation") {
                    self.answers.keep("poll", try await self.stack.follow(link, token: token))
                }
            }
        }
        let statuses = Set(self.answers.statuses.filter { $0.key.hasSuffix("at PATCH") }.map(\.value))
        #expect(statuses.isSuperset(of: [400, 409, 429]))
        return canaries
    }

    /// What is meant to stand in the record, and nowhere else.
    func controls() async throws -> [Canary] {
        let token = try self.stack.token()
        let (parameter, script, reason) = (Canary("plain parameter"), Canary("script"), Canary("justification"))
        let allowed = try await self.stack.call(
            "POST", LocalStack.vm("control"), body: LocalStack.helloBody(parameter.value), token: token,
            headers: [("x-sallyport-justification", reason.value)])
        #expect(allowed.status == 202, "\(allowed.text)")
        let output = try await self.stack.follow(allowed.header("location"), token: token)
        #expect(!CanarySearch([parameter]).findings(in: output.body, called: "output").isEmpty)
        let denied = try await self.stack.call(
            "POST", LocalStack.vm("control"),
            body: #"{"commandId":"RunShellScript","script":["echo \#(script.value)"]}"#, token: token)
        #expect(denied.status == 403)
        return [parameter, script, reason]
    }
}
