import HTTPMessages
import Testing

@Suite struct MessageWriterTests {
    private let reserved = FieldNames(["host"])

    private func written(room: Int, _ write: (inout MessageWriter) -> Void) -> String? {
        // One byte more, to see that it stays as it was.
        var bytes = [UInt8](repeating: 0x2a, count: room + 1)
        let count: Int? = bytes.withUnsafeMutableBytes { all in
            var writer = MessageWriter(UnsafeMutableRawBufferPointer(rebasing: all[..<room]))
            write(&writer)
            return writer.isWhole ? writer.count : nil
        }
        #expect(bytes[room] == 0x2a)
        return count.map { String(decoding: bytes[..<$0], as: UTF8.self) }
    }

    @Test func writesWhatItIsGiven() {
        let fields = [("a", "1"), ("x-long", String(repeating: "v", count: 300)), ("e", "")]
        let text = written(room: 2_000) { message in
            message.append(fields, without: reserved)
            message.appendField("content-length", 1_234_567_890)
            message.appendField("zero", 0)
            message.appendLineEnd()
            message.append(Array("body".utf8))
        }
        let long = String(repeating: "v", count: 300)
        #expect(text == "a: 1\r\nx-long: \(long)\r\ne: \r\ncontent-length: 1234567890\r\nzero: 0\r\n\r\nbody")
    }

    /// Room for one byte less than all of it is not enough, wherever it ends.
    @Test func neverWritesPastItsRoom() {
        let fields = [("name", "value"), ("other", "x")]
        let needed = MessageWriter.room(for: fields) + 5
        for room in 0...needed {
            let text = written(room: room) { message in
                message.append(fields, without: reserved)
                message.append(12)
                message.append("a")
                message.append([0x62, 0x63])
            }
            #expect((text == "name: value\r\nother: x\r\n12abc") == (room == needed), "\(room)")
            if room < needed { #expect(text == nil) }
        }
    }

    @Test(arguments: [("x", "a\r\nb: c"), ("x y", "a"), ("", "a"), ("Host", "elsewhere"), ("x", "\u{0}")])
    func isNotWholeWithAFieldThatCannotStandThere(_ name: String, _ value: String) {
        let text = written(room: 100) { $0.append([("good", "1"), (name, value)], without: reserved) }
        #expect(text == nil)
    }
}
