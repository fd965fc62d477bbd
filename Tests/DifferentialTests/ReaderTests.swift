import ARMModel
import StrictJSON
import Testing

/// The checks themselves: each finds what it is there to find.
@Suite struct ReaderTests {
    @Test(arguments: [
        "{/*x*/}", "{}//x", "{'a':1}", #"{"a":'x'}"#, "{a:1}", #"{"a":1,}"#, "[1,]", "[,1]", "NaN", "Infinity", "0x1F",
        "01", "+1", "1.", ".5", "undefined", #"{"a":1,"a":2}"#, #"{"a":1,"A":2}"#, #"{"a":1,"\u0061":2}"#,
        #"{"script":1,"ſcript":2}"#, #"{"k":1,"\#u{212A}":2}"#, #"{"i":1,"\#u{130}":2}"#, #"{"i":1,"\#u{131}":2}"#,
        #"{"$type":"x"}"#, #"{"b":{"$ref":"1"}}"#, "\"a\nb\"", #""\x41""#, #""\'""#, "\u{FEFF}{}", "{}{}", "",
        #"{"é":1,"É":2}"#, #"{"é":1,"\#u{65}\#u{301}":2}"#, #"{"a":1"#, "[1", "\"a", #"{"a" 1}"#, "TRUE", "1e5",
    ])
    func leniencesAreFound(_ text: String) {
        #expect(LenienceCheck.finding(in: Array(text.utf8)) != nil)
    }

    @Test(arguments: [
        "{}", "[]", "null", "-12", #"{"a":[1,{"b":"\u0041\n\/ // ' ,]"}],"c":true}"#, " [ 1 , 2 ] \r\n", #"{"":""}"#,
        #"{"s":1,"t":{"s":2}}"#,
    ])
    func plainJSONIsFree(_ text: String) {
        #expect(LenienceCheck.finding(in: Array(text.utf8)) == nil)
    }

