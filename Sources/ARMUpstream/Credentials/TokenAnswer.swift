import Foundation

/// A token as it was issued.
struct IssuedToken: Sendable {
    var bearer: BearerToken
    var issuedAt: Date
    var expiresAt: Date
    /// When the issuer advises to ask for the next one, where it does.
    var refreshAt: Date?
}

/// The JSON answer of a token endpoint, Entra's or a managed identity's: times come as numbers or as strings.
struct TokenAnswer: Decodable {
    private var accessToken: String
    private var tokenType: String?
    private var expiresOn: Seconds?
    private var expiresIn: Seconds?
    private var refreshIn: Seconds?

    private enum CodingKeys: String, CodingKey {
        case accessToken = "access_token"
        case tokenType = "token_type"
        case expiresOn = "expires_on"
        case expiresIn = "expires_in"
        case refreshIn = "refresh_in"
    }

    /// A count of seconds: a JSON number, or one in a string.
    private struct Seconds: Decodable {
        var value: Double

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let number = try? container.decode(Double.self) {
                value = number
            } else if let number = Double(try container.decode(String.self)) {
                value = number
            } else {
                throw DecodingError.dataCorruptedError(in: container, debugDescription: "no number")
            }
            guard value.isFinite, value >= 0, value < 1e11 else {
                throw DecodingError.dataCorruptedError(in: container, debugDescription: "out of range")
            }
        }
    }

    /// Reads an answer with status 200.
    ///
    /// `expires_on` (seconds since 1970) wins over `expires_in` (from now); an answer with neither is refused, since
    /// a token of unknown life would be used until ARM complains.
    static func read(_ bytes: [UInt8], now: Date) throws(CredentialError) -> IssuedToken {
        guard let answer = try? JSONDecoder().decode(TokenAnswer.self, from: Data(bytes)),
            answer.tokenType.map({ $0.lowercased() == "bearer" }) ?? true,
            let bearer = BearerToken(answer.accessToken)
        else { throw CredentialError(.malformedAnswer) }
        let expiresAt: Date
        if let on = answer.expiresOn {
            expiresAt = Date(timeIntervalSince1970: on.value)
        } else if let lifetime = answer.expiresIn {
            expiresAt = now + lifetime.value
        } else {
            throw CredentialError(.malformedAnswer)
        }
        guard expiresAt > now else { throw CredentialError(.malformedAnswer) }
        return IssuedToken(
            bearer: bearer, issuedAt: now, expiresAt: expiresAt, refreshAt: answer.refreshIn.map { now + $0.value })
    }

    /// The `error` member of a refusal, if it is a plain code.
    static func errorCode(_ bytes: [UInt8]) -> String? {
        struct Refusal: Decodable { var error: String }
        guard let code = try? JSONDecoder().decode(Refusal.self, from: Data(bytes)).error,
            (1...64).contains(code.utf8.count),
            code.utf8.allSatisfy({ (0x61...0x7a).contains($0) || $0 == UInt8(ascii: "_") })
        else { return nil }
        return code
    }
}
