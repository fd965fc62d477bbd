import ARMSimulator
import Testing

/// Tokens, headers and targets.
extension CanaryTraffic {
    func badTokens() async throws -> [Canary] {
        var canaries: [Canary] = []
        for signing in SimulatorTokenSigning.allCases where signing != .issuerKey {
            let claim = Canary("claim of a token, \(signing.rawValue)")
            let token = try self.stack.simulator.mintToken(
                claims: [
                    "oid": .string(LocalStack.operatorID), "scp": "user_impersonation", "name": .string(claim.value),
                    "upn": .string(claim.value), "uti": .string(claim.value),
                ], signing: signing)
            canaries += [claim, Canary("token, \(signing.rawValue)", found: token)]
            let answer = self.answers.keep(
                "token \(signing.rawValue)",
                try await self.stack.call("POST", LocalStack.vm("web-01"), body: LocalStack.helloBody(), token: token))
            #expect(answer.status == 401)
        }
        for shape in ["Basic %", "Bearer %", "Bearer a.%.c", "%", "Bearer % %"] {
            let canary = Canary("authorization, \(shape)", shape: shape)
            canaries.append(canary)
            let answer = self.answers.keep(
                shape,
                try await self.stack.call("GET", LocalStack.instance("x"), headers: [("authorization", canary.value)]))
            #expect(answer.status == 401)
        }
        return canaries
    }

    func headersAndTargets() async throws -> [Canary] {
        let token = try self.stack.token()
        var canaries: [Canary] = []
        let shapes = [
            ("x-ms-authorization-auxiliary", "Bearer %"), ("cookie", "session=%"), ("x-api-key", "%"),
            ("x-ms-client-request-id", "%"), ("x-ms-correlation-request-id", "%"), ("user-agent", "tool/%"),
            ("referer", "https://portal.example/?sig=%"), ("proxy-authorization", "Basic %"),
            ("x-ms-cmk-secret", "%"), ("x-forwarded-for", "%"), ("forwarded", "for=%"), ("traceparent", "%"),
            ("x-ms-return-client-request-id", "%"), ("accept", "application/json; x=%"),
        ]
        for (header, shape) in shapes {
            let canary = Canary("header \(header)", shape: shape)
            canaries.append(canary)
            self.answers.keep(
                header,
                try await self.stack.call(
                    "POST", LocalStack.vm("head-\(canaries.count)"), body: LocalStack.helloBody(), token: token,
                    headers: [(header, canary.value)]))
            self.answers.keep(
                "\(header) of a stranger",
                try await self.stack.call("GET", LocalStack.instance("x"), headers: [(header, canary.value)]))
        }
        let type = Canary("header content-type", shape: "text/plain; x=%")
        let coding = Canary("header content-encoding")
        for (header, canary) in [("content-type", type), ("content-encoding", coding)] {
            canaries.append(canary)
            let answer = self.answers.keep(
                header,
                try await self.stack.call(
                    "POST", LocalStack.vm("web-01"), body: LocalStack.helloBody(), token: token,
                    headers: [(header, canary.value)]))
            #expect(answer.status == 415)
        }
        let good = LocalStack.vm("web-01")
        let targets = [
            ("query", good + "&sig=%"), ("query name", good + "&%=1"),
            ("version", good.replacing("2025-04-01", with: "%")),
            ("token in the query", good + "&access_token=%"), ("empty segment", "/%//x"), ("dots", "/%/../x"),
            ("no route", "/%?api-version=2025-04-01"), ("subscription", "/subscriptions/%/resourceGroups/x"),
            ("user information", "https://user:%@gateway.test" + good), ("fragment", good + "#%"),
        ]
        for (name, shape) in targets {
            let canary = Canary("target, \(name)", shape: shape)
            canaries.append(canary)
            for someone in [token, nil] {
                let answer = try await RawConnection.with(self.stack) {
                    try await $0.request("POST", canary.value, token: someone, body: "{}")
                }
                self.answers.keep(name, answer)
                #expect([400, 401, 403, 405].contains(answer.status), "\(name): \(answer.text)")
            }
        }
        return canaries
    }
}
