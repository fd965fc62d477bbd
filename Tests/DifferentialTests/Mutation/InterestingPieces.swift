/// What mutations put in.
enum InterestingPieces {
    /// For any place in the text.
    static let tokens: [[UInt8]] =
        [
            "null", "true", "[]", "{}", "\"\"", "1e9", "-0", "2147483648", "-2147483649", "0x10", "NaN", "//x\n",
            "/**/", "'", "\\u0000", "\\ud800", "\\udc00", ",", ",,", ":", "\"__proto__\":1,", "\"$type\":\"x\",",
            "\"script\":\"x\",", "\"Script\":\"x\",", "\u{FEFF}", "\u{17F}", "\u{212A}", "\u{130}", "\u{2028}", "\\/",
            "\"location\":\"eastus\",", "\"Location\":\"eastus\",", "\"id\":\"x\",", "\"systemData\":{},",
            "}", "]", "\"", "\\", "\n", " ",
        ].map { Array($0.utf8) } + [
            [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xFF], [0x00], [0x1F], [0x7F], [0xEF, 0xBB, 0xBF],
        ]

    /// JSON strings that may take the place of another one.
    static let strings: [[UInt8]] = [
        #""""#, #""a""#, #""é""#, #""e\u0301""#, #""\u212b\ud83d\ude00""#, #""line\n\n""#, #""\r\nline\r\n""#,
        #""a\u0000b""#, #""\u2028\ufeff""#, #""null""#, #""ſK""#, #""RunShellScript""#, #""ifconfig""#,
        #""https://HOST.example:0443/a%2Fb/../c?sig=a%2Bb&x#y""#, #""http://[::1]/""#, #""https://u@h/p""#,
        #""22d35efb-0c99-4041-8c5b-6d24db33a69a""#, #""\\\/\"""#, #"" padded ""#, #""-1""#, #""\ud83d\udca9""#,
        #""param1""#, #""$(id)""#, #""West US 2""#, #""west\u0055s""#, #""$id""#,
        #""/subscriptions/22d35efb-0c99-4041-8c5b-6d24db33a69a/resourceGroups/g/providers/Microsoft.Compute/galleries/x/scripts/y/versions/1.0.0""#,
    ].map { Array($0.utf8) }

    static let numbers: [[UInt8]] = [
        "0", "-0", "1", "-1", "2147483647", "-2147483648", "2147483648", "3.0", "1e2", "99999999999999999999", "00",
        "+1",
    ].map { Array($0.utf8) }

    static let literals: [[UInt8]] = ["true", "false", "null", "True", "{}", "[]", "0"].map { Array($0.utf8) }

    static let space: [[UInt8]] = [" ", "\n", "\r\n", "\t", "    ", "\u{B}", "\u{A0}", "\u{C}"].map { Array($0.utf8) }
}
