import ArgumentParser
import Pipeline
import UsageEvents

/// `tidemark config`: the configuration.
struct ConfigCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "config", abstract: "Show, check and load the configuration.",
        discussion: """
            No configuration is needed. What is stronger wins: a flag, the environment \
            (TIDEMARK_DETECTION_...), the configuration that the log holds, the default.
            """,
        subcommands: [ConfigShow.self, ConfigCheck.self, ConfigLoad.self])
}

/// `tidemark config show`.
struct ConfigShow: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Print the configuration in force, every key with what it is for.",
        discussion: """
            Example:
              tidemark config show > tidemark.yaml    a file to begin with
            """)

    @OptionGroup var common: CommonOptions
    @OptionGroup var settings: SettingsOptions

    func run() throws {
        let session = Session(common)
        let effective = try settings.effective(log: session.logConfiguration())
        // Who is told is no part of the log: only a file says it.
        let delivery = try settings.config.map(ConfigFile.delivery) ?? DeliveryConfiguration()
        try session.out.write(Array((effective.annotatedYAML + delivery.annotatedYAML).utf8).span)
        try session.out.flush()
    }
}

/// `tidemark config check`.
struct ConfigCheck: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Name file, line and key of each fault of a configuration.")

    @OptionGroup var common: CommonOptions

    @Argument(help: "The configuration (YAML).", completion: .file(extensions: ["yaml", "yml"]))
    var file: String

    func run() throws {
        let session = Session(common)
        let settings = try ConfigFile.read(file)
        let delivery = try ConfigFile.delivery(file)
        try ConfigFile.checkPrices(settings)
        let sinks = delivery.sinks.isEmpty ? "" : ", " + counted(delivery.sinks.count, "sink")
        try session.out.line(
            "\(escaped(file)): good, \(ConfigFile.differences(settings))\(sinks)"
                + " (fingerprint \(RunConfiguration(settings).fingerprint))"
        )
        try session.out.flush()
    }
}

/// `tidemark config load`.
struct ConfigLoad: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "load", abstract: "Make a configuration the log's, from the next event on.",
        discussion: """
            Open alerts that do not exist under the new configuration are closed as superseded, and \
            those that are new are recorded. Try it first: tidemark replay --config FILE
            """)

    @OptionGroup var common: CommonOptions

    @Argument(help: "The configuration (YAML).", completion: .file(extensions: ["yaml", "yml"]))
    var file: String

    func run() throws {
        let session = Session(common)
        let settings = try ConfigFile.read(file)
        if try !ConfigFile.delivery(file).sinks.isEmpty {
            session.message("Sinks are not the log's: tidemarkd reads them from the file after --config.")
        }
        try ConfigFile.checkPrices(settings)
        var observer = IngestObserver()
        observer.notice = { session.message(StyledText(escaped($0), .warning)) }
        let isNew = try RunConfiguration.load(settings, into: session.log, session.disk, observer: observer)
        let name = RunConfiguration(settings).fingerprint
        session.message(
            isNew
                ? StyledText(
                    "\(escaped(file)) is now the configuration of \(session.shownLog):"
                        + " \(ConfigFile.differences(settings)) (fingerprint \(name))"
                )
                : StyledText("\(session.shownLog) has this configuration already (fingerprint \(name))"))
    }
}

/// Configuration files as commands read them.
private enum ConfigFile {
    static func read(_ path: String) throws -> TidemarkConfiguration {
        try TidemarkConfiguration.effective(file: (path, SmallFile.read(path, what: "a configuration")))
    }

    /// What the file says of who is told.
    static func delivery(_ path: String) throws -> DeliveryConfiguration {
        try DeliveryConfiguration(yaml: SmallFile.read(path, what: "a configuration"), file: path)
    }

    /// A price table that a configuration names must be one.
    static func checkPrices(_ settings: TidemarkConfiguration) throws {
        guard let path = settings.prices.file else { return }
        do {
            _ = try PriceTable(csv: SmallFile.read(path, what: "the price table of prices.file"))
        } catch let error as PriceTableError {
            throw Failure("\(path), \(error.description)", code: ExitStatus.badConfiguration)
        }
    }

    /// `no key differs from its default`, `3 keys differ from their defaults`.
    static func differences(_ settings: TidemarkConfiguration) -> String {
        let n = settings.canonicalText.split(separator: "\n").count
        switch n {
        case 0: return "no key differs from its default"
        case 1: return "1 key differs from its default"
        default: return "\(n) keys differ from their defaults"
        }
    }
}
