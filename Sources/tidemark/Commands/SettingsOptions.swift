import ArgumentParser
import Pipeline

/// Options that change the configuration for one run.
struct SettingsOptions: ParsableArguments {
    @Option(
        name: .long, help: ArgumentHelp("A configuration in the place of the log's.", valueName: "file"),
        completion: .file(extensions: ["yaml", "yml"]))
    var config: String?

    @Option(name: .long, help: ArgumentHelp("One setting; may be repeated.", valueName: "key=value"))
    var set: [String] = []

    /// Whether a flag or the environment says anything about settings.
    var areGiven: Bool {
        config != nil || !set.isEmpty
            || Platform.environment().keys.contains { $0.hasPrefix("TIDEMARK_") && $0 != "TIDEMARK_LOG" }
    }

    /// The configuration in force: flags over the environment over the file or the log's own over the
    /// defaults.
    func effective(log: String) throws -> TidemarkConfiguration {
        try TidemarkConfiguration.effective(
            log: log, file: try config.map { try file($0) }, environment: Platform.environment(),
            assignments: set)
    }

    private func file(_ path: String) throws -> (name: String, bytes: [UInt8]) {
        (path, try SmallFile.read(path, what: "a configuration"))
    }
}
