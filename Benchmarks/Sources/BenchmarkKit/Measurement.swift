internal import CAllocationCounter

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

/// One measured run: CPU seconds of the process (user and system), wall seconds, allocations.
public struct Measurement {
    /// User and system seconds.
    public var cpu: Double
    /// Wall seconds.
    public var wall: Double
    /// Calls of the allocator.
    public var allocations: UInt64

    /// Runs something and measures it.
    public static func of<R>(_ body: () throws -> R) rethrows -> (R, Measurement) {
        let start = now()
        let result = try body()
        let end = now()
        return (
            result,
            Measurement(
                cpu: end.cpu - start.cpu, wall: end.wall - start.wall,
                allocations: end.allocations - start.allocations)
        )
    }

    private static func now() -> Measurement {
        var usage = rusage()
        // Glibc imports the constant as an enumeration and the parameter as a number; 0 is "this process"
        // everywhere.
        unsafe getrusage(.init(0), &usage)
        var clock = timespec()
        unsafe clock_gettime(CLOCK_MONOTONIC, &clock)
        let cpu =
            Double(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec)
            + Double(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * 1e-6
        return Measurement(
            cpu: cpu, wall: Double(clock.tv_sec) + Double(clock.tv_nsec) * 1e-9,
            allocations: allocation_count())
    }

    /// One line: what was done, how fast, at which cost, and a hash of the result, so that nobody optimises
    /// the work away.
    public func report(_ name: String, events: Int, bytes: Int? = nil, hash: UInt64) {
        let n = Double(max(events, 1))
        var parts = [
            name, "events \(events)", "events/s \(Int(n / max(cpu, 1e-9)))",
            "ns/event \(rounded(cpu * 1e9 / n))",
        ]
        if let bytes { parts.append("bytes/event \(rounded(Double(bytes) / n))") }
        parts.append("allocations/event \(rounded(Double(allocations) / n, 1e5))")
        parts.append("wall \(rounded(wall, 1e3)) s")
        parts.append("hash \(String(hash, radix: 16))")
        print(parts.joined(separator: "  "))
    }

    private func rounded(_ value: Double, _ unit: Double = 100) -> Double { (value * unit).rounded() / unit }
}

/// How large a benchmark is: `--smoke` for a second's work on each build, a number of events, or a file of
/// events.
public struct BenchmarkSize {
    /// Events to generate.
    public var events = 2_000_000
    /// A file to read instead.
    public var file: String?

    /// From the command line.
    public init() {
        for argument in CommandLine.arguments.dropFirst() {
            if argument == "--smoke" {
                events = 20_000
            } else if let n = Int(argument) {
                events = n
            } else {
                file = argument
            }
        }
    }
}

/// A running 64-bit hash of results.
public struct ResultHash {
    /// The value so far.
    public private(set) var value: UInt64 = 0xcbf2_9ce4_8422_2325

    /// Empty.
    public init() {}

    /// Takes a number.
    public mutating func add(_ x: UInt64) { value = (value ^ x) &* 0x0000_0100_0000_01b3 &+ value >> 29 }

    /// Takes bytes.
    public mutating func add(_ bytes: [UInt8]) { for b in bytes { add(UInt64(b)) } }
}
