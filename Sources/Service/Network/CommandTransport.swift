import Sinks
import Subprocess

#if canImport(System)
    import System
#else
    import SystemPackage
#endif

/// Runs a program with a message as its standard input.
///
/// No shell stands between: arguments are what the configuration says and never hold text of an event. The
/// program sees `PATH`, `HOME`, `LANG` and `TZ` of this process and nothing else, so no secret of the
/// environment reaches it.
enum CommandTransport {
    static let limit = Duration.seconds(30)

    static func run(_ command: [String], input: [UInt8]) async -> OutboundAnswer {
        guard let program = command.first else { return .failure(.local, detail: "the sink has no command") }
        let arguments = Array(command.dropFirst())
        do {
            let status = try await within(limit) {
                let executable: Executable =
                    program.contains("/") ? .path(FilePath(program)) : .name(program)
                var options = PlatformOptions()
                options.teardownSequence = [.gracefulShutDown(allowedDurationToNextStep: .seconds(2))]
                return try await Subprocess.run(
                    executable, arguments: Arguments(arguments), environment: environment(),
                    platformOptions: options, input: .array(input), output: .discarded, error: .discarded
                ).terminationStatus
            }
            switch status {
            case .exited(let code): return .exit(code: Int32(code))
            case .signaled(let signal): return .exit(code: 128 + Int32(signal))
            }
        } catch is TimedOut {
            return .failure(.timeout, detail: "the program ran longer than \(limit.components.seconds) s")
        } catch {
            return .failure(.local, detail: String(String(describing: error).prefix(200)))
        }
    }

    private static func environment() -> Subprocess.Environment {
        var kept: [Subprocess.Environment.Key: String] = [:]
        for name in ["PATH", "HOME", "LANG", "TZ"] {
            if let value = ProcessEnvironment.value(name) { kept[.init(stringLiteral: name)] = value }
        }
        return .custom(kept)
    }
}
