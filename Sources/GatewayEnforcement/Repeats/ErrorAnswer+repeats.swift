import AuditModel

extension ErrorAnswer {
    /// - Parameter until: when the hold ends, milliseconds since 1970.
    static func outcomeUnknown(_ why: String, requestID: String, until: Int64) -> ErrorAnswer {
        ErrorAnswer(
            status: 409, code: "UpstreamOutcomeUnknown",
            message: "The command was sent and no usable answer came back (\(why)): it may have run. Look at the "
                + "machine, or GET the managed command with $expand=instanceView, before sending it again; the same "
                + "command is held back until \(Timestamp.text(milliseconds: until)) unless it carries the header "
                + "x-sallyport-repeat: \(requestID). On record as request \(requestID).", target: requestID)
    }

    /// - Parameter until: when the hold ends, milliseconds since 1970.
    static func heldBack(by earlier: String, until: Int64) -> ErrorAnswer {
        ErrorAnswer(
            status: 409, code: "UpstreamOutcomeUnknown",
            message: "The same command was sent before, and nobody knows whether it ran: it is on record as request "
                + "\(earlier). Nothing was sent a second time. The hold ends at "
                + "\(Timestamp.text(milliseconds: until)). If you have looked at the machine and want it "
                + "sent again, add the header x-sallyport-repeat: \(earlier).", target: earlier)
    }

    static func alreadyInProgress(_ earlier: String) -> ErrorAnswer {
        ErrorAnswer(
            status: 409, code: "RequestAlreadyInProgress",
            message: "The same request was received before and has no answer yet; it is on record as request "
                + "\(earlier). Nothing was sent a second time.", target: earlier)
    }

    /// - Parameter status: of the first answer, where it is still known.
    static func alreadyAnswered(_ earlier: String, status: Int?) -> ErrorAnswer {
        let how = status.map { " with status \($0)" } ?? ""
        return ErrorAnswer(
            status: 409, code: "RequestAlreadyAnswered",
            message:
                "The same request was answered before\(how), and that answer is not kept; it is on record as request "
                + "\(earlier). Nothing was sent a second time; a GET shows what there is now.", target: earlier)
    }

    /// Its outcome was unknown, and then a read showed it.
    static func alreadyEnded(_ earlier: String) -> ErrorAnswer {
        ErrorAnswer(
            status: 409, code: "RequestAlreadyAnswered",
            message: "The same request was sent before, and how it ended is on record as the outcome of request "
                + "\(earlier). Nothing was sent a second time; a GET shows what there is now.", target: earlier)
    }

    static let tooManyCommands = ErrorAnswer(
        status: 503, code: "UpstreamUnavailable",
        message: "The gateway keeps as many commands in mind as it can; nothing was forwarded and trying again is "
            + "safe.",
        retryAfter: 5)
}
