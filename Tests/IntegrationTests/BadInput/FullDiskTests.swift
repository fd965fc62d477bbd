import StrictJSON
import Testing

/// A disk without room for another row. It needs a small file system of its own, so it runs only where one can be
/// mounted, and says so elsewhere.
@Suite struct FullDiskTests {
    @Test(.enabled(if: SmallDisk.isPossible, "mounting a small tmpfs takes root"))
    func nothingIsForwardedWithoutARowAndServiceComesBack() async throws {
        let disk = try SmallDisk(bytes: 4 << 20)
        defer { disk.unmount() }
        var options = LocalStack.Options()
        options.audit =
            "{database: \(disk.path)/audit.sqlite, signingKey: checkpoint.key, fingerprintKey: fingerprint.key, writeSeconds: 5}"
        try await LocalStack.withRunning(options) { stack in
            let token = try stack.token()
            let allowed = try await stack.call(
                "POST", LocalStack.vm("web-01"), body: LocalStack.helloBody(), token: token)
            #expect(allowed.status == 202, "\(allowed.text)")
            #expect(try await stack.management("/readyz").status == 200)
            try disk.fill()
            // The write-ahead log may have room inside; refusals use it up.
            let refused = LocalStack.helloBody().replacing("oops", with: String(repeating: "x", count: 60_000))
            var isFull = false
            for _ in 0..<200 where !isFull {
                let answer = try await stack.call("POST", LocalStack.vm("web-02"), body: refused, token: token)
                isFull = answer.status == 503
                if isFull {
                    LocalStack.expectEnvelope(answer, 503, "AuditUnavailable", "a refusal without its row")
                } else {
                    #expect(answer.status == 403)
                }
            }
            #expect(isFull)
            for (method, target, body) in [
                ("POST", LocalStack.vm("web-03"), LocalStack.helloBody()), ("GET", LocalStack.instance("report"), nil),
                (
                    "PATCH", LocalStack.instance("report"),
                    #"{"properties":{"parameters":[{"name":"word","value":"x"}]}}"# as String?
                ),
            ] {
                let answer = try await stack.call(method, target, body: body, token: token)
                LocalStack.expectEnvelope(answer, 503, "AuditUnavailable", "\(method)")
                #expect(answer.header("retry-after") == "5")
                #expect(answer.header("x-sallyport-audit-index") == nil)
            }
            #expect(await stack.received() == 1)
            let readiness = try await stack.management("/readyz")
            #expect(readiness.status == 503)
            #expect(readiness.text.contains("audit"))

            disk.free()
            #expect(try await LocalStack.eventually { try await stack.management("/readyz").status == 200 })
            let again = try await stack.call(
                "POST", LocalStack.vm("web-04"), body: LocalStack.helloBody(), token: token)
            #expect(again.status == 202, "\(again.text)")
        }
    }
}
