/// The words of the protocol itself in what Azure answers to run commands. They are public, and clients steer by them,
/// so they stay even where a secret happens to be one of them.
enum AnswerVocabulary {
    /// A name that Azure's own answers give to a member (facts §4, §5, §9; Microsoft's definitions of 2024-07-01).
    static func isMemberName(_ name: String) -> Bool { self.memberNames.contains(ASCIICase.lowered(name)) }

    /// A word for a state, where a state stands.
    static func isStateWord(_ text: String, inMember name: String) -> Bool {
        self.stateMembers.contains(ASCIICase.lowered(name)) && self.stateWords.contains(ASCIICase.lowered(text))
    }

    private static let memberNames = Set(
        [
            // Resources, lists, and what describes them.
            "id", "name", "type", "location", "tags", "properties", "systemData", "createdBy", "createdByType",
            "createdAt", "lastModifiedBy", "lastModifiedByType", "lastModifiedAt", "value", "nextLink", "etag", "kind",
            // A managed command.
            "source", "script", "scriptUri", "commandId", "galleryScriptReferenceId", "scriptShell",
            "scriptUriManagedIdentity", "parameters", "protectedParameters", "asyncExecution", "runAsUser",
            "runAsPassword", "timeoutInSeconds", "outputBlobUri", "errorBlobUri", "outputBlobManagedIdentity",
            "errorBlobManagedIdentity", "clientId", "objectId", "treatFailureAsDeploymentFailure",
            "provisioningState",
            // How it stands, and how an action ended.
            "instanceView", "executionState", "executionMessage", "exitCode", "output", "error", "startTime",
            "endTime", "statuses", "status", "code", "level", "displayStatus", "message", "time", "resourceId",
            "percentComplete",
            // Errors.
            "target", "details", "innererror", "exceptiontype", "errordetail", "additionalInfo", "info",
            "operationGroup", "allowedRequestCount", "measuredRequestCount",
            // Azure's own run-command documents.
            "$schema", "osType", "label", "description", "defaultValue", "required",
        ].map { ASCIICase.lowered($0) })

    private static let stateMembers = Set(
        ["status", "provisioningState", "executionState", "code", "level", "displayStatus"].map {
            ASCIICase.lowered($0)
        })

    private static let stateWords: Set<String> = {
        var words: Set = [
            "succeeded", "failed", "running", "inprogress", "canceled", "cancelled", "pending", "unknown", "timedout",
            "creating", "updating", "deleting", "accepted", "ready", "info", "warning", "error",
        ]
        for end in ["succeeded", "failed", "canceled", "creating", "updating", "deleting", "running"] {
            words.insert("provisioning \(end)")
            for subject in ["componentstatus/stdout", "componentstatus/stderr", "provisioningstate"] {
                words.insert("\(subject)/\(end)")
            }
        }
        // Codes of errors that clients act on: to try again, to sign in, to look elsewhere.
        words.formUnion([
            "toomanyrequests", "operationnotallowed", "conflict", "badrequest", "notfound", "resourcenotfound",
            "resourcegroupnotfound", "parentresourcenotfound", "subscriptionnotfound", "authorizationfailed",
            "authenticationfailed", "invalidauthenticationtoken", "expiredauthenticationtoken", "forbidden",
            "invalidrequestcontent", "invalidparameter", "internalservererror", "serviceunavailable",
            "gatewaytimeout", "retryableerror", "anotheroperationinprogress", "operationpreempted",
            "subscriptionrequeststhrottled", "vmextensionprovisioningerror", "vmextensionhandlernontransienterror",
            "vmagentstatuscommunicationerror",
        ])
        return words
    }()
}
