import Foundation
import GatewayTestSupport
import Logging
import NIOCore
import NIOSSL
import Testing

@testable import GatewayListener

@Suite("The server certificate", .timeLimit(.minutes(1)))
struct CertificateReloadTests {
    static func serial(_ connection: RawConnection) async throws -> [UInt8]? {
        try await connection.channel.nioSSL_peerCertificate().get().map { Array($0.serialNumber) }
    }

    static func get(_ connection: RawConnection) async throws -> Int {
        try await connection.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        return try await connection.answer().status
    }

    @Test("that is new is shown in new handshakes, and open connections survive; a bad one is not taken over")
    func reload() async throws {
        try await RunningListener.with { server in
            try await RawConnection.with(server) { open in
                #expect(try await Self.get(open) == 200)
                let first = try await Self.serial(open)
                let next = try server.authority.issueServer(notValidAfter: Date(timeIntervalSinceNow: 7200))
                try next.write(to: server.directory.url)
                server.listener.reloadCertificate()
                #expect(abs(server.listener.certificateNotAfter.timeIntervalSinceNow - 7200) < 120)
                try await RawConnection.with(server) { fresh in
                    #expect(try await Self.get(fresh) == 200)
                    let second = try await Self.serial(fresh)
                    #expect(second == next.serialNumber)
                    #expect(second != first)
                }
                #expect(try await Self.get(open) == 200)

                let other = try server.authority.issueServer()
                let unfit = try other.certificatePEM
                for bad in ["nonsense", "", unfit] {
                    // The last of them is sound by itself, but the key in the other file is not its own.
                    try server.directory.write(bad, as: "tls.crt")
                    server.listener.reloadCertificate()
                    let (status, serial) = try await RawConnection.with(server) { fresh in
                        (try await Self.get(fresh), try await Self.serial(fresh))
                    }
                    #expect(status == 200)
                    #expect(serial == next.serialNumber)
                }
                try FileManager.default.removeItem(atPath: server.directory.path("tls.key"))
                server.listener.reloadCertificate()
                #expect(try await Self.get(open) == 200)
            }
        }
    }

    @Test("is shown over TLS 1.2 and 1.3, and over nothing older", arguments: [TLSVersion.tlsv11, .tlsv12, .tlsv13])
    func versions(_ version: TLSVersion) async throws {
        try await RunningListener.with { server in
            let attempt = Task {
                try await RawConnection.with(server, protocols: ["http/1.1"], highestTLS: version) { connection in
                    let status = try await Self.get(connection)
                    return (status, try await connection.channel.nioSSL_tlsVersion().get())
                }
            }
            if version == .tlsv11 {
                await #expect(throws: (any Error).self) { _ = try await attempt.value }
            } else {
                let (status, used) = try await attempt.value
                #expect(status == 200)
                #expect(used == version)
            }
        }
    }

    @Test("is looked at again and again")
    func watching() async throws {
        let authority = try TestAuthority()
        let directory = try TestDirectory()
        let files = try authority.issueServer().write(to: directory.url)
        let credentials = try ServerCredentials(
            files: TLSFiles(certificateChain: files.certificate, privateKey: files.privateKey),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        let before = credentials.notAfter
        let watching = Task { await credentials.watch(every: .milliseconds(10)) }
        try authority.issueServer(notValidAfter: before + 3600).write(to: directory.url)
        while credentials.notAfter == before { try await Task.sleep(for: .milliseconds(5)) }
        watching.cancel()
        await watching.value
    }

    @Test("that is missing or unusable keeps the listener from starting")
    func start() throws {
        let directory = try TestDirectory()
        let authority = try TestAuthority()
        let good = try authority.issueServer().write(to: directory.url, name: "good")
        let other = try authority.issueServer().write(to: directory.url, name: "other")
        let nonsense = try directory.write("nonsense", as: "nonsense.pem")
        let gone = directory.path("gone.pem")
        let cases: [(TLSFiles, ListenerError)] = [
            (TLSFiles(certificateChain: gone, privateKey: good.privateKey), .unreadableFile(gone)),
            (TLSFiles(certificateChain: nonsense, privateKey: good.privateKey), .notACertificate(nonsense)),
            (TLSFiles(certificateChain: good.certificate, privateKey: nonsense), .notAPrivateKey(nonsense)),
            (
                TLSFiles(certificateChain: good.certificate, privateKey: other.privateKey),
                .unusablePair(certificate: good.certificate, key: other.privateKey)
            ),
            (
                TLSFiles(
                    certificateChain: good.certificate, privateKey: good.privateKey, clientCertificates: .optional),
                .clientTrustRootsMissing
            ),
            (
                TLSFiles(
                    certificateChain: good.certificate, privateKey: good.privateKey, clientCertificates: .required,
                    clientTrustRoots: nonsense), .notACertificate(nonsense)
            ),
        ]
        for (files, error) in cases {
            #expect(throws: error) {
                _ = try Listener(
                    configuration: ListenerConfiguration(host: "127.0.0.1", port: 0, tls: files),
                    handler: ScriptedHandler(), logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
            }
        }
    }
}
