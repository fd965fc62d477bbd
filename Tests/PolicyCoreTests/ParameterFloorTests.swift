import ARMModel
import PolicyCore
import Redaction
import Testing

@Suite struct ParameterFloorTests {
    private func paths(_ change: (inout Command) -> Void, _ operation: ARMModel.Operation = .create) -> [String] {
        ParameterFloor.violations(of: Sample.command(change), operation: operation).map(\.path)
    }

    @Test(arguments: [
        "a", "_", "path", "env", "home", "level", "A1_b", String(repeating: "a", count: 64), "user", "Pathway",
    ])
    func takesName(name: String) {
        #expect((ParameterFloor.problem(withName: name) == nil) == (name != "_"))
    }

    @Test(arguments: [
        "", "1a", "a-b", "a b", "a;b", "a=b", "é", "a\n", String(repeating: "a", count: 65), "PATH", "Path", "IFS",
        "ENV",
        "BASH_ENV", "Bash_Env", "BASH_FUNC_x", "LD_PRELOAD", "LD_AUDIT", "SHELLOPTS", "PS4", "PYTHONPATH", "PERL5LIB",
        "NODE_OPTIONS", "GCONV_PATH", "HOSTALIASES", "RES_OPTIONS", "LOCALDOMAIN", "TMPDIR", "HOME", "LC_ALL",
        "PSModulePath", "psmodulepath", "http_proxy", "HTTPS_PROXY", "ComSpec", "COR_PROFILER", "GLIBC_TUNABLES",
        "PROMPT_COMMAND", "MALLOC_CONF", "GIT_SSH_COMMAND", "OPENSSL_CONF",
    ])
    func refusesName(name: String) {
        #expect(ParameterFloor.problem(withName: name) != nil)
        #expect(
            self.paths { $0.parameters = .known([Parameter(name: name, value: "v")]) } == [
                "properties.parameters[0].name"
            ])
        #expect(
            self.paths({ $0.protectedParameters = .known([ProtectedParameter(name: name, value: Secret("v"))]) }, .run)
                == ["protectedParameters[0].name"])
    }

    @Test(arguments: [
        ("", true), ("a\tb\nc", true), ("grüße", true), ("$(id); `id`", true), ("a\rb", false), ("a\0b", false),
        ("\u{1B}[0m", false), ("\u{7F}", false), ("\u{85}", false),
    ])
    func judgesValue(value: String, isTaken: Bool) {
        #expect((ParameterFloor.problem(withValue: value) == nil) == isTaken)
    }

    @Test func valuesHaveABound() {
        #expect(ParameterFloor.problem(withValue: String(repeating: "é", count: 2_048)) == nil)
        #expect(ParameterFloor.problem(withValue: String(repeating: "é", count: 2_048) + "a") != nil)
    }

    @Test func refusesNamesTwiceInAnyCaseAcrossBothLists() {
        let plain = [Parameter(name: "a", value: ""), Parameter(name: "A", value: "")]
        #expect(self.paths { $0.parameters = .known(plain) } == ["properties.parameters[1].name"])
        #expect(
            self.paths {
                $0.parameters = .known([plain[0]])
                $0.protectedParameters = .known([ProtectedParameter(name: "A", value: Secret(""))])
            } == ["properties.protectedParameters[0].name"])
    }

    @Test(arguments: [
        ("svc", true), ("_svc.a-b", true), ("svc$", true), ("CONTOSO\\svc", true), ("contoso.example\\svc$", true),
        ("", false), ("1a", false), ("a b", false), ("a;id", false), ("$(id)", false), ("a$b", false), ("\\svc", false),
        ("a\\b\\c", false), ("-u", false), ("a\n", false), (String(repeating: "a", count: 32), true),
        (String(repeating: "a", count: 33), false), ("svc$$", false), ("D \\a", false),
    ])
    func judgesUser(name: String, isTaken: Bool) {
        #expect(self.paths { $0.runAsUser = .known(name) }.isEmpty == isTaken)
    }

    @Test(arguments: ["'", "\"", "$", "`", "\\", "|", "&", ";", "<", ">", "(", ")", " ", "\t", "\n", "\u{A0}", "\0"])
    func refusesPassword(character: String) {
        #expect(self.paths { $0.runAsPassword = .known(Secret("abc" + character)) } == ["properties.runAsPassword"])
        #expect(self.paths { $0.runAsPassword = .known(Secret(character + "abc")) } == ["properties.runAsPassword"])
    }

    @Test(arguments: ["", "a", "Abc-123!#%+,./:=@^_~é", "a#b", "a-b", "a~b", "!", "%1", "=a", ":", "if", "é~", "1-#~"])
    func takesPassword(password: String) {
        #expect(self.paths { $0.runAsPassword = .known(Secret(password)) }.isEmpty)
    }

    /// What a shell would read as a comment, an option of `echo`, a folder, names of files, or two words.
    @Test(arguments: [
        ("#", "begin with"), ("-", "begin with"), ("~", "begin with"), ("*", "may not hold *"), ("?", "may not hold *"),
        ("[", "may not hold *"), ("]", "may not hold *"), ("{", "may not hold *"), ("}", "may not hold *"),
        ("a=~", "right behind"), ("a=b:~", "right behind"),
    ])
    func refusesWhatAShellWouldChange(start: String, kind: String) {
        for password in [start, start + "Hunter2"] + (kind == "may not hold *" ? ["Hunter2" + start] : []) {
            let command = Sample.command { $0.runAsPassword = .known(Secret(password)) }
            let found = ParameterFloor.violations(of: command, operation: .create)
            #expect(found.map(\.path) == ["properties.runAsPassword"])
            #expect(found.first?.message.contains(kind) == true)
            #expect(found.first?.message.contains("Hunter2") == false)
        }
    }

    @Test func tellsTwentyAtMost() {
        let many = (0..<500).map { Parameter(name: "LD_\($0)", value: "") }
        #expect(self.paths { $0.parameters = .known(many) }.count == ParameterFloor.mostViolations)
        let unlisted = (0..<500).map { Parameter(name: "a\($0)", value: "") }
        let request = Sample.request(command: Sample.command { $0.parameters = .known(unlisted) })
        #expect((try? Sample.policy(Sample.allow()))?.decide(request).reasons.count == Policy.mostReasons)
    }

    /// A request looks once; it tells the same, also of a command or an operation that it got later.
    @Test func aRequestTellsTheSame() {
        let bad = Sample.command { $0.parameters = .known([Parameter(name: "LD_X", value: "\r")]) }
        for operation in [Operation.run, .create, .update] {
            var request = Sample.request(operation, command: bad)
            #expect(request.floorViolations == ParameterFloor.violations(of: bad, operation: operation))
            #expect(request.floorViolations.count == 2)
            request.operation = operation == .run ? .create : .run
            #expect(request.floorViolations == ParameterFloor.violations(of: bad, operation: request.operation))
            request.command = Sample.command()
            #expect(request.floorViolations.isEmpty)
            request.command = bad
            #expect(request.floorViolations.count == 2)
        }
        #expect(Sample.request(.read).floorViolations.isEmpty)
    }

    @Test func messagesNeverQuoteAndUnreadIsNotJudged() {
        let marker = "LD_S3CRET"
        let command = Sample.command {
            $0.parameters = .known([Parameter(name: marker, value: marker + "\r")])
            $0.protectedParameters = .known([ProtectedParameter(name: marker, value: Secret(marker + "\r"))])
            $0.runAsUser = .known(marker + ";")
            $0.runAsPassword = .known(Secret(marker + ";"))
        }
        let violations = ParameterFloor.violations(of: command, operation: .create)
        #expect(violations.count == 7)
        #expect(!violations.contains { $0.message.contains(marker) || $0.path.contains(marker) })
        #expect(ParameterFloor.violations(of: .unread, operation: .update).isEmpty)
    }
}
