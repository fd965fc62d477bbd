import Foundation
import GatewayTelemetry
import Testing

@Suite("Where log lines go")
struct LogLineSinkTests {
    @Test func linesOfThreadsAreNotMixed() async throws {
        let pipe = Pipe()
        let sink = LogLineSink.descriptor(pipe.fileHandleForWriting.fileDescriptor)
        // Longer than what a pipe takes in one piece, so that only the lock keeps them whole; the reader runs beside.
        let letters = Array("abcd".utf8)
        async let received = Self.readToEnd(pipe.fileHandleForReading)
        await withTaskGroup(of: Void.self) { group in
            for letter in letters {
                group.addTask {
                    for _ in 0..<5 { sink.write([UInt8](repeating: letter, count: 20_000) + [UInt8(ascii: "\n")]) }
                }
            }
        }
        try pipe.fileHandleForWriting.close()
        let lines = try await received.split(separator: UInt8(ascii: "\n"))
        #expect(lines.count == 20)
        for line in lines { #expect(line.count == 20_000 && Set(line).count == 1) }
    }

    @Test func aFullFileStopsNobodyAndTearsNoLaterLine() throws {
        let pipe = Pipe()
        let writing = pipe.fileHandleForWriting.fileDescriptor
        #expect(fcntl(writing, F_SETFL, O_NONBLOCK) == 0)
        let sink = LogLineSink.descriptor(writing)
        let feed = UInt8(ascii: "\n")
        // A pipe holds 64 KiB; this line breaks off, and the next does not fit at all.
        sink.write([UInt8](repeating: UInt8(ascii: "x"), count: 1_000_000) + [feed])
        sink.write(Array("lost\n".utf8))
        let first = pipe.fileHandleForReading.availableData
        #expect(first.count < 1_000_000 && !first.contains(feed))
        sink.write(Array("whole\n".utf8))
        sink.write(Array("next\n".utf8))
        try pipe.fileHandleForWriting.close()
        let rest = String(decoding: try Self.readToEndNow(pipe.fileHandleForReading), as: UTF8.self)
        #expect(rest.drop { $0 == "x" } == "\nwhole\nnext\n")
    }

    @Test func anUnwritableFileStopsNobody() throws {
        let pipe = Pipe()
        // The reading end: every write fails.
        LogLineSink.descriptor(pipe.fileHandleForReading.fileDescriptor).write(Array("nowhere\n".utf8))
        try pipe.fileHandleForWriting.close()
        #expect(try Self.readToEndNow(pipe.fileHandleForReading).isEmpty)
    }

    private static func readToEnd(_ handle: FileHandle) async throws -> Data {
        try await withCheckedThrowingContinuation { continuation in
            // A thread of its own: the read blocks.
            Thread.detachNewThread { continuation.resume(with: Result { try Self.readToEndNow(handle) }) }
        }
    }

    private static func readToEndNow(_ handle: FileHandle) throws -> Data { try handle.readToEnd() ?? Data() }
}
