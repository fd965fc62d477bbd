/// The secrets of one update, each unlike any other's.
struct UpdateSecrets: Sendable {
    var password: Canary
    var protected: Canary
    var output: Canary
    var error: Canary
    var script: Canary

    init(_ request: String) {
        self.password = Canary("runAsPassword, \(request)", shape: "%")
        self.protected = Canary("protected parameter, \(request)", shape: #"a"\/é %"#)
        self.output = Canary("outputBlobUri query, \(request)")
        self.error = Canary("errorBlobUri query, \(request)")
        self.script = Canary("scriptUri query, \(request)")
    }

    var all: [Canary] { [self.password, self.protected, self.output, self.error, self.script] }

    /// An update of these secrets.
    func body(
        source: String, password: String? = nil, more: String = "", blob: String = "logs.blob.core.windows.net"
    ) -> String {
        """
        {"properties":{"source":\(source),"parameters":[{"name":"word","value":"x"}],
        "protectedParameters":[{"name":"token","value":\(LocalStack.quoted(self.protected.value))}],
        "runAsUser":"svc","runAsPassword":\(LocalStack.quoted(password ?? self.password.value)),
        "outputBlobUri":"https://\(blob)/run/out.txt?sv=1&sig=\(self.output.value)",
        "errorBlobUri":"https://\(blob)/run/err.txt?sv=1&sig=\(self.error.value)"\(more)}}
        """
    }
}
