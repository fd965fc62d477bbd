package import Foundation

/// What a request for a token came to, for the log and the metrics: while an old token is valid, a failure shows
/// nowhere else.
package enum TokenEvent: Sendable, Hashable {
    case issued(expiresAt: Date)
    case failed(CredentialError)

    init(_ result: Result<IssuedToken, CredentialError>) {
        switch result {
        case .success(let token): self = .issued(expiresAt: token.expiresAt)
        case .failure(let error): self = .failed(error)
        }
    }
}
