import NIOCore
import NIOHTTP1
import Sinks

/// Sends requests by HTTP/1.1 to places that the rules allow, and to no others.
///
/// Every attempt resolves the name anew, checks all addresses, and connects to a checked one while TLS still
/// verifies the name: a second look-up, which could answer something else, never happens. There is nothing
/// that follows a redirect, takes a proxy from the environment or unpacks an answer, and an answer is read up
/// to 64 KiB.
struct HTTPTransport: Sendable {
    /// Seconds for the connection to stand.
    static let connectSeconds: Int64 = 5
    /// Seconds for a whole attempt, from the look-up of the name to the last byte of the answer.
    static let attemptSeconds: Int64 = 15

    private let rules: EndpointRules
    private let resolver: Resolver
    private let attempt: Duration
    private let connections = HTTPConnections()

    init(
        rules: EndpointRules, resolver: Resolver, attempt: Duration = .seconds(HTTPTransport.attemptSeconds)
    ) {
        self.rules = rules
        self.resolver = resolver
        self.attempt = attempt
    }

    /// Makes one attempt.
    func send(_ message: HTTPMessage, now: @Sendable () -> Int64) async -> OutboundAnswer {
        do {
            return try await exchange(message, now)
        } catch let refusal as Refusal {
            return .failure(.policy, detail: refusal.why)
        } catch let error as SystemNames.Failure {
            return .failure(.network, detail: "the name could not be resolved: \(error)")
        } catch is TimedOut {
            return .failure(.timeout, detail: "no whole answer within \(attempt.components.seconds) s")
        } catch ChannelError.connectTimeout(_) {
            return .failure(.timeout, detail: "no connection within \(Self.connectSeconds) s")
        } catch {
            // Without anything of the request: errors of the network name a host and a port at most.
            return .failure(.network, detail: String(String(describing: error).prefix(200)))
        }
    }

    /// Ends all connections; nothing is sent afterwards.
    func close() { connections.close() }

    private struct Refusal: Error { let why: String }

    private func exchange(_ message: HTTPMessage, _ now: @Sendable () -> Int64) async throws -> OutboundAnswer
    {
        let deadline = NIODeadline.now() + TimeAmount(attempt)
        let endpoint: Endpoint
        do throws(Endpoint.Fault) {
            endpoint = try message.url.withText { text throws(Endpoint.Fault) in
                try Endpoint(text, allowHTTP: rules.allowHTTP)
            }
        } catch {
            throw Refusal(why: error.description)
        }
        let addresses = try await addresses(of: endpoint)
        if let why = rules.refusal(of: endpoint, at: addresses) { throw Refusal(why: why) }
        var head = HTTPRequestHead(
            version: .http1_1, method: HTTPMethod(rawValue: message.method), uri: endpoint.target)
        head.headers.add(name: "host", value: endpoint.authority)
        for header in message.headers { head.headers.add(name: header.name, value: header.value) }
        head.headers.add(name: "content-length", value: String(message.body.count))
        let answer = try await connections.send(
            head, ByteBuffer(bytes: message.body),
            to: HTTPConnections.Place(
                host: endpoint.host, address: addresses[0], port: endpoint.port,
                isEncrypted: endpoint.scheme == "https"), deadline: deadline)
        return .http(
            HTTPAnswer(
                status: answer.status, retryAfter: answer.retryAfter, receivedAt: now(), body: answer.body))
    }

    private func addresses(of endpoint: Endpoint) async throws -> [IPAddress] {
        // An address needs nobody's answer, and so no timer.
        guard IPAddress(endpoint.host) == nil else {
            return try await resolver.addresses(endpoint.host, endpoint.port)
        }
        let resolver = resolver
        return try await within(attempt) { try await resolver.addresses(endpoint.host, endpoint.port) }
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
