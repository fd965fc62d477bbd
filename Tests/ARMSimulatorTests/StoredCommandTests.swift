import ARMSimulator
import Foundation
import Testing

@Suite(.serialized) struct StoredCommandTests {
    private static let instance =
        "/subscriptions/\(SimulatorFixture.subscription)/resourceGroups/rg-web/providers/Microsoft.Compute"
        + "/virtualMachineScaleSets/web/virtualMachines/0/runCommands/"

    /// RFC 7396 in `properties` and `tags`; otherwise each object is replaced.
    @Test(arguments: [false, true])
    func mergesObjectsWhereItIsToldTo(isRecursive: Bool) async throws {
        try await SimulatorFixture.run({ $0.mergesRecursively = isRecursive }) { fixture in
            let path = Self.instance + "merge?api-version=2025-04-01"
            let put = try await fixture.send(
                "PUT", path,
                body: """
                    {"location":"eastus","tags":{"a":"1"},"properties":{
                     "source":{"script":"old","scriptShell":"Powershell7"},"parameters":[{"name":"a","value":"1"}],
                     "outputBlobManagedIdentity":{"clientId":"22d35efb-0c99-4041-8c5b-6d24db33a69a"}}}
                    """)
            #expect(put.status == 201, "\(put.text)")
            _ = try await fixture.ended(put)
            let patch = try await fixture.send(
                "PATCH", path,
                body: """
                    {"tags":{"b":"2"},"properties":{"source":{"script":"new"},"parameters":[{"name":"b","value":"2"}],
                     "outputBlobManagedIdentity":{}}}
                    """)
            #expect(patch.status == 200, "\(patch.text)")
            let properties = patch.json["properties"]
            #expect(properties["source"]["script"].string == "new")
            #expect(properties["source"]["scriptShell"].string == (isRecursive ? "Powershell7" : nil))
            #expect(properties["outputBlobManagedIdentity"]["clientId"].exists == isRecursive)
            #expect(properties["parameters"].count == 1)
            #expect(patch.json["tags"].keys == (isRecursive ? ["a", "b"] : ["b"]))
            let removed = try await fixture.send(
                "PATCH", path, body: #"{"properties":{"source":{"script":"x","scriptShell":null}}}"#)
            #expect(!removed.json["properties"]["source"]["scriptShell"].exists)
        }
    }

    @Test func lifeOfACommand() async throws {
        try await SimulatorFixture.run { fixture in
            let path = Self.instance + "report"
            let put = try await fixture.send(
                "PUT", path,
                body: """
                    {"location":"East US","tags":{"a":"1","b":"2"},"properties":{
                     "source":{"script":"echo $name $secret; exit 7"},
                     "parameters":[{"name":"name","value":"value"}],
                     "protectedParameters":[{"name":"secret","value":"hidden-value"}],
                     "runAsUser":"svc","runAsPassword":"hidden-password","timeoutInSeconds":60,
                     "outputBlobUri":"https://x.blob.core.windows.net/c/o.txt?sig=hidden-query"}}
                    """)
            #expect(put.status == 201)
            #expect(put.header("Azure-AsyncOperation") != nil)
            #expect(put.header("Location") == nil)
            #expect(put.json["properties"]["provisioningState"].string == "Creating")
            #expect(put.json["location"].string == "eastus")
            #expect(try await fixture.ended(put).json["status"].string == "Succeeded")

            let plain = try await fixture.send("GET", path.replacingOccurrences(of: "report", with: "REPORT"))
            #expect(plain.status == 200)
            #expect(plain.json["name"].string == "report")
            #expect(!plain.json["properties"]["instanceView"].exists)
            let full = try await fixture.send("GET", path + "?$expand=InstanceView")
            for text in [put.text, plain.text] { #expect(!text.contains("hidden-")) }
            #expect(!full.text.contains("hidden-password") && !full.text.contains("hidden-query"))
            let view = full.json["properties"]["instanceView"]
            #expect(view["executionState"].string == "Failed")
            #expect(view["exitCode"].int == 7)
            #expect(view["output"].string == "value hidden-value\n")
            #expect(full.json["properties"]["provisioningState"].string == "Succeeded")
            #expect(full.json["properties"]["outputBlobUri"].string == "https://x.blob.core.windows.net/c/o.txt")
            #expect(full.json["properties"]["runAsUser"].string == "svc")

            let patch = try await fixture.send(
                "PATCH", path,
                body: """
                    {"tags":{"c":"3"},"properties":{"parameters":[{"name":"other","value":"new"}],"runAsUser":null}}
                    """)
            #expect(patch.status == 200)
            #expect(patch.json["properties"]["provisioningState"].string == "Updating")
            #expect(patch.json["tags"].keys == ["c"])
            #expect(patch.json["properties"]["parameters"].count == 1)
            #expect(!patch.json["properties"]["runAsUser"].exists)
            #expect(patch.json["properties"]["timeoutInSeconds"].int == 60)
            #expect(try await fixture.ended(patch).json["status"].string == "Succeeded")
            // The stored script and the stored protected parameter stay; the list of plain ones was replaced.
            let merged = try await fixture.send("GET", path + "?$expand=instanceView")
            #expect(merged.json["properties"]["instanceView"]["output"].string == "hidden-value\n")

            let source = try await fixture.send(
                "PATCH", path,
                body: #"{"properties":{"source":{"commandId":"ifconfig"},"treatFailureAsDeploymentFailure":true}}"#)
            #expect(source.json["properties"]["source"].keys == ["commandId"])
            _ = try await fixture.ended(source)

            let removed = try await fixture.send("DELETE", path)
            #expect(removed.status == 202)
            #expect(removed.header("Location") != nil)
            _ = try await fixture.ended(removed)
            #expect(try await fixture.send("GET", removed.header("Location") ?? "").status == 204)
            #expect(try await fixture.send("GET", path).status == 404)
            #expect(try await fixture.send("DELETE", path).status == 204)
            let missing = try await fixture.send("PATCH", path, body: "{}")
            #expect(missing.status == 404)
            #expect(missing.header("x-ms-failure-cause") == "gateway")
        }
    }

    @Test func timeOutFailureAndAddressEndAsTheyShould() async throws {
        try await SimulatorFixture.run { fixture in
            func end(_ name: String, _ properties: String) async throws -> (operation: JSON, command: JSON) {
                let path = fixture.machine("web-1") + "/runCommands/" + name
                let put = try await fixture.send(
                    "PUT", path, body: #"{"location":"eastus","properties":\#(properties)}"#)
                let operation = try await fixture.ended(put).json
                return (operation, try await fixture.send("GET", path + "?$expand=instanceView").json["properties"])
            }
            let late = try await end("late", #"{"source":{"script":"/bin/sleep 600"},"timeoutInSeconds":1}"#)
            #expect(late.operation["status"].string == "Succeeded")
            #expect(late.command["instanceView"]["executionState"].string == "TimedOut")
            let strict = try await end(
                "strict", #"{"source":{"script":"exit 4"},"treatFailureAsDeploymentFailure":true}"#)
            #expect(strict.operation["status"].string == "Failed")
            #expect(strict.operation["error"]["code"].string == "VMRunCommandExecutionFailed")
            #expect(strict.command["provisioningState"].string == "Failed")
            let address = try await end("address", #"{"source":{"scriptUri":"https://x.example/s.sh?sig=hidden"}}"#)
            #expect(address.command["instanceView"]["executionState"].string == "Failed")
            #expect(address.command["instanceView"]["executionMessage"].string?.contains("not fetch") == true)
            #expect(address.command["source"]["scriptUri"].string == "https://x.example/s.sh")
        }
    }

    @Test func deletionAndAsynchronousExecution() async throws {
        try await SimulatorFixture.run { fixture in
            let path = fixture.machine("web-1") + "/runCommands/long"
            let put = try await fixture.send(
                "PUT", path,
                body:
                    #"{"location":"eastus","properties":{"source":{"script":"/bin/sleep 600"},"asyncExecution":true}}"#)
            #expect(try await fixture.ended(put).json["status"].string == "Succeeded")
            let running = try await fixture.send("GET", path + "?$expand=instanceView")
            #expect(running.json["properties"]["provisioningState"].string == "Succeeded")
            #expect(running.json["properties"]["instanceView"]["executionState"].string == "Running")
            // Several stored commands run at one time on one machine.
            let other = try await fixture.send(
                "PUT", path + "2", body: #"{"location":"eastus","properties":{"source":{"script":"echo 2"}}}"#)
            #expect(try await fixture.ended(other).json["status"].string == "Succeeded")
            let removed = try await fixture.send("DELETE", path)
            #expect(try await fixture.ended(removed).json["status"].string == "Succeeded")
            #expect(try await fixture.send("GET", path).status == 404)
        }
    }

    @Test func aLaterPutTakesThePlaceOfARunningOne() async throws {
        try await SimulatorFixture.run { fixture in
            let path = fixture.machine("web-1") + "/runCommands/again"
            let first = try await fixture.send(
                "PUT", path, body: #"{"location":"eastus","properties":{"source":{"script":"/bin/sleep 600"}}}"#)
            let second = try await fixture.send(
                "PUT", path, body: #"{"location":"eastus","properties":{"source":{"script":"echo second"}}}"#)
            #expect(second.status == 200)
            #expect(try await fixture.ended(second).json["status"].string == "Succeeded")
            #expect(try await fixture.ended(first).json["status"].string == "Canceled")
            let view = try await fixture.send("GET", path + "?$expand=instanceView").json["properties"]["instanceView"]
            #expect(view["output"].string == "second\n")
        }
    }

    @Test func listsComeInPagesAndEndAtTwentyFive() async throws {
        try await SimulatorFixture.run {
            $0.isInstant = true
            $0.pageSize = 10
            $0.managedLocationHeader = true
            $0.managedAccepted = true
        } _: { fixture in
            let path = fixture.machine("web-1") + "/runCommands"
            let body = #"{"location":"eastus","properties":{"source":{"script":"true"}}}"#
            for number in 1...25 {
                let put = try await fixture.send("PUT", "\(path)/c\(number)", body: body)
                #expect(put.status == 201)
                #expect(put.header("Location") != nil)
            }
            #expect(try await fixture.send("PUT", "\(path)/c26", body: body).status == 409)
            #expect(try await fixture.send("PUT", "\(path)/c25", body: body).status == 202)
            var names: [String] = []
            var next: String? = path
            while let page = next {
                let reply = try await fixture.send("GET", page)
                for index in 0..<reply.json["value"].count {
                    names.append(reply.json["value"][index]["name"].string ?? "")
                }
                next = reply.json["nextLink"].string
            }
            #expect(names == (1...25).map { "c\($0)" })
        }
    }

    @Test func diagnosticFamilyIsApartAndNew() async throws {
        try await SimulatorFixture.run {
            $0.isInstant = true
        } _: { fixture in
            let path = fixture.machine("web-1") + "/diagnosticRunCommands/d"
            let body = #"{"location":"eastus","properties":{"source":{"commandId":"FleetDiagnosticsWindows"}}}"#
            let early = try await fixture.send("PUT", path + "?api-version=2026-03-01", body: body)
            #expect(early.status == 400)
            #expect(try await fixture.send("PUT", path + "?api-version=2026-04-01", body: body).status == 201)
            #expect(try await fixture.send("GET", path + "?api-version=2026-04-01").status == 200)
            #expect(try await fixture.send("GET", fixture.machine("web-1") + "/runCommands/d").status == 404)
        }
    }
}
