public import Alerting
public import Detection
public import UsageEvents

/// Everything that a user may set, with a default for each value: no configuration is a good configuration.
///
/// `ConfigurationKeys.all` lists the keys under which the values stand in a file, in the environment, after
/// `--set` and in the log. What is stronger wins: flag, environment, the log's own configuration, default.
public struct TidemarkConfiguration: Hashable, Sendable {
    /// How the log is written.
    public struct LogSettings: Hashable, Sendable {
        /// Bytes of one segment file before the writer begins the next.
        public var segmentBytes = Limits.segmentBytes
        /// How long request ids are kept.
        public var keepRequestIDs = RequestIDs.window
        /// Days after which `log prune` drops events, by the log's own clock; 0 keeps all.
        public var retentionDays = 0
        /// Bytes of segments above which `log prune` drops the oldest; 0 keeps all.
        public var retentionBytes = 0

        /// How long request ids are kept.
        public enum RequestIDs: String, CaseIterable, Sendable {
            /// As long as a repetition may be recognised by them.
            case window
            /// For good.
            case always
        }

        /// The defaults.
        public init() {}
    }

    /// What inputs mean that are of no known format.
    public struct SourceSettings: Hashable, Sendable {
        /// What the columns of a table mean, as after `--map`; nil where a header has to say it.
        public var map: String?

        /// The defaults.
        public init() {}
    }

    /// What tokens cost where an event does not say.
    public struct PriceSettings: Hashable, Sendable {
        /// A price table whose rows win over the bundled ones; nil for the bundled ones alone.
        public var file: String?

        /// The defaults.
        public init() {}
    }

    /// How the log is written.
    public var log = LogSettings()
    /// What inputs mean that are of no known format.
    public var sources = SourceSettings()
    /// What tokens cost where an event does not say.
    public var prices = PriceSettings()
    /// What is found.
    public var detection = DetectionConfiguration()
    /// How what is found becomes alerts.
    public var alerting = AlertingConfiguration()

    /// The defaults.
    public init() {}

    /// The configuration that is in force.
    ///
    /// - Parameters:
    ///   - log: the canonical text that the log holds; empty where it holds none.
    ///   - file: a file given by name, which stands in the place of the log's configuration.
    ///   - environment: variables; only those that begin with `TIDEMARK_` are looked at.
    ///   - assignments: the texts after `--set`, in their order.
    /// - Throws: every fault of the first of these that has one.
    public static func effective(
        log: String = "",
        file: (name: String, bytes: [UInt8])? = nil,
        environment: [String: String] = [:],
        assignments: [String] = []
    ) throws(ConfigurationError) -> TidemarkConfiguration {
        var configuration = TidemarkConfiguration()
        if let file {
            try configuration.apply(yaml: file.bytes, file: file.name)
        } else if !log.isEmpty {
            try configuration.apply(yaml: Array(log.utf8), file: "the log's configuration")
        }
        try configuration.apply(environment: environment)
        try configuration.apply(assignments: assignments)
        return configuration
    }

    /// A price table in which the names are known too that `models.aliases` gives.
    public func naming(_ prices: PriceTable) -> PriceTable { prices.naming(detection.aliases) }

    /// Takes over values from environment variables: `TIDEMARK_` and the key in capitals, its dots as
    /// underscores.
    ///
    /// A variable below a section that is no key is a fault, as a misspelt key in a file is; other
    /// `TIDEMARK_` variables belong to the command line.
    public mutating func apply(environment: [String: String]) throws(ConfigurationError) {
        var faults: [ConfigurationFault] = []
        // Sorted: the order of a dictionary must not decide which fault comes first.
        for (name, text) in environment.sorted(by: { $0.key < $1.key }) where name.hasPrefix("TIDEMARK_") {
            let place = ConfigurationFault.Place.environment(variable: name)
            if let key = ConfigurationKeys.all.first(where: { $0.variable == name }) {
                if let problem = key.set(text, in: &self) {
                    faults.append(ConfigurationFault(place: place, key: key.path, problem: problem))
                }
            } else if ConfigurationKeys.sections.contains(where: {
                name.hasPrefix("TIDEMARK_\($0.uppercased())_")
            }) {
                let nearest = ConfigurationKeys.nearest(to: name, in: ConfigurationKeys.all.map(\.variable))
                faults.append(
                    ConfigurationFault(place: place, key: name, problem: .unknownKey(nearest: nearest)))
            }
        }
        guard faults.isEmpty else { throw ConfigurationError(faults: faults) }
    }

    /// Takes over values from texts of the form `key=value`; a later one wins.
    public mutating func apply(assignments: [String]) throws(ConfigurationError) {
        var faults: [ConfigurationFault] = []
        for text in assignments {
            let place = ConfigurationFault.Place.flag(text: text)
            guard let equals = text.firstIndex(of: "=") else {
                faults.append(ConfigurationFault(place: place, key: text, problem: .notAnAssignment))
                continue
            }
            let path = String(text[..<equals])
            guard let key = ConfigurationKeys.key(path) else {
                // Of keys only: to a section nothing can be assigned.
                let nearest = ConfigurationKeys.nearest(to: path, in: ConfigurationKeys.all.map(\.path))
                faults.append(
                    ConfigurationFault(place: place, key: path, problem: .unknownKey(nearest: nearest)))
                continue
            }
            if let problem = key.set(String(text[text.index(after: equals)...]), in: &self) {
                faults.append(ConfigurationFault(place: place, key: path, problem: problem))
            }
        }
        guard faults.isEmpty else { throw ConfigurationError(faults: faults) }
    }
}
