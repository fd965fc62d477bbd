import Crypto
import Foundation

/// Makes and checks the polling URLs: absolute, on the host that the caller used, and signed like ARM's recent ones
/// (`?p=GUID[&monitor=true]&api-version=V&t=…&c=…&s=…&h=…`, about 3 KB), or short like those recorded in 2020.
struct OperationLinks: Sendable {
    static let location = "eastus"

    private let key = SymmetricKey(size: .bits256)
    /// Stands for the certificate that ARM puts into its links; nil makes short ones.
    private let certificate: String?

    init(isSigned: Bool) {
        guard isSigned else {
            self.certificate = nil
            return
        }
        var generator = SystemRandomNumberGenerator()
        let bytes = (0..<1_950).map { _ in UInt8.random(in: 0...255, using: &generator) }
        self.certificate = Base64URL.text(bytes)
    }

    func url(_ operation: Operation, base: String, isMonitor: Bool) -> String {
        let path =
            "\(base)/subscriptions/\(operation.subscription)/providers/Microsoft.Compute/locations/\(Self.location)"
            + "/operations/\(operation.id)"
        let monitor = isMonitor ? "monitor=true&" : ""
        guard let certificate else { return "\(path)?\(monitor)api-version=\(operation.apiVersion)" }
        let ticks = String(Int(operation.startTime.timeIntervalSince1970 * 10_000_000) + 621_355_968_000_000_000)
        let (s, h) = self.signatures(operation, ticks: ticks, isMonitor: isMonitor)
        return "\(path)?p=\(operation.partition)&\(monitor)api-version=\(operation.apiVersion)"
            + "&t=\(ticks)&c=\(certificate)&s=\(s)&h=\(h)"
    }

    /// Whether the query of a poll is one that was handed out: a bare one passes, a signed one only unchanged.
    func accepts(_ target: RequestTarget, _ operation: Operation) -> Bool {
        guard let h = target.query("h") else { return target.query("c") == nil && target.query("s") == nil }
        let ticks = target.query("t") ?? ""
        let expected = self.signatures(operation, ticks: ticks, isMonitor: target.query("monitor") != nil)
        return h == expected.h && target.query("s") == expected.s && target.query("c") == self.certificate
            && target.query("p") == operation.partition && target.query("api-version") == operation.apiVersion
    }

    private func signatures(_ operation: Operation, ticks: String, isMonitor: Bool) -> (s: String, h: String) {
        let text = "\(operation.id)|\(operation.partition)|\(operation.apiVersion)|\(ticks)|\(isMonitor)"
        let h = HMAC<SHA256>.authenticationCode(for: Data(text.utf8), using: self.key)
        // As long as an RSA signature of 2048 bits is in ARM's links.
        var s: [UInt8] = []
        for part in 0..<8 {
            s += HMAC<SHA256>.authenticationCode(for: Data("\(part)|\(text)".utf8), using: self.key)
        }
        return (Base64URL.text(s), Base64URL.text(Array(h)))
    }
}
