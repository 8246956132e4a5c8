import ArgumentParser
import EventLog
import Pipeline

/// Options of every command.
struct CommonOptions: ParsableArguments {
    @Option(
        name: [.customShort("L"), .customLong("log")],
        help: ArgumentHelp("The log's directory.", valueName: "dir"),
        completion: .directory
    )
    var log: String?

    @Option(name: .long, help: "Colour: auto, always or never. NO_COLOR is honoured.")
    var color: ColorChoice = .auto
}

extension ColorChoice: ExpressibleByArgument {}

/// What a command works with: where the log is, and where output goes.
struct Session {
    /// The log's directory.
    let log: String
    /// Whether to print JSON.
    let json: Bool
    /// How standard output looks.
    let style: Style
    /// How standard error looks.
    let messageStyle: Style
    /// Standard output: data.
    let out: Output
    /// Whether standard output is a terminal.
    let isTerminal: Bool
    let disk = PosixDisk()

    /// - Parameter flushesLines: for commands whose lines somebody waits for even in a pipe.
    init(_ common: CommonOptions, json: Bool = false, flushesLines: Bool = false) {
        log = Self.directory(common.log)
        self.json = json
        style = Self.style(Platform.standardOutput, common.color)
        messageStyle = Self.style(Platform.standardError, common.color)
        isTerminal = Platform.isTerminal(Platform.standardOutput)
        out = Output(Platform.standardOutput, flushesLines: isTerminal || flushesLines)
    }

    /// What a descriptor shows.
    static func style(_ descriptor: Int32, _ choice: ColorChoice) -> Style {
        Style(
            isTerminal: Platform.isTerminal(descriptor), columns: Platform.terminalSize(descriptor)?.columns,
            choice: choice, environment: Platform.environment)
    }

    /// The directory after `-L`, else the environment's, else the user's own.
    private static func directory(_ given: String?) -> String {
        LogLocation.directory(given.flatMap { $0.isEmpty ? nil : $0 }) { name in
            Platform.environment(name).flatMap { $0.isEmpty ? nil : $0 }
        } ?? "./.local/state/tidemark"
    }

    /// The log's directory as a person would write it.
    var shownLog: String {
        guard let home = Platform.environment("HOME"), log.hasPrefix(home + "/") else { return escaped(log) }
        return "~" + escaped(String(log.dropFirst(home.utf8.count)))
    }

    /// Prints a line for people on standard error; unwrapped where something in it is to be copied.
    func message(_ text: StyledText, wraps: Bool = true) {
        let parts = wraps ? text.wrapped(width: messageStyle.width, indent: 2) : [text]
        let lines = parts.map { $0.rendered(messageStyle) }
        // Nobody to tell is no reason to stop.
        try? Platform.write(Platform.standardError, Array((lines.joined(separator: "\n") + "\n").utf8).span)
    }

    /// A bar on standard error for a run that takes longer than a second.
    func progress() -> ProgressBar {
        let bar = ProgressBar(
            isShown: Platform.isTerminal(Platform.standardError) && Platform.environment("TERM") != "dumb"
                && !json,
            style: messageStyle)
        if isTerminal { out.beforeWriting = bar.clear }
        return bar
    }
}
