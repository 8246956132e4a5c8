/// Something that reads what others wrote, and what must hold for any bytes at all.
struct FuzzTarget: Sendable, CustomStringConvertible {
    /// The name after `--target=`, and of the folder of its regressions.
    let name: String
    /// Inputs to begin from.
    let seeds: @Sendable () throws -> [[UInt8]]
    /// Throws where something does not hold; a trap is found by itself.
    let check: @Sendable ([UInt8]) throws -> Void

    var description: String { name }

    /// Every target, in the order in which they run.
    static let all = decoders + logs + cells + snapshots + texts
}

/// Something that must hold for every input and did not.
struct BrokenPromise: Error, CustomStringConvertible {
    let description: String
}

/// Throws unless a condition holds.
func promise(_ condition: Bool, _ what: @autoclosure () -> String) throws {
    if !condition { throw BrokenPromise(description: what()) }
}

/// Throws unless two values are equal; says both.
func promiseEqual<T: Equatable>(_ a: T, _ b: T, _ what: String) throws {
    try promise(a == b, "\(what):\n\(a)\nis not\n\(b)")
}
