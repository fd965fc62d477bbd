import ARMModel
import Testing

@Suite struct ResourceNameTests {
    private static let long = String(repeating: "a", count: 64)

    @Test(arguments: [
        ("00000000-0000-0000-0000-000000000000", true), ("24fb23e3-6ba3-41f0-9b6e-e41131d5d61e", true),
        ("24FB23E3-6BA3-41F0-9B6E-E41131D5D61E", true), ("24fb23e36ba341f09b6ee41131d5d61e", false),
        ("{24fb23e3-6ba3-41f0-9b6e-e41131d5d61e}", false), ("24fb23e3-6ba3-41f0-9b6e-e41131d5d61g", false),
        ("24fb23e3-6ba3-41f0-9b6e-e41131d5d61", false), ("24fb23e3-6ba3-41f0-9b6e-e41131d5d61ee", false),
        ("24fb23e3.6ba3-41f0-9b6e-e41131d5d61e", false), ("24fb23e3-6ba3-41f0-9b6e-e41131d5d6-e", false),
        ("{subscription-id}", false), ("subid", false), ("", false),
        ("24fb23e3-6ba3-41f0-9b6e-e41131d5d6\u{E9}", false),
    ])
    func guid(_ text: String, _ isGUID: Bool) {
        #expect(ResourceName.isGUID(text) == isGUID)
        #expect(ResourceName.isSubscription(text) == isGUID)
    }

    @Test(arguments: [
        ("rg", true), ("rg(a)", true), ("-_().x", true), ("_", true), ("rg.", false), (".", false), ("", false),
        (String(repeating: "a", count: 90), true), (String(repeating: "a", count: 91), false), ("r g", false),
        ("rg\u{E9}", false), ("rg*", false), ("rg%", false), ("rg/", false), ("rg\u{0}", false),
    ])
    func resourceGroup(_ text: String, _ isName: Bool) { #expect(ResourceName.isResourceGroup(text) == isName) }

    @Test(arguments: [
        ("vm-1", true), ("9", true), ("web_0", true), ("a.b", true), (long, true), (long + "a", false), ("", false),
        ("_vm", false), ("-vm", false), (".vm", false), ("v m", false), ("v*", false), ("vm(", false),
        ("\u{212A}", false), ("v\u{131}", false), ("vm\n", false),
    ])
    func machine(_ text: String, _ isName: Bool) { #expect(ResourceName.isMachine(text) == isName) }

    @Test func runCommand() {
        #expect(ResourceName.isRunCommand(String(repeating: "a", count: 80)))
        #expect(!ResourceName.isRunCommand(String(repeating: "a", count: 81)))
        #expect(!ResourceName.isRunCommand("a:b"))
        #expect(!ResourceName.isRunCommand(""))
    }

    @Test(arguments: [
        ("0", true), ("0123456789", true), ("01234567890", false), ("", false), ("-1", false), ("1a", false),
        ("\u{661}", false), ("+1", false), ("*", false),
    ])
    func instance(_ text: String, _ isName: Bool) { #expect(ResourceName.isInstance(text) == isName) }

    @Test(arguments: [
        ("westus", true), ("WestUS2", true), ("w", false), ("west us", false), ("west-us", false), ("", false),
        (String(repeating: "a", count: 33), false), ("we\u{17F}tus", false),
    ])
    func location(_ text: String, _ isName: Bool) { #expect(ResourceName.isLocation(text) == isName) }

    @Test(arguments: [
        ("RunShellScript", true), ("Windows_WindowsActivation_Validation", true), ("ifconfig", true), ("", false),
        ("Run Shell", false), ("Run-Shell", false), (long, true), (long + "a", false), ("Run\u{17F}hell", false),
    ])
    func commandID(_ text: String, _ isID: Bool) { #expect(ResourceName.isCommandID(text) == isID) }

    @Test func caseIsThatOfASCIIOnly() {
        #expect(ASCIICase.areEqual("RunCommand", "rUNcOMMAND"))
        for (a, b) in [("k", "\u{212A}"), ("s", "\u{17F}"), ("i", "\u{130}"), ("I", "\u{131}"), ("é", "É"), ("@", "`")]
        {
            #expect(!ASCIICase.areEqual(a, b))
        }
        // Equal to Swift's ==, but not the same bytes.
        #expect(!ASCIICase.areEqual("e\u{301}", "\u{E9}"))
        #expect(ASCIICase.lowered("ABCÄÖ\u{212A}z") == "abcÄÖ\u{212A}z")
    }
}
