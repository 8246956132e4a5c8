import Foundation
import Testing
import UsageEvents

@testable import Connectors

/// Numbers are read from their digits, without loss.
@Suite struct ExactNumberTests {
    private func read(_ text: String, scale: Int) -> ExactNumber {
        let bytes = Array(text.utf8)
        return ExactNumber(bytes.span, scale: scale)
    }

    @Test(
        arguments: [
            ("0", 0, false), ("-0", 0, false), ("1", 1_000_000_000, false), ("1e-9", 1, false),
            ("0.0000000005", 0, true), ("0.0000000015", 2, true), ("0.0000000025", 2, true),
            ("0.00000000050000000000000000000000001", 1, true),
            ("0.00000000049999999999999999999999", 0, true),
            ("5e-10", 0, true), ("15e-10", 2, true), ("1.5E-9", 2, true), ("-1.5e-9", -2, true),
            ("0e999999999", 0, false),
            ("1e-999999999999999999999", 0, true), ("123456789.123456789e-8", 1_234_567_891, true),
            ("0.0018000000000000002", 1_800_000, true), ("9223372036.854775807", .max, false),
            ("0.00000000100000000000000", 1, false), ("1000e-12", 1, false),
        ] as [(String, Int64, Bool)])
    func `dollars become nano-dollars, half to even`(text: String, nano: Int64, inexact: Bool) {
        #expect(read(text, scale: 9) == .value(nano, inexact: inexact))
    }

    @Test(arguments: [
        "9223372036.854775808", "1e10", "1e999999999999999999", "123456789012345678901234567890",
    ])
    func `what does not fit is said to overflow`(text: String) {
        #expect(read(text, scale: 9) == .overflow)
    }

    @Test func `random numbers agree with Foundation's Decimal`() {
        var random = SplitMix64(seed: 3)
        for _ in 0..<5_000 {
            let whole = random.below(1_000_000)
            let digits = String(random.next() >> UInt64(random.below(64)))
            let exponent = random.below(12) - 6
            let text = "\(random.below(2) == 0 ? "" : "-")\(whole).\(digits)e\(exponent)"
            guard let decimal = Decimal(string: text, locale: Locale(identifier: "en_US_POSIX")) else {
                Issue.record("Foundation does not read \(text)")
                continue
            }
            var scaled = decimal * 1_000_000_000
            var rounded = Decimal()
            unsafe NSDecimalRound(&rounded, &scaled, 0, .bankers)
            if abs(rounded) > Decimal(Int64.max) {
                #expect(read(text, scale: 9) == .overflow)
            } else {
                let value = NSDecimalNumber(decimal: rounded).int64Value
                #expect(read(text, scale: 9) == .value(value, inexact: rounded != scaled), "\(text)")
            }
        }
    }
}

/// Inputs are told apart by their first bytes.
@Suite struct InputSniffTests {
    @Test(
        arguments: [
            ([0x28, 0xb5, 0x2f, 0xfd, 0], .zstd), ([0x50, 0x2a, 0x4d, 0x18], .zstd),
            ([0x5f, 0x2a, 0x4d, 0x18], .zstd),
            ([0x1f, 0x8b, 8], .gzip), ([0xff, 0xfe, 0x7b, 0], .utf16), ([0xfe, 0xff, 0, 0x7b], .utf16),
            ([0xff, 0xfe, 0, 0], .utf32), ([0, 0, 0xfe, 0xff], .utf32), ([0xef, 0xbb, 0xbf, 0x7b], .text),
            ([0x7b], .text),
            ([], .text), ([0x28, 0xb5], .text), ([0x60, 0x2a, 0x4d, 0x18], .text),
        ] as [([UInt8], InputSniff)])
    func `the first bytes tell what an input is`(start: [UInt8], kind: InputSniff) {
        #expect(InputSniff(start.span) == kind)
    }

    @Test func `what cannot be read is refused with the pipe to type`() {
        #expect(InputSniff.gzip.refusal(name: "a.gz")?.contains("gzip -dc a.gz | tidemark ingest -") == true)
        #expect(InputSniff.utf16.refusal(name: "a")?.contains("iconv -f UTF-16 -t UTF-8 a") == true)
        #expect(InputSniff.utf32.refusal(name: "a")?.contains("UTF-32") == true)
        #expect(InputSniff.text.refusal(name: "a") == nil && InputSniff.zstd.refusal(name: "a") == nil)
    }
}
