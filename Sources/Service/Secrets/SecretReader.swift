import Alerting
import EventLog
import Sinks

/// The secrets of one sink, read.
struct SinkSecrets: Sendable, Equatable {
    var urls: [Secret] = []
    var secrets: [Secret] = []
    var pseudonymKey: Secret?
}

/// Reads secrets from where the configuration says they are, and never says what they are.
///
/// A variable of the environment is removed once it was read, so that no child and no core dump has it; its
/// value is kept here for the next reload.
struct SecretReader {
    private var variables: [String: Secret] = [:]

    /// Why a secret could not be read: the place, never the content.
    struct Fault: Error, CustomStringConvertible {
        let description: String

        init(_ description: String) { self.description = description }
    }

    /// Reads what a sink needs.
    mutating func secrets(of settings: SinkSettings, log: String) throws(Fault) -> SinkSecrets {
        var read = SinkSecrets()
        for place in settings.urls { read.urls.append(try secret(place, of: settings.name)) }
        for place in settings.secrets { read.secrets.append(try secret(place, of: settings.name)) }
        if settings.identity == .pseudonym { read.pseudonymKey = try PseudonymKey.key(log: log) }
        return read
    }

    private mutating func secret(_ place: SinkSettings.Place, of sink: String) throws(Fault) -> Secret {
        switch place {
        case .text(let text): return Secret(text)
        case .file(let path): return try SecretFile.secret(path, of: sink)
        case .credential(let name):
            guard let directory = ProcessEnvironment.value("CREDENTIALS_DIRECTORY") else {
                throw Fault("\(sink): there is no credentials directory; it is the service manager's to give")
            }
            guard !name.contains("/"), name != "..", !name.isEmpty else {
                throw Fault("\(sink): a credential is the name of a file, not a path")
            }
            return try SecretFile.secret(directory + "/" + name, of: sink)
        case .environment(let name):
            if let known = variables[name] { return known }
            guard let value = ProcessEnvironment.take(name) else {
                throw Fault("\(sink): the environment has no variable \(name), or it is empty")
            }
            let secret = Secret(value)
            variables[name] = secret
            return secret
        }
    }
}
