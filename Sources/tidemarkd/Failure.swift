import ArgumentParser

/// Something that ends the program: a line for the user, and a code for scripts.
struct Failure: Error, CustomStringConvertible {
    /// What the codes mean; those above 63 follow BSD's `sysexits.h`.
    enum Code: Int32 {
        case usage = 64
        case noInput = 66
        case unavailable = 69
        case inputOutput = 74
        case locked = 75
        case badConfiguration = 78
    }

    let description: String
    let code: Code

    init(_ description: String, code: Code) {
        self.description = description
        self.code = code
    }

    /// Says it on standard error, one line each, and ends with the code.
    func end() -> ExitCode {
        for line in description.split(separator: "\n") { StandardStreams.error("tidemarkd: \(line)") }
        return ExitCode(code.rawValue)
    }
}
