import NIOCore
import NIOPosix
import NIOSSL
import Sinks

/// Writes bytes to a connection (`tls://`, `tcp://`) or sends them as one datagram (`udp://`): syslog.
///
/// The protocol has no answer. Written means that the kernel of this machine took the bytes and the
/// connection was closed in good order; a receiver that dies at that moment may lose them.
struct StreamTransport: Sendable {
    private let rules: EndpointRules
    private let resolver: Resolver

    init(rules: EndpointRules, resolver: Resolver) {
        // syslog's own ports are as usual here as 443 is there (RFC 5425, RFC 5426, RFC 6587).
        self.rules = EndpointRules(
            networks: rules.networks, ports: rules.ports + [514, 601, 6514], allowHTTP: true)
        self.resolver = resolver
    }

    func send(_ bytes: [UInt8], to url: Secret) async -> OutboundAnswer {
        do {
            return try await within(.seconds(HTTPTransport.attemptSeconds)) {
                try await self.exchange(bytes, url)
            }
        } catch is TimedOut {
            return .failure(.timeout, detail: "not written within \(HTTPTransport.attemptSeconds) s")
        } catch {
            return .failure(.network, detail: String(String(describing: error).prefix(200)))
        }
    }

    private func exchange(_ bytes: [UInt8], _ url: Secret) async throws -> OutboundAnswer {
        let text = url.withText { $0 }
        let scheme = text.prefix { $0 != ":" }.lowercased()
        let endpoint: Endpoint
        do throws(Endpoint.Fault) {
            // The same strict reading as for requests; only the scheme is another.
            endpoint = try Endpoint("http" + text.dropFirst(scheme.count), allowHTTP: true)
        } catch {
            return .failure(.policy, detail: error.description)
        }
        let addresses = try await resolver.addresses(endpoint.host, endpoint.port)
        if let why = rules.refusal(of: endpoint, at: addresses) { return .failure(.policy, detail: why) }
        let place = try SocketAddress(ipAddress: addresses[0].description, port: endpoint.port)
        let group = MultiThreadedEventLoopGroup.singleton
        let buffer = ByteBuffer(bytes: bytes)
        switch scheme {
        case "udp":
            let channel = try await DatagramBootstrap(group: group).connect(to: place).get()
            try await channel.writeAndFlush(buffer)
            try await channel.close()
        case "tcp", "tls":
            var bootstrap = ClientBootstrap(group: group)
                .connectTimeout(.seconds(HTTPTransport.connectSeconds))
            if scheme == "tls" {
                var tls = TLSConfiguration.makeClientConfiguration()
                tls.minimumTLSVersion = .tlsv12
                let context = try NIOSSLContext(configuration: tls)
                let name = IPAddress(endpoint.host) == nil ? endpoint.host : nil
                bootstrap = bootstrap.channelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.addHandler(
                            NIOSSLClientHandler(context: context, serverHostname: name))
                    }
                }
            }
            let channel = try await bootstrap.connect(to: place).get()
            try await channel.writeAndFlush(buffer)
            try await channel.close()
        default:
            return .failure(.policy, detail: "an address has to begin with tls://, tcp:// or udp://")
        }
        return .written
    }
}
