import ArgumentParser

/// Commands that need a network: `tidemarkd` carries them out.
struct SinkHandOver: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sink",
        abstract: "List sinks, try one, send dead letters again.",
        discussion: """
            Carried out by tidemarkd, which is looked for beside this program and in PATH.

              tidemark sink list --config tidemark.yaml
              tidemark sink test NAME --config tidemark.yaml --dry-run
              tidemark sink retry NAME --config tidemark.yaml
            """)

    @Argument(parsing: .captureForPassthrough, help: "What tidemarkd is to do: list, test NAME, retry NAME.")
    var words: [String] = []

    func run() throws {
        if words.first == "--help" || words.first == "-h" { throw CleanExit.helpRequest(self) }
        if let folder = Platform.programFolder { Platform.become(folder + "/tidemarkd", ["sink"] + words) }
        Platform.become("tidemarkd", ["sink"] + words)
        throw Failure(
            """
            tidemarkd is not installed; build it with `swift build -c release --product tidemarkd`, or \
            `make install-service`
            """,
            code: ExitStatus.unavailable)
    }
}
