import Foundation
import GatewayTestSupport
import NIOHTTP1
import Testing

/// The gateway in the image's root file system, read-only, as the image's user, with three folders from outside.
@Suite struct ContainerRootTests {
    private static let places = Workspace.Places(
        etc: "/etc/sallyport", tls: "/etc/sallyport/tls", state: "/var/lib/sallyport")
    private static let scripts = BuiltProgram.repository.appendingPathComponent("docker")

    @Test(.timeLimit(.minutes(5))) func gatewayServesFromItsImage() async throws {
        let directory = try TestDirectory()
        let root = directory.path("root")
        let made = try ChildProcess(
            "bash", [Self.scripts.appendingPathComponent("make-root.sh").path, try BuiltProgram.sallyport.path, root],
            environment: Self.environment, log: directory.path("make-root"))
        try #require(await made.end() == .exited(0), "\(made.errors)")
        try Self.checkFiles(root)
        var ways: [ContainerWay] = []
        for way in ContainerWay.allCases where try await way.isPossible(in: directory) { ways.append(way) }
        if ways.isEmpty {
            print("image: nothing can be mounted here, so only the files were checked and nothing was run in it")
        }
        for way in ways {
            try await Self.serve(root, way)
            print("image: served from its root, read-only, as user 65532 (\(way.rawValue))")
        }
    }

    /// What must be there, and that there is nothing to start but the gateway.
    private static func checkFiles(_ root: String) throws {
        let files = FileManager.default
        for path in [
            "etc/passwd", "etc/group", "etc/nsswitch.conf", "etc/ssl/certs/ca-certificates.crt",
            "usr/share/zoneinfo/Europe/Berlin", "var/lib/sallyport/keys", "etc/sallyport/tls", "etc/sallyport/policies",
        ] { #expect(files.fileExists(atPath: root + "/" + path), "\(path)") }
        #expect(try files.contentsOfDirectory(atPath: root + "/usr/bin") == ["sallyport"])
        let paths = files.enumerator(atPath: root)?.allObjects as? [String] ?? []
        let special = try paths.filter { path in
            let mode = try files.attributesOfItem(atPath: root + "/" + path)[.posixPermissions] as? Int ?? 0
            return mode & 0o6000 != 0 || (mode & 0o022 != 0 && path != "tmp" && !path.hasPrefix("lib"))
        }
        #expect(special.isEmpty, "set-id or writable by others")
        let shells = paths.filter { ["sh", "bash", "busybox"].contains(($0 as NSString).lastPathComponent) }
        #expect(shells.isEmpty)
    }

    private static func serve(_ root: String, _ way: ContainerWay) async throws {
        try await ProcessStack.withRunning(places: Self.places) { stack in
            try way.handOver(stack.workspace.here)
            let gateway = try Self.start(stack, root, way, ["serve", "--config", "/etc/sallyport/sallyport.yaml"])
            try await stack.untilReady(gateway)
            let health = try Self.start(stack, root, way, ["health", "--config", "/etc/sallyport/sallyport.yaml"])
            #expect(await health.end() == .exited(0), "\(health.errors)")
            #expect(health.output == "ready\n")

            let view = try ProcessView(gateway.id)
            #expect(view.users == [65_532, 65_532, 65_532, 65_532])
            #expect(view.capabilities.count == 4 && view.capabilities.allSatisfy { Int($0, radix: 16) == 0 })
            #expect(!view.canGainPrivileges)
            let mounts = view.mounts.filter { $0.place != "/proc" && !$0.place.hasPrefix("/proc/") }
            #expect(mounts.contains(.init(place: "/", isWritable: false)))
            #expect(Set(mounts.filter(\.isWritable).map(\.place)) == ["/tmp", "/var/lib/sallyport"])

            // The main job, through name look-up, TLS on both sides, and the record.
            let token = try await stack.token()
            let id = UUID().uuidString.lowercased()
            let answer = try await stack.call(
                .POST,
                stack.gateway + "/subscriptions/\(Workspace.subscription)/resourceGroups/rg-web/providers/"
                    + "Microsoft.Compute/virtualMachines/web-01/runCommand?api-version=2025-04-01",
                body: #"{"commandId": "RunShellScript", "script": ["\#(Workspace.script)"]}"#, token: token,
                correlationID: id)
            #expect(answer.status == 202, "\(answer.text)")
            gateway.signal(SIGTERM)
            #expect(await gateway.end() == .exited(0), "\(gateway.errors)")
            let verify = try Self.start(
                stack, root, way, ["audit", "verify", "--database", "/var/lib/sallyport/audit.sqlite"])
            #expect(await verify.end() == .exited(0), "\(verify.output)\(verify.errors)")
            try await Self.writesNowhereElse(stack, root, way)
        }
    }

    /// A record in any other folder is refused by the file system itself.
    private static func writesNowhereElse(_ stack: ProcessStack, _ root: String, _ way: ContainerWay) async throws {
        for folder in ["", "/etc", "/etc/sallyport", "/etc/sallyport/tls", "/usr/bin", "/var/lib", "/usr/share"] {
            let gateway = try Self.start(
                stack, root, way, ["serve", "--config", "/etc/sallyport/sallyport.yaml"],
                environment: ["SALLYPORT_AUDIT_DATABASE": folder + "/astray.sqlite"])
            #expect(await gateway.end() == .exited(1), "\(folder)")
            #expect(gateway.errors.contains("Read-only file system"), "\(folder): \(gateway.errors)")
            #expect(!FileManager.default.fileExists(atPath: root + folder + "/astray.sqlite"))
        }
        for folder in [stack.workspace.here.etc, stack.workspace.here.tls] {
            #expect(!FileManager.default.fileExists(atPath: folder + "/astray.sqlite"))
        }
    }

    private static func start(
        _ stack: ProcessStack, _ root: String, _ way: ContainerWay, _ arguments: [String],
        environment: [String: String] = [:]
    ) throws -> ChildProcess {
        let here = stack.workspace.here
        let binds = [
            ["--bind-read-only", here.etc, "/etc/sallyport"], ["--bind-read-only", here.tls, "/etc/sallyport/tls"],
            ["--bind", here.state, "/var/lib/sallyport"],
        ]
        let script = Self.scripts.appendingPathComponent("test-root.sh").path
        let words =
            way.prefix + ["bash", script, root] + binds.flatMap { $0 } + ["--", "/usr/bin/sallyport"] + arguments
        return try stack.start(
            words[0], Array(words.dropFirst()), environment: Self.environment.merging(environment) { $1 },
            log: "container-\(UUID().uuidString)")
    }

    private static let environment = ["PATH": "/usr/sbin:/usr/bin:/sbin:/bin"]
}
