import Alerting
import EventLog
import Sinks

/// Carries out what a sink wants done: a request, a line in a file, a program, bytes on a connection.
struct Transport: Sendable {
    private let settings: SinkSettings
    private let http: HTTPTransport
    private let stream: StreamTransport
    private let now: @Sendable () -> Int64

    /// A transport for one sink; `now` gives seconds since 1970.
    init(
        _ settings: SinkSettings, resolver: Resolver,
        attempt: Duration = .seconds(HTTPTransport.attemptSeconds),
        now: @escaping @Sendable () -> Int64
    ) throws(SettingsFault) {
        var networks: [Network] = []
        for text in settings.allowNetworks {
            guard let network = Network(text) else {
                throw SettingsFault("allow_networks of \(settings.name): this is no network: \(text)")
            }
            networks.append(network)
        }
        let rules = EndpointRules(
            networks: networks, ports: settings.allowPorts, allowHTTP: settings.allowHTTP)
        self.settings = settings
        self.now = now
        http = HTTPTransport(rules: rules, resolver: resolver, attempt: attempt)
        stream = StreamTransport(rules: rules, resolver: resolver)
    }

    /// Makes one attempt; never throws, because whatever happens is an answer.
    func perform(_ request: OutboundRequest) async -> OutboundAnswer {
        switch request {
        case .http(let message): return await http.send(message, now: now)
        case .stream(let url, let bytes): return await stream.send(bytes, to: url)
        case .process(let input): return await CommandTransport.run(settings.command, input: input)
        case .file(let lines):
            guard let path = settings.path else {
                return .failure(.local, detail: "the sink has no path")
            }
            return FileTransport.append(lines, to: path)
        }
    }

    /// Ends all connections.
    func close() { http.close() }
}

/// Settings that cannot be carried out.
struct SettingsFault: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
