import Foundation
package import Redaction

extension Command {
    /// The values that passed through in this request and must not come back: password, protected values, queries
    /// (without their `?`, which a message may leave out) and the signatures in them.
    package var secrets: [Secret] {
        var found: [Secret] = []
        if case .known(let secret?) = self.runAsPassword { found.append(secret) }
        for parameter in self.protectedParameters.value ?? [] { found.append(parameter.value) }
        func add(_ address: WebAddress?) {
            guard case .known(let query?)? = address?.query else { return }
            query.withValue { found.append(contentsOf: Self.secrets(inQuery: $0)) }
        }
        add(self.outputBlob.value ?? nil)
        add(self.errorBlob.value ?? nil)
        add(self.fetchedFrom)
        if case .known(.address(let address, _)?) = self.source { add(address) }
        return found
    }

    /// The whole query, and the value of `sig` as written and without percent-escapes.
    private static func secrets(inQuery query: String) -> [Secret] {
        let items = query.utf8.drop { $0 == UInt8(ascii: "?") || $0 == UInt8(ascii: "#") }
        var found = [Secret(String(Substring(items)))]
        for item in items.split(separator: UInt8(ascii: "&"))
        where item.prefix(4).map(ASCIICase.lower) == Array("sig=".utf8) {
            let signature = String(Substring(item.dropFirst(4)))
            found.append(Secret(signature))
            if let plain = signature.removingPercentEncoding, plain != signature { found.append(Secret(plain)) }
        }
        return found
    }
}
