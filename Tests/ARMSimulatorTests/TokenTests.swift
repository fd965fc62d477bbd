import ARMSimulator
import AsyncHTTPClient
import Foundation
import JWTKit
import NIOCore
import NIOHTTP1
import Testing

@Suite(.serialized) struct TokenTests {
    struct Claims: JWTPayload {
        var aud: String
        var iss: String
        var tid: String
        var oid: String
        var appid: String
        var idtyp: String
        var ver: String
        var uti: String
        var exp: Int
        func verify(using algorithm: some JWTAlgorithm) throws {}
    }

    @Test func tokensVerifyWithThePublishedKeys() async throws {
        try await SimulatorFixture.run {
            $0.applications = [
                SimulatorApplication(
                    clientID: "app-1", objectID: "object-1", secret: "s3cret+&", assertions: ["federated"])
            ]
        } _: { fixture in
            let discovery = try await fixture.send("GET", "/my-tenant/v2.0/.well-known/openid-configuration", token: "")
            let keys = try await fixture.send("GET", discovery.json["jwks_uri"].string ?? "", token: "")
            #expect(!keys.text.contains("\"alg\""))
            let set = try JSONDecoder().decode(JWKS.self, from: Data(keys.text.utf8))
            let verifier = JWTKeyCollection()
            for var key in set.keys {
                key.algorithm = .rs256
                try await verifier.add(jwk: key)
            }
            func ask(_ form: String, _ path: String) async throws -> SimulatorFixture.Reply {
                var request = HTTPClientRequest(url: path)
                request.method = .POST
                request.headers.add(name: "Content-Type", value: "application/x-www-form-urlencoded")
                request.body = .bytes(ByteBuffer(string: form))
                let response = try await fixture.client.execute(request, timeout: .seconds(10))
                let body = try await response.body.collect(upTo: 1 << 20)
                return .init(status: Int(response.status.code), headers: response.headers, text: String(buffer: body))
            }
            let endpoint = discovery.json["token_endpoint"].string ?? ""
            let start = "grant_type=client_credentials&client_id=app-1"
            let scope = "&scope=https%3A%2F%2Fmanagement.azure.com%2F%2F.default"
            let secret = try await ask(start + "&client_secret=s3cret%2B%26" + scope, endpoint)
            let claims = try await verifier.verify(secret.json["access_token"].string ?? "", as: Claims.self)
            #expect(claims.aud == "https://management.azure.com/")
            #expect(claims.iss == "https://sts.windows.net/my-tenant/")
            #expect(claims.tid == "my-tenant" && claims.oid == "object-1" && claims.appid == "app-1")
            #expect(claims.idtyp == "app" && claims.ver == "1.0")

            let type = "&client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer"
            let federated = try await ask(start + type + "&client_assertion=federated" + scope, endpoint)
            #expect(federated.status == 200)
            let old = try await ask(
                start + "&client_secret=s3cret%2B%26&resource=https%3A%2F%2Fmanagement.core.windows.net%2F",
                fixture.base + "/my-tenant/oauth2/token")
            #expect(old.status == 200)
            for token in [secret, federated, old].compactMap({ $0.json["access_token"].string }) {
                #expect(try await fixture.send("GET", "/subscriptions", token: token).status == 200)
            }
            #expect(try await ask(start + "&client_secret=wrong" + scope, endpoint).status == 401)
            #expect(try await ask("grant_type=client_credentials&client_id=x&client_secret=y", endpoint).status == 400)
        }
    }

    @Test func badTokensAreRefused() async throws {
        try await SimulatorFixture.run { fixture in
            var bad = ["", "nonsense", "a.b.c"]
            bad.append(try fixture.simulator.mintToken(claims: ["aud": "https://graph.microsoft.com"]))
            bad.append(try fixture.simulator.mintToken(claims: ["expiresIn": -10]))
            bad.append(try fixture.simulator.mintToken(claims: ["nbf": 4_000_000_000]))
            bad.append(try fixture.simulator.mintToken(claims: ["iss": "https://elsewhere.example/"]))
            bad.append(try fixture.simulator.mintToken(claims: ["exp": .null]))
            for signing in SimulatorTokenSigning.allCases where signing != .issuerKey {
                bad.append(try fixture.simulator.mintToken(signing: signing))
            }
            for token in bad {
                let reply = try await fixture.send("GET", "/subscriptions", token: token)
                #expect(reply.status == 401, "\(token)")
                #expect(reply.header("WWW-Authenticate")?.hasPrefix("Bearer authorization_uri=") == true)
            }
        }
    }

    @Test func personsAreMintedOverHTTP() async throws {
        try await SimulatorFixture.run { fixture in
            let reply = try await fixture.send(
                "POST", "/simulator/token",
                body: #"{"oid":"o-1","scp":"user_impersonation","groups":["g-1"],"expiresIn":60,"name":"A Person"}"#,
                token: "")
            let token = try #require(reply.json["access_token"].string)
            let part = String(token.split(separator: ".")[1])
            var text = part.replacingOccurrences(of: "-", with: "+").replacingOccurrences(of: "_", with: "/")
            while text.count % 4 != 0 { text += "=" }
            let claims = JSON(String(decoding: Data(base64Encoded: text) ?? Data(), as: UTF8.self))
            #expect(claims["oid"].string == "o-1")
            #expect(claims["idtyp"].string == "user")
            #expect(claims["groups"][0].string == "g-1")
            #expect(claims["name"].string == "A Person")
            #expect(!claims["expiresIn"].exists)
            #expect(try await fixture.send("GET", "/subscriptions", token: token).status == 200)
        }
    }

    @Test func managedIdentityInBothForms() async throws {
        try await SimulatorFixture.run {
            $0.identityHeader = "h"
        } _: { fixture in
            let base = "http://127.0.0.1:\(fixture.ports.identity)"
            let machine =
                base + "/metadata/identity/oauth2/token?api-version=2018-02-01&resource=https://management.azure.com/"
            let service = base + "/msi/token?api-version=2019-08-01&resource=https://management.azure.com"
            let first = try await fixture.send("GET", machine, headers: [("Metadata", "true")], token: "")
            let second = try await fixture.send("GET", service, headers: [("X-IDENTITY-HEADER", "h")], token: "")
            for reply in [first, second] {
                let token = reply.json["access_token"].string ?? ""
                #expect(try await fixture.send("GET", "/subscriptions", token: token).status == 200)
                #expect(Int(reply.json["expires_on"].string ?? "") != nil)
            }
            #expect(try await fixture.send("GET", machine, token: "").status == 400)
            #expect(
                try await fixture.send(
                    "GET", machine + "&client_id=unknown", headers: [("Metadata", "true")], token: ""
                )
                .status == 400)
            #expect(try await fixture.send("GET", service, token: "").status == 401)
        }
    }
}
