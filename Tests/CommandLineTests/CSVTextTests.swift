import Testing

@testable import tidemark

/// Cells of CSV: what a spreadsheet must not take for a formula, and RFC 4180.
@Suite struct CSVTextTests {
    @Test(arguments: [
        ("m-max", "m-max"), ("", ""), ("a,b", "\"a,b\""), ("say \"hi\"", "\"say \"\"hi\"\"\""),
        (" a ", "\" a \""), ("1-2", "1-2"),
    ])
    func `a cell is quoted where it has to be`(text: String, cell: String) {
        #expect(CSVText.cell(text) == cell)
    }

    @Test(arguments: [
        ("=1+1", "'=1+1"), ("+1", "'+1"), ("-1", "'-1"), ("@SUM(A1)", "'@SUM(A1)"),
        ("=HYPERLINK(\"x\",\"y\")", "\"'=HYPERLINK(\"\"x\"\",\"\"y\"\")\""), ("  =1", "'  =1"),
        ("\t=1", "'\\t=1"), ("\u{ff1d}1", "'\u{ff1d}1"),
    ])
    func `a name that would be a formula gets an apostrophe`(text: String, cell: String) {
        #expect(CSVText.cell(text) == cell)
    }

    @Test(arguments: ["a\nb", "a\r\nb", "\u{1b}[31m", "a\u{0}", "\u{202e}gpj"])
    func `a cell is one line without controls`(text: String) {
        #expect(CSVText.cell(text).unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value < 0x7f })
    }

    @Test func `numbers stay numbers, also negative ones, and nothing is an empty cell`() {
        var line = CSVText()
        line.number("-0.5")
        line.number(nil)
        line.text(nil)
        line.text("-x")
        #expect(line.line == "-0.5,,,'-x")
    }
}
