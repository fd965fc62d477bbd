package import ARMModel
package import NIOCore
import NIOPosix
import NIOSSL

/// Fetches the script behind an address, so that its text can be judged and forwarded in place of the address.
///
/// A fetch is one GET on one connection that nobody shares. The host is resolved once, all its addresses must be
/// public, and the connection goes to one of those very addresses, so that a name that changes its mind gains nothing.
/// It takes no proxy from the environment. The cancellation of the calling task does not cut a fetch short; the
/// deadline does.
package struct ScriptFetcher: Sendable {
    /// Addresses of one host that are tried; each gets its share of the time that is left.
    private static let maximumAttempts = 4

    private let configuration: ScriptFetcherConfiguration
    private let group: any EventLoopGroup
    private let connector: FetchConnector
    private let slots: FetchSlots

    /// - Throws: an error of NIOSSL, or of an empty list, for trust roots that cannot be used.
    package init(
        configuration: ScriptFetcherConfiguration = ScriptFetcherConfiguration(),
        eventLoopGroup: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton
    ) throws {
        self.configuration = configuration
        self.group = eventLoopGroup
        self.connector = FetchConnector(
            tls: try configuration.trustRoots.makeTLSContext(), group: eventLoopGroup,
            port: configuration.connectsToPort)
        self.slots = FetchSlots(maximum: configuration.maximumFetches)
    }

    /// - Parameters:
    ///   - hosts: the hosts allowed, each compared whole and without ASCII case; none allows nothing.
    ///   - maximumBytes: the longest body that is taken, in bytes.
    package func fetch(_ address: WebAddress, hosts: [String], maximumBytes: Int) async -> FetchResult {
        do throws(FetchRefusal) {
            let target = try FetchTarget(address, hosts: hosts, configuration: self.configuration)
            guard maximumBytes > 0 else { throw FetchRefusal(.tooLarge) }
            try self.slots.enter()
            defer { self.slots.leave() }
            let deadline = NIODeadline.now() + self.configuration.deadline
            let addresses = try await self.checkedAddresses(of: target.host, deadline: deadline)
            let body = try await self.body(
                of: target, at: addresses, maximumBytes: maximumBytes, deadline: deadline)
            return .script(try FetchedScript.read(body))
        } catch {
            return .refused(error)
        }
    }

    /// Refuses new fetches from now on, and returns when those under way have ended: no later than their deadline.
    package func shutdown() async { await self.slots.stop() }

    /// The addresses of the host, all of them public and at least one.
    private func checkedAddresses(
        of host: FetchTarget.Host, deadline: NIODeadline
    ) async throws(FetchRefusal) -> [IPAddress] {
        let addresses: [IPAddress]
        switch host {
        case .literal(let address): addresses = [address]
        case .name(let name): addresses = try await self.resolve(name, deadline: deadline).get()
        }
        guard !addresses.isEmpty else { throw FetchRefusal(.nameNotResolved) }
        for address in addresses {
            let addressClass = PublicAddress.addressClass(of: address)
            if addressClass == .loopback, self.configuration.allowsLoopback { continue }
            // One bad answer spoils the rest: a host that owns both kinds is not the one that the policy meant.
            guard addressClass == .public else { throw FetchRefusal(.addressNotPublic, addressClass: addressClass) }
        }
        return addresses
    }

    /// A resolver cannot be called off, so the deadline is another answer to the same question.
    private func resolve(_ name: String, deadline: NIODeadline) async -> Result<[IPAddress], FetchRefusal> {
        let resolver = self.configuration.resolver
        let loop = self.group.next()
        return await withCheckedContinuation { continuation in
            let answer = FirstAnswer(continuation)
            let timer = loop.scheduleTask(deadline: deadline) { answer.give(.failure(FetchRefusal(.timedOut))) }
            Task {
                do {
                    answer.give(.success(try await resolver.addresses(of: name)))
                } catch SystemHostResolver.Failure.tooManyLookUps {
                    answer.give(.failure(FetchRefusal(.busy)))
                } catch {
                    answer.give(.failure(FetchRefusal(.nameNotResolved)))
                }
                timer.cancel()
            }
        }
    }

    /// The body from the first address that takes a connection. Once one has, its answer counts: nothing is asked twice.
    private func body(
        of target: FetchTarget, at addresses: [IPAddress], maximumBytes: Int, deadline: NIODeadline
    ) async throws(FetchRefusal) -> [UInt8] {
        var attemptsLeft = min(addresses.count, Self.maximumAttempts)
        var last = FetchRefusal(.connectFailed)
        for address in addresses.prefix(attemptsLeft) {
            let left = deadline - .now()
            guard left > .zero else { throw FetchRefusal(.timedOut) }
            let share = TimeAmount.nanoseconds(left.nanoseconds / Int64(attemptsLeft))
            attemptsLeft -= 1
            switch await self.connector.connect(
                to: address, for: target, maximumBytes: maximumBytes, connectTime: share, deadline: deadline)
            {
            case .connected(let answer): return try await answer().get()
            case .failed(let refusal): last = refusal
            }
        }
        throw last
    }
}
