package import ARMModel

/// How a fetch ended.
package enum FetchResult: Sendable, Equatable {
    /// The whole text, to be judged and forwarded in place of the address.
    case script(ScriptText)
    case refused(FetchRefusal)
}
