import Foundation
import Logging
import NIOCore
import NIOSSL
import Synchronization

/// The listener's certificate and key, read again when their files change. Each handshake takes what holds at that moment,
/// so that a connection that is open keeps what it was opened with.
final class ServerCredentials: Sendable {
    private struct State: Sendable {
        var context: NIOSSLContext
        var notAfter: Date
        var accepted: FileContents
        var rejected: FileContents?
    }

    private let files: TLSFiles
    private let clientTrust: [NIOSSLCertificate]
    private let logger: Logger
    private let state: Mutex<State>

    init(files: TLSFiles, logger: Logger) throws(ListenerError) {
        self.files = files
        self.logger = logger
        clientTrust = try Self.clientTrust(of: files)
        let read = try Self.read(files)
        let loaded = try Self.load(read, files: files, clientTrust: clientTrust)
        state = Mutex(State(context: loaded.context, notAfter: loaded.notAfter, accepted: read, rejected: nil))
    }

    /// What the next handshake uses.
    var context: NIOSSLContext { state.withLock { $0.context } }

    /// When the certificate in use expires.
    var notAfter: Date { state.withLock { $0.notAfter } }

    /// Looks at the files until the task is cancelled.
    func watch(every interval: Duration) async {
        while !Task.isCancelled {
            do { try await Task.sleep(for: interval) } catch { return }
            reloadIfChanged()
        }
    }

    /// Takes over what the files hold, if it is new and usable; else keeps what is there and says so once.
    func reloadIfChanged() {
        do {
            let read = try Self.read(files)
            guard state.withLock({ $0.accepted != read && $0.rejected != read }) else { return }
            do {
                let loaded = try Self.load(read, files: files, clientTrust: clientTrust)
                state.withLock {
                    $0 = State(
                        context: loaded.context, notAfter: loaded.notAfter, accepted: read, rejected: nil)
                }
                logger.notice("New server certificate in use", metadata: ["notAfter": "\(loaded.notAfter)"])
            } catch {
                state.withLock { $0.rejected = read }
                throw error
            }
        } catch {
            logger.error("Server certificate not taken over, the earlier one stays", metadata: ["reason": "\(error)"])
        }
    }

    // MARK: Reading

    private struct FileContents: Equatable, Sendable {
        var chain: [UInt8]
        var key: [UInt8]
    }

    private static func read(_ files: TLSFiles) throws(ListenerError) -> FileContents {
        FileContents(chain: try bytes(of: files.certificateChain), key: try bytes(of: files.privateKey))
    }

    private static func bytes(of path: String) throws(ListenerError) -> [UInt8] {
        do {
            return Array(try Data(contentsOf: URL(fileURLWithPath: path)))
        } catch {
            throw .unreadableFile(path)
        }
    }

    private static func clientTrust(of files: TLSFiles) throws(ListenerError) -> [NIOSSLCertificate] {
        guard files.clientCertificates != .none else { return [] }
        guard let path = files.clientTrustRoots else { throw .clientTrustRootsMissing }
        let certificates: [NIOSSLCertificate]
        do { certificates = try NIOSSLCertificate.fromPEMBytes(bytes(of: path)) } catch let error as ListenerError {
            throw error
        } catch { throw .notACertificate(path) }
        guard !certificates.isEmpty else { throw .notACertificate(path) }
        return certificates
    }

    private static func load(
        _ contents: FileContents, files: TLSFiles, clientTrust: [NIOSSLCertificate]
    ) throws(ListenerError) -> (context: NIOSSLContext, notAfter: Date) {
        let chain: [NIOSSLCertificate]
        do { chain = try NIOSSLCertificate.fromPEMBytes(contents.chain) } catch {
            throw .notACertificate(files.certificateChain)
        }
        guard let leaf = chain.first else { throw .notACertificate(files.certificateChain) }
        let key: NIOSSLPrivateKey
        do { key = try NIOSSLPrivateKey(bytes: contents.key, format: .pem) } catch {
            throw .notAPrivateKey(files.privateKey)
        }
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(key))
        configuration.minimumTLSVersion = .tlsv12
        configuration.applicationProtocols = ["h2", "http/1.1"]
        configuration.shutdownTimeout = .seconds(2)
        configuration.trustRoots = .certificates(clientTrust)
        configuration.certificateVerification =
            switch files.clientCertificates {
            case .none: .none
            case .optional: .optionalVerification
            case .required: .noHostnameVerification
            }
        do {
            let context = try NIOSSLContext(configuration: configuration)
            return (context, Date(timeIntervalSince1970: TimeInterval(leaf.notValidAfter)))
        } catch { throw .unusablePair(certificate: files.certificateChain, key: files.privateKey) }
    }
}
