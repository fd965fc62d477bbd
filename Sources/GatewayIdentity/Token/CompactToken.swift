import Redaction
import StrictJSON

/// A compact JWS (RFC 7515 §7.1) taken apart, and not verified: nothing in it may be believed yet.
struct CompactToken {
    /// The header's `alg`: one of ours, or the token has already been refused.
    let algorithm: SigningAlgorithm
    /// The header's `kid`.
    let keyID: String
    /// The claims as the token states them.
    let claims: JSONNode
    let signature: [UInt8]
    /// The bytes under the signature: header and claims as they arrived.
    let signed: ArraySlice<UInt8>

    static let maximumBytes = 16_384
    private static let limits = JSONLimits(bytes: maximumBytes, depth: 8, members: 1_024, stringBytes: maximumBytes)

    init(_ token: [UInt8]) throws(AuthenticationFailure) {
        guard token.count <= Self.maximumBytes else { throw .tooLarge }
        let parts = token.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 3, !parts[0].isEmpty, !parts[1].isEmpty else { throw .malformed }
        let header = try Self.json(parts[0])

        guard header["crit"] == nil, header["b64"] == nil, header["zip"] == nil, header["enc"] == nil else {
            throw .criticalHeader
        }
        if let type = header["typ"] {
            // Entra writes JWT; RFC 9068 says at+jwt. Other types (logout, DPoP, …) are not access tokens.
            guard let name = type.string?.lowercased(),
                ["jwt", "at+jwt", "application/jwt", "application/at+jwt"].contains(name)
            else { throw .malformed }
        }
        guard let name = header["alg"]?.string else { throw .malformed }
        guard let algorithm = SigningAlgorithm(rawValue: name) else { throw .unsupportedAlgorithm }
        guard let keyID = header["kid"] else { throw .unknownKey }
        guard let keyID = keyID.string else { throw .malformed }
        guard let signature = Base64URL.decode(parts[2]) else { throw .malformed }
        guard !signature.isEmpty else { throw .badSignature }

        self.algorithm = algorithm
        self.keyID = keyID
        self.claims = try Self.json(parts[1])
        self.signature = signature
        self.signed = token[parts[0].startIndex..<parts[1].endIndex]
    }

    /// An object whose names are all different: of two `exp`, one reader takes the first and another the last.
    private static func json(_ part: ArraySlice<UInt8>) throws(AuthenticationFailure) -> JSONNode {
        guard let bytes = Base64URL.decode(part) else { throw .malformed }
        let node: JSONNode
        do throws(JSONError) {
            node = try JSONReader.read(bytes, limits: self.limits, names: .refuseIdentical)
        } catch {
            throw .malformed
        }
        guard node.members != nil else { throw .malformed }
        return node
    }
}
