import ARMModel
import Foundation
import StrictJSON

/// Strict reading and writing beside Foundation's `JSONDecoder` on the same bodies, in turns:
/// `reading-benchmark [ROUNDS]`. It fails if ours, writing included, is not the quicker one.
@main
enum ReadingBenchmark {
    private static let version = APIVersion.newest
    /// What the update is merged with.
    private static let stored = Command.unread
    private static let roundTime = Duration.milliseconds(100)

    static func main() {
        do { try Self.run() } catch {
            print(error)
            exit(1)
        }
    }

    private static func run() throws {
        let rounds = CommandLine.arguments.dropFirst().first.flatMap { Int($0) } ?? 15
        guard rounds > 0 else { throw Failure("the number of rounds is above zero") }
        let action = try Self.measure(
            "action", body: SampleBodies.action, as: DecodedAction.self, rounds: rounds, read: Self.readAction,
            readAndWrite: Self.forwardedAction)
        let update = try Self.measure(
            "update", body: SampleBodies.update, as: DecodedUpdate.self, rounds: rounds, read: Self.readUpdate,
            readAndWrite: Self.forwardedUpdate)
        guard action > 1, update > 1 else { throw Failure("JSONDecoder alone is quicker") }
    }

    struct Failure: Error, CustomStringConvertible {
        let description: String
        init(_ description: String) { self.description = description }
    }

    // MARK: Ours

    private static func readAction(_ bytes: [UInt8]) throws -> Int {
        let body = try ActionBody(JSONReader.read(bytes), version: self.version)
        return body.parameters.count
    }

    private static func forwardedAction(_ bytes: [UInt8]) throws -> [UInt8] {
        ForwardedBody.action(try ActionBody(JSONReader.read(bytes), version: self.version))
    }

    private static func readUpdate(_ bytes: [UInt8]) throws -> Int {
        let update = try ManagedUpdate(JSONReader.read(bytes), version: self.version)
        return update.tags?.count ?? 0
    }

    private static func forwardedUpdate(_ bytes: [UInt8]) throws -> [UInt8] {
        let update = try ManagedUpdate(JSONReader.read(bytes), version: self.version)
        return try ForwardedBody.update(
            update, merged: update.applied(to: self.stored), timeoutSeconds: nil, version: self.version)
    }

    // MARK: Measuring

    /// - Returns: how many times as long `JSONDecoder` takes for reading as ours for reading and writing.
    private static func measure<Body: Codable & Equatable>(
        _ name: String, body: String, as type: Body.Type, rounds: Int, read: @escaping ([UInt8]) throws -> Int,
        readAndWrite: @escaping ([UInt8]) throws -> [UInt8]
    ) throws -> Double {
        let bytes = Array(body.utf8)
        let data = Data(bytes)
        let decoder = JSONDecoder()
        let encoder = JSONEncoder()
        guard try decoder.decode(type, from: Data(readAndWrite(bytes))) == decoder.decode(type, from: data) else {
            throw Failure("what is written is not what was read")
        }
        var contenders = [
            Contender("ours, reading and writing") { try readAndWrite(bytes).count },
            Contender("ours, reading") { try read(bytes) },
            Contender("JSONDecoder") {
                try withExtendedLifetime(decoder.decode(type, from: data)) { MemoryLayout.size(ofValue: $0) }
            },
            Contender("JSONDecoder and JSONEncoder") { try encoder.encode(decoder.decode(type, from: data)).count },
        ]
        for _ in 0..<rounds {
            for index in contenders.indices { try contenders[index].round(of: self.roundTime) }
        }
        print("\(name), \(bytes.count) bytes                median µs      min µs   to ours")
        for contender in contenders {
            print(
                contender.name.padding(toLength: 30, withPad: " ", startingAt: 0)
                    + String(
                        format: "%12.2f%12.2f%10.2f", contender.median, contender.least,
                        contender.median / contenders[0].median))
        }
        print("checksum \(contenders.reduce(0) { $0 &+ $1.checksum })\n")
        return contenders[2].median / contenders[0].median
    }
}
