import GatewayIdentity
import GatewayTestSupport
import Logging
import PolicyCore
import Redaction
import Synchronization

/// The values that good tokens of these tests have.
enum Expected {
    static let now: Int64 = 1_800_000_000
    static let issuer = "https://sts.example/tenant-1/"
    static let tenant = "11111111-0000-0000-0000-000000000001"
    static let audience = "https://management.azure.com/"
    static let person = "22222222-0000-0000-0000-000000000002"
    static let application = "33333333-0000-0000-0000-000000000003"
    static let client = "44444444-0000-0000-0000-000000000004"

    static let header = RawObject([("typ", "\"JWT\""), ("alg", "\"RS256\""), ("kid", "\"one\"")])

    /// As Entra writes a person's token, version 1.0.
    static let personClaims = RawObject([
        ("aud", "\"\(audience)\""), ("iss", "\"\(issuer)\""), ("iat", "\(now - 300)"), ("nbf", "\(now - 300)"),
        ("exp", "\(now + 3_600)"), ("appid", "\"\(client)\""), ("idtyp", "\"user\""), ("name", "\"Ada Ayo\""),
        ("oid", "\"\(person)\""), ("scp", "\"user_impersonation\""), ("sub", "\"pairwise\""),
        ("tid", "\"\(tenant)\""), ("uti", "\"token-1\""), ("ver", "\"1.0\""),
    ])

    /// As Entra writes a token that an application got for itself.
    static let applicationClaims = RawObject([
        ("aud", "\"\(audience)\""), ("iss", "\"\(issuer)\""), ("iat", "\(now - 300)"), ("nbf", "\(now - 300)"),
        ("exp", "\(now + 3_600)"), ("appid", "\"\(client)\""), ("idtyp", "\"app\""),
        ("oid", "\"\(application)\""), ("sub", "\"\(application)\""), ("tid", "\"\(tenant)\""),
    ])
}

/// A clock that a test moves.
final class TestClock: Sendable {
    private let time = Mutex(Duration.seconds(1_000))
    var read: @Sendable () -> Duration { { self.time.withLock { $0 } } }
    func advance(_ step: Duration) { self.time.withLock { $0 += step } }
}

/// A verifier whose keys stand in a file.
struct FileFixture {
    let directory: TestDirectory
    let verifier: BearerTokenVerifier
    let clock = TestClock()

    init(
        keys: String, algorithms: [SigningAlgorithm] = [], requiredScopes: [String] = [],
        audiences: [String] = [Expected.audience, "https://management.azure.com"], clockSkew: Int64 = 60,
        cacheCapacity: Int = 64
    ) throws {
        self.directory = try TestDirectory()
        let path = try self.directory.write(keys, as: "keys.json")
        let configuration = TokenIssuerConfiguration(
            issuer: Expected.issuer, tenant: Expected.tenant, audiences: audiences, keySet: .file(path: path),
            algorithms: algorithms, requiredScopes: requiredScopes)
        self.verifier = try BearerTokenVerifier(
            issuers: [configuration], clockSkewSeconds: clockSkew, cacheCapacity: cacheCapacity, logger: quietLogger,
            monotonic: self.clock.read)
    }

    func write(keys: String) throws { try self.directory.write(keys, as: "keys.json") }

    func outcome(_ token: String, at now: Int64 = Expected.now) async -> Result<Principal, AuthenticationFailure> {
        await self.verifier.outcome(token, at: now)
    }

    func failure(_ token: String, at now: Int64 = Expected.now) async -> AuthenticationFailure? {
        await self.verifier.failure(token, at: now)
    }
}

extension BearerTokenVerifier {
    func outcome(_ token: String, at now: Int64 = Expected.now) async -> Result<Principal, AuthenticationFailure> {
        do throws(AuthenticationFailure) {
            return .success(try await self.principal(of: Secret(token), at: now))
        } catch {
            return .failure(error)
        }
    }

    func failure(_ token: String, at now: Int64 = Expected.now) async -> AuthenticationFailure? {
        if case .failure(let failure) = await self.outcome(token, at: now) { return failure }
        return nil
    }
}

let quietLogger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
