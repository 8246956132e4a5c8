/// One place that alerts are sent to, as the configuration describes it. Holds no secret, only where it is.
public struct SinkSettings: Hashable, Sendable {
    /// How an account's name is told.
    public enum IdentityForm: String, Sendable, CaseIterable {
        /// As it is.
        case clear
        /// `p:` and sixteen hexadecimal digits of a keyed hash.
        case pseudonym
        /// Not at all.
        case omitted
    }

    /// Where a secret text is found. Never the text itself, but for an address that the user wrote down.
    public enum Place: Hashable, Sendable {
        /// Written in the configuration; only an address may be.
        case text(String)
        /// In a file, without the line's end.
        case file(String)
        /// In an environment variable.
        case environment(String)
        /// In a file of the service manager's credentials directory.
        case credential(String)
    }

    /// Its name in routes, commands and audit.
    public var name: String
    /// Which encoder: a word of the registry, such as `webhook` or `slack`.
    public var kind: String
    /// Where requests go; several only where a kind asks for all (members of an Alertmanager cluster).
    public var urls: [Place] = []
    /// Secrets for signing, newest first (several while they are rotated), or the routing key.
    public var secrets: [Place] = []
    /// How accounts are named.
    public var identity = IdentityForm.clear
    /// Keys of the alert that may be sent; empty allows all.
    public var fields: [String] = []
    /// Program and arguments of an `exec` sink.
    public var command: [String] = []
    /// File of a `file` sink.
    public var path: String?
    /// Plain `http` is allowed.
    public var allowHTTP = false
    /// Private networks that it may be in, as CIDR blocks.
    public var allowNetworks: [String] = []
    /// Ports besides 443 (and 80 where plain `http` is allowed) that it may be on outside of these networks.
    public var allowPorts: [Int] = []
    /// Deliveries at a time; more than one gives up the order between different alerts, never within one.
    public var inFlight = 1
    /// Resolved alerts are told, too.
    public var sendsResolved = true
    /// Alerts raised from imported history are sent like others.
    public var sendsHistory = false
    /// Digest lines are told, once a day.
    public var sendsDigest = true
    /// A page about Tidemark that links of messages lead to, if there is one.
    public var externalURL: String?

    /// A sink with the defaults.
    public init(name: String, kind: String) {
        self.name = name
        self.kind = kind
    }
}
