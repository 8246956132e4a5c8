import ArgumentParser
import EventLog
import Pipeline
import UsageEvents

/// Exit codes: an interface, so they never change (those above 63 follow BSD's `sysexits.h`).
enum ExitStatus {
    static let done: Int32 = 0
    static let failed: Int32 = 1
    static let found: Int32 = 3
    static let usage: Int32 = 64
    static let badInput: Int32 = 65
    static let noInput: Int32 = 66
    static let unavailable: Int32 = 69
    static let inputOutput: Int32 = 74
    static let locked: Int32 = 75
    static let badConfiguration: Int32 = 78
}

/// Something that ends a command: a line for the user, and a code for scripts.
struct Failure: Error {
    /// What, where, what to do; several lines for several faults; empty where everything has been said.
    var message: String
    /// See `ExitStatus`.
    var code: Int32

    /// Ends the process as an error deserves.
    static func end(_ error: any Error) -> Never {
        if let output = error as? OutputError, output == .closed { Platform.exit(ExitStatus.done) }
        guard let failure = Failure(error) ?? Failure(parsing: error) else { Tidemark.exit(withError: error) }
        failure.report()
        Platform.exit(failure.code)
    }

    /// Prints the message on standard error.
    func report() {
        guard !message.isEmpty else { return }
        let style = Session.style(Platform.standardError, .auto)
        for line in message.split(separator: "\n") {
            let text = StyledText("tidemark: ", .failure) + StyledText(escaped(Self.lowercased(String(line))))
            // Not wrapped: paths and commands in a message should survive copying.
            let rendered = text.rendered(style) + "\n"
            try? Platform.write(Platform.standardError, Array(rendered.utf8).span)
        }
    }

    /// A sentence that continues `tidemark: ` begins with a small letter.
    private static func lowercased(_ text: String) -> String {
        let word = text.prefix { $0 != " " }
        guard word.dropFirst().allSatisfy({ $0.isLowercase }), word.first?.isUppercase ?? false else {
            return text
        }
        return text.prefix(1).lowercased() + text.dropFirst()
    }

    init(_ message: String, code: Int32) {
        self.message = message
        self.code = code
    }

    /// What the argument parser complains about, and where to read more; nil for a request for help.
    init?(parsing error: any Error) {
        let code = Tidemark.exitCode(for: error).rawValue
        guard code != ExitStatus.done else { return nil }
        // The last line of the parser's own report names the help that fits: See '... --help' for more
        // information.
        let hint = Tidemark.fullMessage(for: error).split(separator: "\n").last?.split(separator: "'")
            .dropFirst().first
        var text = Tidemark.message(for: error).split(separator: "\n").joined(separator: " ")
        if let hint {
            if text.hasSuffix(".") { text.removeLast() }
            text += "; see `\(hint == "tidemark overview --help" ? "tidemark --help" : String(hint))`"
        }
        self.init(text, code: code)
    }

    /// What an error means; nil for the argument parser's own.
    init?(_ error: any Error) {
        switch error {
        case let failure as Failure: self = failure
        case let error as LogError: self.init(error.description, code: Self.code(of: error))
        case let error as InputError: self.init(error.description, code: Self.code(of: error))
        case let error as ConfigurationError: self.init(error.description, code: ExitStatus.badConfiguration)
        case let error as IOFailure: self.init(error.description, code: ExitStatus.inputOutput)
        case is ZstdOutput.Failed:
            self.init("there is not enough memory to compress", code: ExitStatus.failed)
        case OutputError.failed(let reason):
            self.init(
                "standard output cannot be written: \(reason); free some space or write elsewhere",
                code: ExitStatus.inputOutput)
        default: return nil
        }
    }

    /// The code of a log's error.
    static func code(of error: LogError) -> Int32 {
        switch error {
        case .noSuchLog: ExitStatus.noInput
        case .locked: ExitStatus.locked
        case .full, .readOnly, .io, .poisoned: ExitStatus.inputOutput
        default: ExitStatus.badInput
        }
    }

    /// The code of an input's error.
    static func code(of error: InputError) -> Int32 {
        if error.isMissing { return ExitStatus.noInput }
        if case .failed = error { return ExitStatus.inputOutput }
        return ExitStatus.badInput
    }
}
