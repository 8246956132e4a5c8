import AsyncHTTPClient
import Logging
import NIOCore
import NIOHTTP1
import NIOSSL
import Sinks

/// Sends requests by HTTP to places that the rules allow, and to no others.
///
/// Every attempt resolves the name anew, checks all addresses, and connects to a checked one while TLS still
/// verifies the name: a second look-up, which could answer something else, never happens. Redirects are not
/// followed, no proxy is taken from the environment, and an answer is read up to 64 KiB and never unpacked.
actor HTTPTransport {
    /// Seconds for the connection to stand.
    static let connectSeconds: Int64 = 5
    /// Seconds for a whole attempt, from the look-up of the name to the last byte of the answer.
    static let attemptSeconds: Int64 = 15

    private let rules: EndpointRules
    private let resolver: Resolver
    private let attempt: Duration
    private var client: (host: String, address: IPAddress, client: HTTPClient)?
    private var retired: [Task<Void, Never>] = []

    init(
        rules: EndpointRules, resolver: Resolver, attempt: Duration = .seconds(HTTPTransport.attemptSeconds)
    ) {
        self.rules = rules
        self.resolver = resolver
        self.attempt = attempt
    }

    /// Makes one attempt.
    func send(_ message: HTTPMessage, now: @escaping @Sendable () -> Int64) async -> OutboundAnswer {
        do {
            return try await within(attempt) { try await self.exchange(message, now) }
        } catch let refusal as Refusal {
            return .failure(.policy, detail: refusal.why)
        } catch let error as SystemNames.Failure {
            return .failure(.network, detail: "the name could not be resolved: \(error)")
        } catch is TimedOut {
            return .failure(.timeout, detail: "no whole answer within \(attempt.components.seconds) s")
        } catch let error as HTTPClientError where Self.timeouts.contains(error) {
            return .failure(.timeout, detail: error.shortDescription)
        } catch {
            return .failure(.network, detail: Self.text(error))
        }
    }

    /// Ends all connections; nothing is sent afterwards.
    func close() async {
        if let client { retire(client.client) }
        client = nil
        for task in retired { await task.value }
        retired = []
    }

    private struct Refusal: Error { let why: String }

    private static let timeouts: [HTTPClientError] = [
        .connectTimeout, .readTimeout, .writeTimeout, .deadlineExceeded, .tlsHandshakeTimeout,
        .getConnectionFromPoolTimeout,
    ]

    /// What happened, without anything of the request: errors of the network name a host and a port at most.
    private static func text(_ error: any Error) -> String {
        if let error = error as? HTTPClientError { return error.shortDescription }
        return String(String(describing: error).prefix(200))
    }

    private func exchange(_ message: HTTPMessage, _ now: @Sendable () -> Int64) async throws -> OutboundAnswer
    {
        let endpoint: Endpoint
        do throws(Endpoint.Fault) {
            endpoint = try message.url.withText { text throws(Endpoint.Fault) in
                try Endpoint(text, allowHTTP: rules.allowHTTP)
            }
        } catch {
            throw Refusal(why: error.description)
        }
        let addresses = try await resolver.addresses(endpoint.host, endpoint.port)
        if let why = rules.refusal(of: endpoint, at: addresses) { throw Refusal(why: why) }
        let client = client(endpoint.host, addresses[0])
        var request = HTTPClientRequest(url: endpoint.url)
        request.method = HTTPMethod(rawValue: message.method)
        for header in message.headers { request.headers.add(name: header.name, value: header.value) }
        request.body = .bytes(ByteBuffer(bytes: message.body))
        let response = try await client.execute(request, timeout: .seconds(Self.attemptSeconds))
        var body: [UInt8] = []
        for try await part in response.body {
            body.append(contentsOf: part.readableBytesView.prefix(HTTPAnswer.bodyBytesMax - body.count))
            if body.count == HTTPAnswer.bodyBytesMax { break }
        }
        return .http(
            HTTPAnswer(
                status: Int(response.status.code), retryAfter: response.headers.first(name: "retry-after"),
                receivedAt: now(), body: body))
    }

    /// The client whose connections go to an address, whatever else the name may lead to.
    private func client(_ host: String, _ address: IPAddress) -> HTTPClient {
        if let client, client.host == host, client.address == address { return client.client }
        if let client { retire(client.client) }
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.minimumTLSVersion = .tlsv12
        var configuration = HTTPClient.Configuration(tlsConfiguration: tls)
        configuration.redirectConfiguration = .disallow
        configuration.decompression = .disabled
        configuration.httpVersion = .http1Only
        configuration.timeout.connect = .seconds(Self.connectSeconds)
        configuration.dnsOverride = [host: address.description]
        let new = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        client = (host, address, new)
        return new
    }

    private func retire(_ client: HTTPClient) {
        retired.append(
            Task {
                // What is still in flight there fails and is tried again.
                do { try await client.shutdown() } catch {}
            })
    }
}

/// An attempt took too long.
struct TimedOut: Error {}

/// Runs a body that is cancelled, and waited for no longer, after a time on the monotonic clock.
func within<Value: Sendable>(
    _ limit: Duration, _ body: @escaping @Sendable () async throws -> Value
) async throws -> Value {
    try await withThrowingTaskGroup(of: Value.self) { group in
        group.addTask { try await body() }
        group.addTask {
            try await Task.sleep(for: limit, clock: .continuous)
            throw TimedOut()
        }
        defer { group.cancelAll() }
        guard let first = try await group.next() else { throw TimedOut() }
        return first
    }
}
