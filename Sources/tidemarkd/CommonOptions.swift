import Alerting
import ArgumentParser
import EventLog
import Pipeline
import Service

/// Options that all commands share.
struct CommonOptions: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp(
            "The configuration, with its sections sinks, routes and notifications.",
            discussion: "Without it: tidemark.yaml in the service manager's configuration directory.",
            valueName: "file"))
    var config: String?

    @Option(
        name: [.customShort("L"), .long],
        help: ArgumentHelp(
            "The log's directory; else $TIDEMARK_LOG, $STATE_DIRECTORY, ~/.local/state/tidemark.",
            valueName: "dir"))
    var log: String?

    /// The log's directory, which must be there unless this process makes it.
    func directory(isMade: Bool = false) throws -> String {
        guard let path = LogLocation.directory(log, environment: ProcessEnvironment.value) else {
            throw Failure("no log is named: use -L DIR or set TIDEMARK_LOG", code: .usage)
        }
        guard try isMade || isDirectory(path + "/segments") else {
            throw Failure(
                "there is no log in \(path); `tidemark ingest -L \(path)` makes one", code: .noInput)
        }
        return path
    }

    private func isDirectory(_ path: String) throws -> Bool {
        do throws(IOFailure) {
            _ = try PosixDisk().list(path)
            return true
        } catch {
            if error.cause == .missing { return false }
            throw Failure(error.description, code: .inputOutput)
        }
    }

    /// The name of the configuration file.
    func configurationFile() throws -> String {
        if let config { return config }
        guard let directory = ProcessEnvironment.value("CONFIGURATION_DIRECTORY") else {
            throw Failure("no configuration is named: use --config FILE", code: .usage)
        }
        return directory + "/tidemark.yaml"
    }

    /// What the configuration file says of delivery.
    func delivery() throws -> DeliveryConfiguration {
        let file = try configurationFile()
        let bytes: [UInt8]
        do throws(FileBytes.Fault) { bytes = try FileBytes(file, limit: 1 << 20).bytes } catch {
            throw Failure(error.description, code: error.isMissing ? .noInput : .inputOutput)
        }
        do throws(ConfigurationError) {
            return try DeliveryConfiguration(yaml: bytes, file: file)
        } catch {
            throw Failure(error.description, code: .badConfiguration)
        }
    }

    /// One sink of the configuration.
    func sink(_ name: String) throws -> SinkSettings {
        let sinks = try delivery().sinks
        guard let settings = sinks.first(where: { $0.name == name }) else {
            let known = sinks.map(\.name).joined(separator: ", ")
            throw Failure(
                "no sink is called \(name); \(known.isEmpty ? "there is none" : "there are: \(known)")",
                code: .badConfiguration)
        }
        return settings
    }
}
