/// An answer before it is written: status, headers in order, body.
struct Answer: Sendable {
    var status: Int
    var headers: [ARMFailure.Header] = []
    var body: [UInt8] = []

    init(status: Int) { self.status = status }

    init(status: Int, json: SimulatorJSON) {
        self.status = status
        self.body = json.bytes
        self.headers = [.init(name: "Content-Type", value: "application/json; charset=utf-8")]
    }

    init(_ failure: ARMFailure) {
        self.init(status: failure.status, json: failure.envelope)
        if failure.byGateway { self.headers.append(.init(name: "x-ms-failure-cause", value: "gateway")) }
        self.headers += failure.headers
    }

    /// Sets a header over every one of its name.
    mutating func set(_ name: String, _ value: String) {
        self.remove(name)
        self.headers.append(.init(name: name, value: value))
    }

    mutating func remove(_ name: String) {
        self.headers.removeAll { $0.name.lowercased() == name.lowercased() }
    }

    func header(_ name: String) -> String? {
        self.headers.first { $0.name.lowercased() == name.lowercased() }?.value
    }
}
