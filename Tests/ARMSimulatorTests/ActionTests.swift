import ARMSimulator
import Foundation
import Testing

@Suite(.serialized) struct ActionTests {
    @Test func scriptReallyRunsWithParametersAsArgumentsAndVariables() async throws {
        try await SimulatorFixture.run { fixture in
            let body = """
                {"commandId":"RunShellScript","script":["echo \\"$1-$2-$first-$second-$#\\"","echo problem >&2","exit 3"],
                 "parameters":[{"name":"first","value":"a b"},{"name":"second","value":"$(id)"}]}
                """
            let path = fixture.machine("web-1") + "/runCommand"
            let first = try await fixture.send("POST", path, body: body)
            #expect(first.status == 202)
            #expect(first.text.isEmpty)
            #expect(first.header("Content-Length") == "0")
            #expect(first.header("Retry-After") == "1")
            let id = try #require(first.header("x-ms-request-id"))
            #expect(UUID(uuidString: id) != nil)
            let location = try #require(first.header("Location"))
            #expect(location.hasPrefix("https://localhost:\(fixture.ports.https)/subscriptions/"))
            #expect(location.contains("/operations/\(id)?p=") && location.contains("&monitor=true&api-version="))
            #expect((2_800...4_000).contains(location.utf8.count))

            let status = try await fixture.ended(first)
            #expect(status.json["status"].string == "Succeeded")
            #expect(status.json["name"].string == id)
            let message = "Enable succeeded: \n[stdout]\na b-$(id)-a b-$(id)-2\n\n[stderr]\nproblem\n"
            #expect(status.json["properties"]["output"]["value"][0]["message"].string == message)
            let last = try await fixture.send("GET", location)
            #expect(last.status == 200)
            #expect(last.json["value"].count == 1)
            #expect(last.json["value"][0]["code"].string == "ProvisioningState/succeeded")
            #expect(last.json["value"][0]["message"].string == message)
        }
    }

    @Test func environmentHoldsNothingButParameters() async throws {
        try await SimulatorFixture.run { fixture in
            let body = """
                {"commandId":"RunShellScript","script":["/usr/bin/env","ls -A | wc -l","ls /proc/self/fd | wc -l"],
                 "parameters":[{"name":"only","value":"this"}]}
                """
            let lines = try await fixture.output("web-1", body).split(separator: "\n").map(String.init)
            let names = lines.compactMap { $0.contains("=") ? String($0.prefix { $0 != "=" }) : nil }
            // The shell itself adds PWD, SHLVL and _.
            #expect(Set(names) == ["only", "PWD", "SHLVL", "_"])
            // Its directory is fresh, and nothing that the simulator has open came along (three streams, and ls's own).
            #expect(lines.suffix(3).prefix(2) == ["0", "4"])
        }
    }

