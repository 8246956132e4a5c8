import Foundation
import Testing
import TidemarkTestKit
import UsageEvents

/// Money is written exactly, and for people.
@Suite struct NanoUSDTests {
    @Test(
        arguments: [
            (0, "0"), (1, "0.000000001"), (-1, "-0.000000001"), (1_000_000_000, "1"),
            (41_200_000_000, "41.2"),
            (-1_500_000_000, "-1.5"), (.max, "9223372036.854775807"), (.min, "-9223372036.854775808"),
        ] as [(Int64, String)])
    func `the exact text has no trailing zeros`(nano: Int64, text: String) {
        #expect(NanoUSD(rawValue: nano).description == text)
    }

    @Test func `random amounts agree with Foundation's Decimal`() {
        var random = SplitMix64(seed: 2)
        for _ in 0..<2_000 {
            let nano = Int64(bitPattern: random.next()) >> Int64(random.below(64))
            #expect(NanoUSD(rawValue: nano).description == (Decimal(nano) / 1_000_000_000).description)
        }
    }

    @Test(
        arguments: [
            (0, "$0"), (41_200_000_000, "$41.20"), (4_200_000, "$0.0042"), (1_204_000_000_000, "$1,204"),
            (999_999_999_999, "$1000.00"), (10_000_000, "$0.01"), (-41_200_000_000, "-$41.20"),
            (1, "$0.000000001"),
            (1_234_567_890_000_000, "$1,234,568"), (994_999_999, "$0.99"),
        ] as [(Int64, String)])
    func `people see dollars and cents`(nano: Int64, text: String) {
        #expect(NanoUSD(rawValue: nano).dollars == text)
    }

    @Test func `digits are grouped by thousands`() {
        #expect(
            [0, 12, 999, 1_000, 1_204_310].map { groupedDigits($0) } == [
                "0", "12", "999", "1,000", "1,204,310",
            ])
    }
}
