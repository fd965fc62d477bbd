import Testing

/// Bodies that cannot be read as what they should be.
extension CanaryTraffic {
    func malformed() async throws -> [Canary] {
        let token = try self.stack.token()
        var canaries: [Canary] = []
        let target = LocalStack.instance("malformed")
        func send(_ name: String, _ method: String = "PATCH", status: Int = 400, _ body: (String) -> String)
            async throws
        {
            let canary = Canary("malformed, \(name)")
            canaries.append(canary)
            let answer = self.answers.keep(
                name,
                try await self.stack.call(
                    method, method == "POST" ? LocalStack.vm("web-01") : target, body: body(canary.value), token: token)
            )
            #expect(answer.status == status, "\(name): \(answer.text)")
        }
        let script = #""source":\#(Self.approved)"#
        try await send("misspelt password") { #"{"properties":{\#(script),"runAsPasword":"\#($0)"}}"# }
        try await send("password in another case") { #"{"properties":{\#(script),"RunAsPassword":"\#($0)"}}"# }
        try await send("misspelt list") { #"{"properties":{"protectedParameter":[{"name":"a","value":"\#($0)"}]}}"# }
        try await send("misspelt address") { #"{"properties":{"outputBlobURI":"https://a.example/?sig=\#($0)"}}"# }
        try await send("misspelt value") { #"{"properties":{"protectedParameters":[{"name":"a","valu":"\#($0)"}]}}"# }
        try await send("password as an object") { #"{"properties":{"runAsPassword":{"value":"\#($0)"}}}"# }
        try await send("password as a list") { #"{"properties":{"runAsPassword":["\#($0)"]}}"# }
        try await send("password twice") { #"{"properties":{"runAsPassword":"\#($0)","runAsPassword":"\#($0)"}}"# }
        try await send("password in the wrong place") { #"{"runAsPassword":"\#($0)"}"# }
        try await send("secret as a name") { #"{"properties":{"\#($0)":"x"}}"# }
        try await send("secret as a name at the top") { #"{"\#($0)":true}"# }
        try await send("secret as the name of what does not parse") { #"{"properties":{"\#($0)":tru}}"# }
        try await send("secret as the name of what is too deep") {
            #"{"\#($0)":\#(String(repeating: "[", count: 200))"#
        }
        try await send("not JSON") { "runAsPassword=\($0)" }
        try await send("cut short") { #"{"properties":{"runAsPassword":"\#($0)""# }
        try await send("byte-order mark") { "\u{FEFF}{\"properties\":{\"runAsPassword\":\"\($0)\"}}" }
        try await send("trailing") { "{}\($0)" }
        try await send("escaped badly") { #"{"properties":{"runAsPassword":"\#($0)\q"}}"# }
        try await send("a control character") { "{\"properties\":{\"runAsPassword\":\"\($0)\u{1}\"}}" }
        try await send("password with a shell in it") {
            #"{"properties":{\#(script),"runAsUser":"svc","runAsPassword":"\#($0);id"}}"#
        }
        try await send("protected parameter that steers the shell") {
            #"{"properties":{\#(script),"protectedParameters":[{"name":"PATH","value":"\#($0)"}]}}"#
        }
        try await send("protected parameter twice") {
            #"{"properties":{\#(script),"protectedParameters":[{"name":"a","value":"\#($0)"},{"name":"A","value":"\#($0)"}]}}"#
        }
        try await send("protected parameter with a control character") {
            #"{"properties":{\#(script),"protectedParameters":[{"name":"a","value":"\#($0)\u0007"}]}}"#
        }
        try await send("address that is none") { #"{"properties":{\#(script),"outputBlobUri":"blob?sig=\#($0)"}}"# }
        try await send("password in an action", "POST") { #"{"commandId":"RunShellScript","runAsPassword":"\#($0)"}"# }
        try await send("protected parameters in an action", "POST") {
            #"{"commandId":"RunShellScript","protectedParameters":[{"name":"a","value":"\#($0)"}]}"#
        }
        try await send("over the limit", status: 413) {
            #"{"properties":{"runAsPassword":"\#($0)","x":"\#(String(repeating: "y", count: 70_000))"}}"#
        }
        // Not malformed, but odd: the parts of an address that are neither host nor path.
        try await send("user information in an address", status: 403) {
            #"{"properties":{\#(script),"outputBlobUri":"https://user:\#($0)@logs.blob.core.windows.net/run/x"}}"#
        }
        try await send("two question marks in an address", status: 404) {
            #"{"properties":{\#(script),"outputBlobUri":"https://logs.blob.core.windows.net/run/x?a=1?sig=\#($0)"}}"#
        }
        return canaries
    }
}
