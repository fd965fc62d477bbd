import NIOCore
import Testing

@testable import GatewayListener

@Suite("Receiving a body")
struct BodyReceptionTests {
    enum Step: Sendable { case bytes(Int), end, fail(BodyError) }

    @Test(
        "ends in exactly one of body and failure",
        arguments: [
            (nil, [.bytes(4), .bytes(6), .end], .success(10)), (nil, [.end], .success(0)),
            (nil, [.bytes(4), .bytes(7), .end], .failure(.tooLarge)), (11, [.end], .failure(.tooLarge)),
            (10, [.bytes(10)], nil), (nil, [.bytes(1), .fail(.timedOut), .end], .failure(.timedOut)),
            (nil, [.bytes(1), .end, .fail(.disconnected)], .success(1)),
        ] as [(Int?, [Step], Result<Int, BodyError>?)])
    func outcome(_ declared: Int?, _ steps: [Step], _ expected: Result<Int, BodyError>?) {
        var reception = BodyReception(limit: 10, declaredLength: declared)
        for step in steps {
            switch step {
            case .bytes(let count): reception.received(ByteBuffer(repeating: 0x61, count: count))
            case .end: reception.ended()
            case .fail(let error): reception.failed(error)
            }
        }
        #expect(reception.result?.map(\.readableBytes) == expected)
    }
}
