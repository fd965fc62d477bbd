import Crypto
package import Foundation

/// A request to ARM as it arrived, before anything was done about it.
package struct ReceivedRequest: Sendable {
    /// In upper case.
    package var method: String
    /// Path and query as they came.
    package var target: String
    /// When its last byte had been read.
    package var time: Date
    /// `x-ms-correlation-request-id`.
    package var correlationID: String?
    /// `x-ms-client-request-id`.
    package var clientRequestID: String?
    /// `User-Agent`.
    package var userAgent: String?
    /// `Content-Type`.
    package var contentType: String?
    /// SHA-256 of the `Authorization` header's value, in hexadecimal; nil if there was none. Never the value.
    package var authorizationSHA256: String?
    /// Every header's name in lower case, in the order of arrival.
    package var headerNames: [String]
    /// The bytes as they came.
    package var body: [UInt8]

    init(_ incoming: ARMEndpoint.Incoming) {
        self.method = incoming.method
        self.target = incoming.target.rawPath + (incoming.target.rawQuery.isEmpty ? "" : "?\(incoming.target.rawQuery)")
        self.time = Date()
        self.correlationID = incoming.header("x-ms-correlation-request-id")
        self.clientRequestID = incoming.header("x-ms-client-request-id")
        self.userAgent = incoming.header("user-agent")
        self.contentType = incoming.header("content-type")
        self.authorizationSHA256 = incoming.header("authorization").map { value in
            SHA256.hash(data: Data(value.utf8)).map { byte in
                String(byte >> 4, radix: 16) + String(byte & 15, radix: 16)
            }.joined()
        }
        self.headerNames = incoming.headers.map { $0.name.lowercased() }
        self.body = incoming.body
    }

    /// As a line of the log shows it.
    package var json: SimulatorJSON {
        var members: [SimulatorJSON.Member] = [
            .init("time", .string(Timestamp.text(self.time))), .init("method", .string(self.method)),
            .init("path", .string(self.target)),
        ]
        for (name, value) in [
            ("x-ms-correlation-request-id", self.correlationID), ("x-ms-client-request-id", self.clientRequestID),
            ("user-agent", self.userAgent), ("content-type", self.contentType),
            ("authorizationSHA256", self.authorizationSHA256),
        ] {
            if let value { members.append(.init(name, .string(value))) }
        }
        members.append(.init("headers", .array(self.headerNames.map { .string($0) })))
        members.append(.init("body", .string(String(decoding: self.body, as: UTF8.self))))
        return .object(members)
    }
}
