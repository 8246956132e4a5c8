import FoundationEssentials

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The entry points of libFuzzer, around the check that `--target=NAME` names.
///
/// `--seeds=FOLDER` writes the seeds of the target there first; `--list` prints the targets. libFuzzer
/// passes over flags with two dashes.
enum Harness {
    static let target: FuzzTarget = {
        let name = flag("target") ?? ""
        guard let target = FuzzTarget.all.first(where: { $0.name == name }) else {
            stop("--target is '\(name)', wanted one of \(FuzzTarget.all.map(\.name))")
        }
        return target
    }()

    static func flag(_ name: String) -> String? {
        let start = "--\(name)="
        return CommandLine.arguments.first { $0.hasPrefix(start) }.map { String($0.dropFirst(start.count)) }
    }

    /// Says why, then ends in a way that libFuzzer takes for a crash.
    static func stop(_ why: String) -> Never {
        print("\nfuzz: \(why)\n")
        // The process ends without the C library's help.
        fflush(nil)
        preconditionFailure()
    }

    static func writeSeeds() {
        if CommandLine.arguments.contains("--list") {
            for target in FuzzTarget.all { print(target.name) }
            exit(0)
        }
        guard let folder = flag("seeds") else { return }
        do {
            for (number, seed) in try target.seeds().enumerated() {
                try Data(seed).write(to: URL(filePath: folder).appending(path: "seed-\(number)"))
            }
        } catch {
            stop("no seeds: \(error)")
        }
    }
}

/// Called once, before libFuzzer reads its corpus.
@_cdecl("LLVMFuzzerInitialize")
public func initialize(
    _ count: UnsafeMutablePointer<CInt>, _ arguments: UnsafeMutableRawPointer
) -> CInt {
    Harness.writeSeeds()
    return 0
}

/// Called for every input.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    // libFuzzer lends the bytes for the length of the call; they are copied at once.
    let input = unsafe Array(UnsafeBufferPointer(start: bytes, count: count))
    do {
        try Harness.target.check(input)
    } catch {
        Harness.stop("\(Harness.target.name): \(error)")
    }
    return 0
}