    @Test func oneActionAtATimeOnAMachine() async throws {
        try await SimulatorFixture.run { fixture in
            let gate = NSTemporaryDirectory() + "gate-\(UUID().uuidString)"
            defer { try? FileManager.default.removeItem(atPath: gate) }
            let waiting = """
                {"commandId":"RunShellScript","script":["until [ -e \(gate) ]; do /bin/sleep 0.02; done","echo done"]}
                """
            let first = try await fixture.send("POST", fixture.machine("web-1") + "/runCommand", body: waiting)
            #expect(first.status == 202)
            let monitor = try await fixture.send("GET", first.header("Location") ?? "")
            #expect(monitor.status == 202)
            #expect(monitor.text.isEmpty)
            #expect(monitor.header("Location") == first.header("Location"))
            let status = try await fixture.send("GET", first.header("Azure-AsyncOperation") ?? "")
            #expect(status.json["status"].string == "InProgress")
            #expect(status.json.keys == ["startTime", "status", "name"])
            // Other spelling, same machine.
            let second = try await fixture.send(
                "POST",
                fixture.machine("WEB-1").replacingOccurrences(of: "resourceGroups", with: "resourcegroups")
                    + "/runcommand", body: waiting)
            #expect(second.status == 409)
            #expect(second.json["error"]["code"].string == "Conflict")
            let other = try await fixture.send(
                "POST", fixture.machine("web-2") + "/runCommand", body: #"{"commandId":"ifconfig"}"#)
            #expect(other.status == 202)
            #expect(FileManager.default.createFile(atPath: gate, contents: nil))
            #expect(try await fixture.ended(first).json["status"].string == "Succeeded")
            let third = try await fixture.send("POST", fixture.machine("web-1") + "/runCommand", body: waiting)
            #expect(third.status == 202)
        }
    }

    @Test func manyMachinesRunAtOneTime() async throws {
        try await SimulatorFixture.run { fixture in
            let outputs = try await withThrowingTaskGroup(of: (Int, String).self) { tasks in
                for number in 1...40 {
                    tasks.addTask {
                        let body = """
                            {"commandId":"RunShellScript","script":["/bin/sleep 0.2 & echo start$1; wait; echo end$1"],
                             "parameters":[{"name":"n","value":"\(number)"}]}
                            """
                        return (number, try await fixture.output("web-\(number)", body))
                    }
                }
                return try await tasks.reduce(into: [Int: String]()) { $0[$1.0] = $1.1 }
            }
            for number in 1...40 {
                #expect(outputs[number] == "Enable succeeded: \n[stdout]\nstart\(number)\nend\(number)\n\n[stderr]\n")
            }
        }
    }

    @Test func lastBytesOfEachStreamAreKept() async throws {
        try await SimulatorFixture.run { fixture in
            let text = try await fixture.output(
                "web-1",
                #"{"commandId":"RunShellScript","script":["for i in {1..3000}; do echo line$i; echo err$i >&2; done"]}"#
            )
            let out = try #require(
                text.components(separatedBy: "[stdout]\n").last?.components(separatedBy: "\n[stderr]\n"))
            #expect(out.count == 2)
            #expect(out[0].utf8.count == 4_096)
            #expect(out[0].hasSuffix("line2999\nline3000\n"))
            #expect(out[1].utf8.count == 4_096)
            #expect(out[1].hasSuffix("err3000\n"))
        }
    }

