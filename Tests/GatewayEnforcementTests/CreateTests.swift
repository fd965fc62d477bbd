import ARMModel
import AuditModel
import PolicyCore
import StrictJSON
import Testing

@testable import GatewayEnforcement

/// PUT of a managed command: the whole command is in the request.
@Suite struct CreateTests {
    private static let machinePath = Scene.group + "/virtualMachines/web-01/runCommands/Report"
    private static let created =
        #"{"name":"Report","location":"westus","properties":{"source":{"script":"echo hello"},"provisioningState":"Creating"}}"#

    private func scene(_ results: UpstreamResult...) throws -> Scene {
        let rules = try Scene.rules { $0.operations = OperationSet([.create, .update]) }
        let scene = try Scene(rules: rules)
        for result in results { scene.upstream.add(result) }
        return scene
    }

    private func create(_ scene: Scene, _ body: String, path: String = Self.machinePath) async -> GatewayAnswer {
        await scene.call("PUT", path + "?api-version=2024-11-01", body: body)
    }

    private func body(_ properties: String = #""source":{"script":"echo hello"}"#, _ more: String = "") -> String {
        #"{"location":"West US","properties":{\#(properties)}\#(more)}"#
    }

    @Test(arguments: [Self.machinePath, Scene.commandPath, Self.machinePath + "/"])
    func allowedCreationIsForwardedAfterItsRow(path: String) async throws {
        let scene = try self.scene(ARM.reply(201, Self.created, asyncOperation: ARM.status))
        let answer = await self.create(scene, self.body(), path: path)
        #expect(answer.status == 201)
        let sent = try #require(scene.upstream.sent.first)
        #expect(sent.method == "PUT" && sent.permittedBy == "decision")
        #expect(sent.target == (path.hasSuffix("/") ? Self.machinePath : path) + "?api-version=2024-11-01")
        let body = try JSONReader.read(Array(#require(sent.body).utf8))
        #expect(body["location"]?.string == "westus")
        #expect(body["properties"]?["source"]?["script"]?.string == "echo hello")
        // The rule's limit stands in for none.
        #expect(body["properties"]?["timeoutInSeconds"]?.integer == 600)
        let row = try scene.last("decision")
        #expect(row["operation"]?.string == "create" && row["command"]?["location"]?.string == "westus")
        #expect(row["decision"]?["obligations"]?["timeoutInSeconds"]?.integer == 600)
        #expect(answer.header("azure-asyncoperation")?.hasPrefix("https://run.contoso.example/") == true)
        #expect(answer.json?["name"]?.string == "Report")
    }

    @Test(arguments: [
        (#"{"properties":{"source":{"script":"echo hello"}}}"#, "InvalidRequestContent", "$.location"),
        (#"{"location":"a/b","properties":{}}"#, "InvalidParameter", "$.location"),
        (#"{"location":"westus","zones":["1"]}"#, "InvalidRequestContent", "$"),
        (
            #"{"location":"westus","properties":{"source":{"script":"a","commandId":"b"}}}"#,
            "InvalidParameterConflictingProperties", "$.properties.source"
        ),
        (
            #"{"location":"westus","properties":{"treatFailureAsDeploymentFailure":null}}"#, "InvalidRequestContent",
            "$.properties.treatFailureAsDeploymentFailure"
        ),
    ])
    func whatTheOperationDoesNotDefine(body: String, code: String, target: String) async throws {
        let scene = try self.scene()
        let answer = await self.create(scene, body)
        #expect(answer.status == 400 && answer.error == code)
        #expect(answer.json?["error"]?["target"]?.string == target)
        #expect(scene.upstream.sent.isEmpty && scene.events() == ["decision"])
    }

    @Test(arguments: [
        #""source":{"script":"echo other"}"#, "", #""source":{"script":"echo hello"},"timeoutInSeconds":601"#,
        #""source":{"script":"echo hello"},"runAsUser":"root2""#,
        #""source":{"script":"echo hello"},"outputBlobUri":"https://elsewhere.example/run/x""#,
        #""source":{"scriptUri":"https://elsewhere.example/x.sh"}"#,
        #""source":{"script":"echo hello"},"parameters":[{"name":"other","value":"x"}]"#,
    ])
    func whatNoRuleAllowsIsDenied(properties: String) async throws {
        let scene = try self.scene()
        let answer = await self.create(scene, self.body(properties))
        #expect(answer.status == 403 && answer.error == "RequestDisallowedByPolicy", "\(properties): \(answer.text)")
        #expect(scene.upstream.sent.isEmpty && scene.events() == ["decision"])
    }

    @Test func anUpdateRuleIsNoRuleForCreations() async throws {
        let scene = try Scene()
        #expect(await self.create(scene, self.body()).status == 403)
    }

    @Test func membersOfTheServiceAreLeftOutAndNamed() async throws {
        let scene = try self.scene(ARM.reply(200, Self.created))
        let body =
            #"{"id":"/x","name":"Report","type":"t","systemData":{"createdBy":"me"},"location":"westus","tags":{"a":"b"},"#
            + #""properties":{"provisioningState":"Succeeded","source":{"script":"echo hello"}}}"#
        #expect(await self.create(scene, body).status == 200)
        let sent = try #require(scene.upstream.sent.first?.body)
        for word in ["systemData", "provisioningState", "\"id\"", "\"type\""] { #expect(!sent.contains(word)) }
        #expect(sent.contains(#""tags":{"a":"b"}"#))
        let text = String(decoding: try #require(scene.log.entries.first).canonical, as: UTF8.self)
        for word in ["systemData", "properties.provisioningState"] { #expect(text.contains("\"\(word)\"")) }
    }

    @Test func secretsStayOutOfTheRecordAndTheAnswer() async throws {
        let secret = "Sec-ret-0123456789"
        let scene = try self.scene(
            ARM.reply(201, Self.created.replacing("Creating", with: "Creating \(secret)"), asyncOperation: ARM.status))
        let answer = await self.create(
            scene,
            self.body(
                #""source":{"script":"echo hello"},"runAsUser":"svc","runAsPassword":"\#(secret)","protectedParameters":[{"name":"token","value":"\#(secret)2"}]"#
            ))
        #expect(answer.status == 201 && !answer.text.contains(secret))
        #expect(try #require(scene.upstream.sent.first?.body).contains(secret))
        for entry in scene.log.entries {
            #expect(!String(decoding: entry.canonical, as: UTF8.self).contains(secret))
            #expect(entry.bodies.allSatisfy { !String(decoding: $0.text ?? [], as: UTF8.self).contains(secret) })
        }
    }

    @Test func aRepeatedCreationIsSentOnce() async throws {
        let scene = try self.scene(ARM.reply(500, ARM.error))
        for _ in 0..<4 {
            let answer = await self.create(scene, self.body())
            #expect(answer.status == 409 && answer.error == "UpstreamOutcomeUnknown")
        }
        #expect(scene.upstream.sent.count == 1)
    }

    @Test func creationsOfOneCommandRunOneAtATime() async throws {
        let scene = try self.scene()
        scene.upstream.afterwards { _ in ARM.reply(200, Self.created) }
        scene.upstream.whileSending {
            let other = Task {
                await self.create(scene, self.body(#""source":{"script":"echo hello"},"timeoutInSeconds":5"#))
            }
            for _ in 0..<50 { await Task.yield() }
            #expect(scene.upstream.sent.count == 1)
            _ = other
        }
        #expect(await self.create(scene, self.body()).status == 200)
    }
}
