import ARMModel
import GatewayTestSupport
import StrictJSON
import Testing

/// The danger cases of an update (facts §4.3), on a machine's commands and on those of a scale-set instance.
@Suite struct UpdateDangerTests {
    private static let paths = [
        RouteMatchingTests.group + "/virtualMachines/Vm-1/runCommands/Nightly", RouteMatchingTests.instance,
    ]

    private func update(_ path: String, _ body: String) throws -> (ManagedUpdate, ARMRequestHead) {
        let head = try ARMRequestHead(method: "PATCH", target: path + "?api-version=2024-07-01")
        #expect(head.route.body == .managedUpdate)
        return (try ManagedUpdate(json(body), version: head.apiVersion), head)
    }

    private func stored(_ text: String) throws -> Command { try #require(StoredCommand(json(text))).command }

    /// Only parameters: the stored script runs with them, so both are judged and both are sent.
    @Test(arguments: paths)
    func parametersAloneRunTheStoredScript(_ path: String) throws {
        let (update, head) = try self.update(
            path, #"{"properties":{"parameters":[{"name":"target","value":"/etc"}]}}"#)
        #expect(fields(of: update.applied(to: .unread))["source"] == "unknown")
        let merged = update.applied(
            to: try self.stored(
                #"{"properties":{"source":{"script":"rm -r $target"},"parameters":[{"name":"target","value":"/tmp"}]}}"#
            ))
        #expect(fields(of: merged)["source"] == "is inline - \(ScriptText("rm -r $target").digest) rm -r $target")
        #expect(fields(of: merged)["parameters"] == "is target=/etc")
        let sent = try JSONReader.read(
            ForwardedBody.update(update, merged: merged, timeoutSeconds: nil, version: head.apiVersion))
        #expect(sent["properties"]?["source"].map(text) == #"{"script":"rm -r $target"}"#)
    }

    /// `null` may drop the account, so that the script runs as root.
    @Test(arguments: paths, ["runAsUser", "runAsPassword", "timeoutInSeconds", "source", "protectedParameters"])
    func nullIsRefused(_ path: String, _ member: String) {
        let error = refusal { _ = try self.update(path, #"{"properties":{"\#(member)":null}}"#) }
        #expect(error?.code == .invalidRequestContent)
        #expect(error?.target == "$.properties." + member)
    }

    /// Without the member the stored account stays, and is named in what is sent.
    @Test(arguments: paths)
    func theAccountStays(_ path: String) throws {
        let (update, head) = try self.update(path, #"{"properties":{"source":{"script":"id"}}}"#)
        let merged = update.applied(
            to: try self.stored(#"{"properties":{"source":{"script":"x"},"runAsUser":"svc","timeoutInSeconds":60}}"#))
        #expect(fields(of: merged)["runAsUser"] == "is svc")
        let sent = try JSONReader.read(
            ForwardedBody.update(update, merged: merged, timeoutSeconds: nil, version: head.apiVersion))
        #expect(sent["properties"]?["runAsUser"]?.string == "svc")
        #expect(sent["properties"]?["timeoutInSeconds"]?.integer == 60)
    }

    /// A new source keeps the stored protected parameters, which no GET shows: they stay unknown until named.
    @Test(arguments: paths)
    func aNewSourceKeepsWhatNobodyCanRead(_ path: String) throws {
        let stored = try self.stored(#"{"properties":{"source":{"script":"x"},"protectedParameters":[]}}"#)
        let (update, _) = try self.update(path, #"{"properties":{"source":{"script":"env"}}}"#)
        #expect(fields(of: update.applied(to: stored))["protectedParameters"] == "unknown")
        #expect(fields(of: update.applied(to: stored))["runAsPassword"] == "unknown")
        let (cleared, _) = try self.update(
            path, #"{"properties":{"source":{"script":"env"},"protectedParameters":[]}}"#)
        #expect(fields(of: cleared.applied(to: stored))["protectedParameters"] == "is ")
    }
}