    @Test func timeOutKillsTheWholeGroup() async throws {
        try await SimulatorFixture.run {
            $0.scriptTimeoutSeconds = 1
        } _: { fixture in
            let file = NSTemporaryDirectory() + "pid-\(UUID().uuidString)"
            defer { try? FileManager.default.removeItem(atPath: file) }
            let first = try await fixture.send(
                "POST", fixture.machine("web-1") + "/runCommand",
                body: #"{"commandId":"RunShellScript","script":["/bin/sleep 600 & echo $! > \#(file)","wait"]}"#)
            let status = try await fixture.ended(first)
            #expect(status.json["status"].string == "Failed")
            #expect(status.json["error"]["code"].string == "VMExtensionProvisioningTimeout")
            #expect(try await fixture.send("GET", first.header("Location") ?? "").status == 409)
            let text = try String(contentsOfFile: file, encoding: .utf8).trimmingCharacters(in: .whitespacesAndNewlines)
            let child = try #require(pid_t(text))
            #expect(await Self.isGone(child))
        }
    }

    @Test func stopLeavesNothingRunning() async throws {
        let file = NSTemporaryDirectory() + "pid-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: file) }
        let scratch = NSTemporaryDirectory() + "scratch-\(UUID().uuidString)"
        try await SimulatorFixture.run {
            $0.scratchDirectory = scratch
        } _: { fixture in
            _ = try await fixture.send(
                "POST", fixture.machine("web-1") + "/runCommand",
                body:
                    #"{"commandId":"RunShellScript","script":["/bin/sleep 600 & echo $! > \#(file).new; mv \#(file).new \#(file)","wait"]}"#
            )
            for _ in 0..<400 where !FileManager.default.fileExists(atPath: file) {
                try await Task.sleep(for: .milliseconds(5))
            }
        }
        let text = try String(contentsOfFile: file, encoding: .utf8).trimmingCharacters(in: .whitespacesAndNewlines)
        let child = try #require(pid_t(text))
        #expect(await Self.isGone(child))
        #expect(!FileManager.default.fileExists(atPath: scratch))
    }

    @Test(arguments: ["2017-03-30", "2017-12-01"]) func oldVersionsAnswerInTheOldShape(version: String) async throws {
        try await SimulatorFixture.run { fixture in
            let first = try await fixture.send(
                "POST", fixture.machine("web-1") + "/runCommand?api-version=\(version)",
                body: #"{"commandId":"RunShellScript","script":["echo old"]}"#)
            let status = try await fixture.ended(first)
            let last = try await fixture.send("GET", first.header("Location") ?? "")
            for body in [status.json, last.json] {
                #expect(body["status"].string == "Succeeded")
                #expect(body["properties"]["output"][0]["message"].string?.contains("[stdout]\nold\n") == true)
            }
        }
    }

    @Test func builtInsAnswerAndAScriptReplacesThem() async throws {
        try await SimulatorFixture.run { fixture in
            #expect(try await fixture.output("web-1", #"{"commandId":"IFCONFIG"}"#).contains("inet 10.0.0.4"))
            #expect(
                try await fixture.output("web-1", #"{"commandId":"ifconfig","script":["echo replaced"]}"#)
                    .contains("replaced"))
            #expect(try await fixture.output("web-1", #"{"commandId":"IPConfig"}"#).contains("IPv4 Address"))
            #expect(
                try await fixture.output("web-1", #"{"commandId":"RunPowerShellScript","script":["x"]}"#)
                    .contains("does not run RunPowerShellScript"))
            let unknown = try await fixture.send(
                "POST", fixture.machine("web-1") + "/runCommand", body: #"{"commandId":"Nothing"}"#)
            #expect(unknown.status == 404)
        }
    }

    @Test func scaleSetInstanceIsAMachineOfItsOwn() async throws {
        try await SimulatorFixture.run { fixture in
            let path =
                fixture.machine("x").replacingOccurrences(
                    of: "virtualMachines/x", with: "virtualMachineScaleSets/web/virtualmachines/0") + "/runCommand"
            let first = try await fixture.send(
                "POST", path, body: #"{"commandId":"RunShellScript","script":["echo 1"]}"#)
            #expect(first.status == 202)
            #expect(try await fixture.ended(first).json["status"].string == "Succeeded")
            let early = try await fixture.send("POST", path + "?api-version=2017-12-01", body: "{}")
            #expect(early.status == 400)
            #expect(early.json["error"]["code"].string == "NoRegisteredProviderFound")
        }
    }

    @Test func instantModeRunsNothingAndTakesAnyNumber() async throws {
        try await SimulatorFixture.run {
            $0.isInstant = true
        } _: { fixture in
            for _ in 0..<3 {
                let first = try await fixture.send(
                    "POST", fixture.machine("web-1") + "/runCommand",
                    body: #"{"commandId":"RunShellScript","script":["/bin/sleep 600"]}"#)
                #expect(first.status == 202)
                let last = try await fixture.send("GET", first.header("Location") ?? "")
                #expect(last.status == 200)
            }
        }
    }

    /// Whether the process has ended; one that nobody has reaped yet counts.
    static func isGone(_ process: pid_t) async -> Bool {
        for _ in 0..<400 {
            if kill(process, 0) == -1 { return true }
            let status = (try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8)) ?? ""
            if status.isEmpty || status.contains(") Z ") { return true }
            try? await Task.sleep(for: .milliseconds(5))
        }
        return false
    }
}
