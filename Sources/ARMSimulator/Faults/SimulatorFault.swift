/// A misbehaviour to show on requests that match, a number of times.
package struct SimulatorFault: Sendable {
    /// What goes wrong.
    package enum Kind: Sendable, Equatable {
        /// An error of this status; 429 in the form Compute gives it.
        case status(Int)
        /// No answer until the caller leaves.
        case hang
        /// The connection closes without an answer.
        case cut
        /// The connection closes after so many bytes of the body; the head announces all of it.
        case cutAfterBytes(Int)
        /// The answer comes this much later, in milliseconds.
        case slow(Int)
        /// `Location` and `Azure-AsyncOperation` name another host.
        case foreignLocation
        /// Neither link is there.
        case noLinks
        /// 307 to another host.
        case redirect
        /// A success whose body is no JSON.
        case garbage
        /// A success with a body of so many bytes.
        case oversize(Int)
        /// The right answer, `Connection: close`, and the connection closes.
        case close
        /// The right answer, after which the connection closes unannounced.
        case closeUnannounced
    }

    /// HTTP method, or nil for any.
    package var method: String?
    /// A part of path and query, compared without case; nil for any.
    package var pathContains: String?
    /// What goes wrong.
    package var kind: Kind
    /// How often; then it is gone.
    package var times: Int
    /// Seconds for a `Retry-After` of the answer; nil: none.
    package var retryAfter: Int?
    /// Whether the command is taken (and runs) before the fault shows. Kinds that alter an answer always take it.
    package var isTaken: Bool

    /// By default one time, on any request, before anything was done about it.
    package init(
        _ kind: Kind, method: String? = nil, pathContains: String? = nil, times: Int = 1, retryAfter: Int? = nil,
        isTaken: Bool = false
    ) {
        self.kind = kind
        self.method = method
        self.pathContains = pathContains
        self.times = times
        self.retryAfter = retryAfter
        self.isTaken = isTaken
    }

    func matches(method: String, target: String) -> Bool {
        (self.method.map { $0.uppercased() == method } ?? true)
            && (self.pathContains.map { target.lowercased().contains($0.lowercased()) } ?? true)
    }
}

extension SimulatorFault {
    /// The fault that the body of `POST /simulator/faults` describes; throws a 400 that says what is wrong.
    init(json: SimulatorJSON) throws {
        let name = json["kind"]?.string ?? json["kind"]?.int.map(String.init) ?? ""
        let number = json["bytes"]?.int
        let kind: Kind
        switch name {
        case "hang": kind = .hang
        case "cut": kind = .cut
        case "cutAfter": kind = .cut
        case "cutAfterBytes": kind = .cutAfterBytes(number ?? 0)
        case "slow": kind = .slow(json["milliseconds"]?.int ?? (json["seconds"]?.int ?? 1) * 1_000)
        case "foreignLocation": kind = .foreignLocation
        case "noLinks": kind = .noLinks
        case "redirect": kind = .redirect
        case "garbage": kind = .garbage
        case "oversize": kind = .oversize(number ?? 9_000_000)
        case "close": kind = .close
        case "closeUnannounced": kind = .closeUnannounced
        default:
            guard let status = Int(name), (400...599).contains(status) else {
                throw ARMFailure(400, "InvalidFault", "There is no fault of kind '\(name)'.", target: "kind")
            }
            kind = .status(status)
        }
        self.init(
            kind, method: json["match"]?["method"]?.string, pathContains: json["match"]?["pathContains"]?.string,
            times: json["times"]?.int ?? 1, retryAfter: json["retryAfter"]?.int,
            isTaken: json["taken"]?.bool ?? (name == "cutAfter"))
    }
}
