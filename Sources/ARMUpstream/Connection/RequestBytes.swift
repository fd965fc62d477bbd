import NIOCore

extension UpstreamRequest {
    /// The whole request as it stands on the wire, head and body, to leave in as few TLS records as it can.
    ///
    /// Only of one that ``isWellFormed``: nothing is looked at again here.
    func bytes(authority: String, allocator: ByteBufferAllocator) -> ByteBuffer {
        // Room for everything; for the token too, as long as they usually are.
        var size = target.utf8.count + authority.utf8.count + 2048
        for (name, value) in headers { size += name.utf8.count + value.utf8.count + 4 }
        var head: [UInt8] = []
        head.reserveCapacity(size)
        head.append(method)
        head.append(0x20)
        head.append(target)
        head.append(" HTTP/1.1\r\n")
        head.appendField("host", authority)
        token?.withHeaderValue { head.appendField("authorization", $0) }
        for (name, value) in headers { head.appendField(name, value) }
        head.appendField("accept-encoding", "identity")
        if let body { head.appendField("content-length", String(body.count)) }
        head.append("\r\n")
        var bytes = allocator.buffer(capacity: head.count + (body?.count ?? 0))
        bytes.writeBytes(head)
        if let body { bytes.writeBytes(body) }
        return bytes
    }
}

extension [UInt8] {
    /// In one piece where the text is stored so, as nearly all are.
    fileprivate mutating func append(_ text: String) {
        let isDone: Void? = text.utf8.withContiguousStorageIfAvailable { append(contentsOf: $0) }
        if isDone == nil { append(contentsOf: text.utf8) }
    }

    fileprivate mutating func appendField(_ name: String, _ value: String) {
        append(name)
        append(0x3a)
        append(0x20)
        append(value)
        append(0x0d)
        append(0x0a)
    }
}
