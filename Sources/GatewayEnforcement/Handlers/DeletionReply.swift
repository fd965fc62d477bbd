import ARMModel

/// What ARM's answer to a deletion means.
enum DeletionReply: Sendable {
    /// It is gone, or was not there.
    case finished
    /// It is being deleted; at least one link to follow.
    case accepted(status: ARMLink?, result: ARMLink?)
    /// An error of ARM's, relayed as it is.
    case refused
    /// ARM refused the credential.
    case unauthorized
    /// A bounded phrase: why the answer cannot be used.
    case unknown(String)

    init(_ reply: UpstreamReply, subscription: String, links: PollingLinks) {
        switch reply.status {
        case 204: self = .finished
        case 200, 202:
            guard let found = AnswerLinks(reply, subscription: subscription, authority: links.endpointAuthority) else {
                self = .unknown("foreign link")
                return
            }
            if !found.isEmpty {
                self = .accepted(status: found.status, result: found.result)
            } else {
                self = reply.status == 200 ? .finished : .unknown("missing link")
            }
        case 401: self = .unauthorized
        case 400...599: self = .refused
        default: self = .unknown("status \(reply.status)")
        }
    }
}
