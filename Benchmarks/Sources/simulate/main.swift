// Lives of a log on a simulated disk, one a seed: `simulate 5000`, or `simulate 4711-4711` to repeat one.
import TidemarkTestKit

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

let argument = CommandLine.arguments.dropFirst().first ?? ""
let bounds = argument.split(separator: "-").compactMap { UInt64($0) }
guard CommandLine.arguments.count == 2, let last = bounds.last, bounds.count <= 2 else {
    print("usage: simulate COUNT | FIRST-LAST")
    exit(64)
}
let seeds = bounds.count == 2 ? bounds[0]...max(bounds[0], last) : 0...max(last, 1) - 1
var sum = SimulatedLife.Result()
var broken: [UInt64] = []
for seed in seeds {
    let result = SimulatedLife.run(seed: seed)
    sum += result
    if !result.violations.isEmpty { broken.append(seed) }
    if broken.count >= 5 { break }
}
for violation in sum.violations { print(violation) }
for seed in broken { print("repeat it: make simulate SEEDS=\(seed)-\(seed)") }
print(
    """
    simulate: seeds \(seeds.lowerBound) to \(seeds.upperBound): \(sum.crashPoints) crash points \
    (\(sum.powerCuts) power cuts, \(sum.deaths) deaths of the process), \(sum.failures) failed calls, \
    \(sum.tornTails) torn tails cut, \(sum.refusals) noisy tails refused, \(sum.events) events, \
    \(broken.count) lives broken
    """)
if !broken.isEmpty { exit(1) }