    @Test(arguments: [
        ("commandId", #"{"commandId":"a"}"#, #"{"commandId":"b"}"#),
        ("commandId", #"{}"#, #"{}"#),
        ("script", #"{"commandId":"a"}"#, #"{"commandId":"a","script":[""]}"#),
        ("script", #"{"commandId":"a","script":["a","b"]}"#, #"{"commandId":"a","script":["b","a"]}"#),
        ("parameters", #"{"commandId":"a"}"#, #"{"commandId":"a","parameters":[{"name":"x","value":""}]}"#),
        ("an unknown member", #"{"commandId":"a"}"#, #"{"commandId":"a","Script":["x"]}"#),
    ])
    func actionsOfOtherMeaningAreFound(_ what: String, _ received: String, _ forwarded: String) {
        self.expect(what, .action, received, forwarded)
    }

    @Test(arguments: [
        ("tags", #"{"tags":{"a":"b"}}"#, #"{"properties":{}}"#),
        ("runAsUser", #"{"properties":{"runAsUser":"a"}}"#, #"{"properties":{}}"#),
        ("runAsUser", #"{"properties":{"runAsUser":"é"}}"#, #"{"properties":{"runAsUser":"e\u0301"}}"#),
        ("runAsUser of nobody", #"{"properties":{}}"#, #"{"properties":{"runAsUser":"root"}}"#),
        ("asyncExecution", #"{"properties":{"asyncExecution":true}}"#, #"{"properties":{"asyncExecution":1}}"#),
        ("timeoutInSeconds", #"{"properties":{"timeoutInSeconds":1}}"#, #"{"properties":{"timeoutInSeconds":true}}"#),
        (
            "outputBlobUri", #"{"properties":{"outputBlobUri":"https://h/A"}}"#,
            #"{"properties":{"outputBlobUri":"https://h/a"}}"#
        ),
        (
            "a read-only member", #"{"properties":{"provisioningState":"x"}}"#,
            #"{"properties":{"provisioningState":"x"}}"#
        ),
        ("an outer member", "{}", #"{"properties":{},"location":"x"}"#),
    ])
    func updatesOfOtherMeaningAreFound(_ what: String, _ received: String, _ forwarded: String) {
        self.expect(what, .update, received, forwarded)
    }

    @Test(arguments: [
        ("location", #"{"location":"West US"}"#, #"{"location":"West US","properties":{}}"#),
        ("location", #"{"location":"westus"}"#, #"{"location":"eastus","properties":{}}"#),
        ("location", #"{"location":"westus"}"#, #"{"properties":{}}"#),
        ("an outer member", #"{"location":"westus","id":"x"}"#, #"{"location":"westus","id":"x","properties":{}}"#),
        ("an outer member", #"{"location":"westus","identity":{}}"#, #"{"location":"westus","properties":{}}"#),
        ("tags", #"{"location":"westus","tags":{"a":"b"}}"#, #"{"location":"westus","properties":{}}"#),
        (
            "asyncExecution of nobody", #"{"location":"westus"}"#,
            #"{"location":"westus","properties":{"asyncExecution":true}}"#
        ),
        (
            "source", #"{"location":"westus","properties":{"source":{"script":"a"}}}"#,
            #"{"location":"westus","properties":{"source":{"script":"b"}}}"#
        ),
        (
            "source of nobody", #"{"location":"westus"}"#,
            #"{"location":"westus","properties":{"source":{"script":"echo stored"}}}"#
        ),
    ])
    func creationsOfOtherMeaningAreFound(_ what: String, _ received: String, _ forwarded: String) {
        self.expect(what, .create, received, forwarded)
    }

    @Test func updatesOfTheCorpusAreReadAsCreationsToo() throws {
        func line(_ expected: String, _ text: String) throws -> CorpusCase? {
            try CorpusCase(line: expected + "\tx\t" + text, place: "p")?.asCreation
        }
        let good = try #require(try line("ok", #"{"properties":{"runAsUser":"u"}}"#))
        #expect(
            String(decoding: good.bytes, as: UTF8.self)
                == #"{"location":"westus","properties":{"source":{"script":"id"},"runAsUser":"u"}}"#)
        let bad = try #require(try line("syntax +15", #"{"properties":{x}}"#))
        #expect(String(decoding: bad.bytes, as: UTF8.self) == #"{"location":"westus","properties":{x}}"#)
        #expect(bad.expected.offset == 35)
        #expect(try line("ok", #"{"properties":{}}"#) == nil)
        #expect(try line("ok", #"{"tags":{}}"#) == nil)
    }

    @Test(arguments: [
        (
            BodyKind.action, #"{"commandId":"a","script":["x","y\r\n"]}"#,
            #"{"parameters":[],"script":["x\ny"],"commandId":"\u0061"}"#
        ),
        (
            .update, #"{"properties":{"outputBlobUri":"HTTPS://Host:0443/A?s"}}"#,
            #"{"properties":{"outputBlobUri":"https://host:443/A?s","timeoutInSeconds":77}}"#
        ),
        (
            .create, #"{"name":"n","location":"West US","properties":{"source":{"script":"a\n"},"instanceView":{}}}"#,
            #"{"location":"westus","properties":{"source":{"script":"a"},"parameters":[],"asyncExecution":false}}"#
        ),
        (
            .update, #"{"properties":{"source":{"script":"a\n"},"instanceView":{}}}"#,
            #"{"properties":{"source":{"script":"a"}}}"#
        ),
    ])
    func otherSpellingsOfOneMeaningAreTheSame(_ kind: BodyKind, _ received: String, _ forwarded: String) {
        self.expect(nil, kind, received, forwarded)
    }

    private func expect(_ what: String?, _ kind: BodyKind, _ received: String, _ forwarded: String) {
        for reader in ForeignReader.foundation {
            guard let before = reader.read(Array(received.utf8)), let after = reader.read(Array(forwarded.utf8)) else {
                Issue.record("\(reader.name) refuses")
                continue
            }
            #expect(BodyMeaning.difference(kind, received: before, forwarded: after) == what, "\(reader.name)")
        }
    }

    @Test(arguments: ["\u{FEFF}", "\u{FEFF}\u{FEFF}id", "id\u{FEFF}", #"\ufeff"#])
    func readersKeepMarksInStrings(_ text: String) {
        for reader in ForeignReader.foundation {
            let expected = Array(text.replacing(#"\ufeff"#, with: "\u{FEFF}").utf8)
            #expect(reader.read(Array("\"\(text)\"".utf8)) == .string(expected), "\(reader.name)")
        }
    }

    @Test func readersOfOtherLanguagesTellValuesApart() async throws {
        let texts = [
            #"{"a":[1,-0,2.5,true,false,null,"é😀\u0000"],"":{}}"#, "1", "true", "\"\"", "[", #""\ud800""#,
            "{\"a\":\u{1}}",
        ]
        for reader in BatchReader.all {
            guard let answers = try await reader.read(.json, texts.map { Array($0.utf8) }) else { continue }
            for (text, answer) in zip(texts, answers) {
                let expected = ForeignReader.foundation[0].read(Array(text.utf8))
                #expect(ForeignValue(answer: answer) == expected, "\(reader.name): \(text)")
            }
        }
    }

    @Test func readersThatAreNotThereAreSkipped() async throws {
        let nobody = BatchReader(name: "nobody", arguments: ["a-program-that-nobody-has"])
        let answers = try await nobody.read(.json, [Array("{}".utf8)])
        #expect(answers == nil)
    }

    @Test func corpusLinesHaveTwoEscapes() throws {
        let text = ["repeatedName $.a +7 @2020-06-01", "x", #"a\xFFb\n\x{[\x00*3}\x{a}"#].joined(separator: "\t")
        let line = try #require(try CorpusCase(line: text, place: "p"))
        let bytes = [0x61, 0xFF, 0x62] + Array(#"\n"#.utf8) + [0x5B, 0, 0x5B, 0, 0x5B, 0] + Array(#"\x{a}"#.utf8)
        #expect(line.bytes == bytes)
        #expect(line.expected.code == "repeatedName" && line.expected.path == "$.a" && line.expected.offset == 7)
        #expect(line.version == .v2020_06_01)
        #expect(throws: CorpusCase.Malformed.self) { try CorpusCase(line: "oops\tx\t{}", place: "p") }
        #expect(throws: CorpusCase.Malformed.self) { try CorpusCase(line: "ok {}", place: "p") }
    }
}
