import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import Synchronization

/// The connections of one sink, kept open between requests that follow each other closely: as many as
/// requests are made at a time, all on one event loop.
final class HTTPConnections: Sendable {
    /// Where a connection leads to: an address that was checked, and the name that TLS has to prove.
    struct Place: Hashable {
        let host: String
        let address: IPAddress
        let port: Int
        let isEncrypted: Bool
    }

    private struct State {
        var isClosed = false
        /// Connections that carry nothing at the moment.
        var idle: [(place: Place, channel: any Channel)] = []
        /// Made for the first encrypted connection, because it reads all certificates of the system.
        var tls: NIOSSLContext?
    }

    private let loop = MultiThreadedEventLoopGroup.singleton.any()
    private let state = Mutex(State())

    /// Makes one request.
    ///
    /// - Throws: `TimedOut`, `ChannelError.connectTimeout`, `HTTPExchangeHandler.Closed`, and what the
    ///   network, TLS and the reader of HTTP report.
    func send(
        _ head: HTTPRequestHead, _ body: ByteBuffer, to place: Place, deadline: NIODeadline
    ) async throws -> HTTPExchange.Answer {
        let firstFailure = HTTPExchangeHandler.FirstFailure()
        if let open = takeIdle(place) {
            do {
                return try await send(head, body, over: open, to: place, deadline, firstFailure)
            } catch ChannelError.ioOnClosedChannel {
                // It was just being closed, and nothing was sent.
            }
        }
        let new = try await connect(to: place, deadline, firstFailure)
        return try await send(head, body, over: new, to: place, deadline, firstFailure)
    }

    private func send(
        _ head: HTTPRequestHead, _ body: ByteBuffer, over channel: any Channel, to place: Place,
        _ deadline: NIODeadline, _ firstFailure: HTTPExchangeHandler.FirstFailure
    ) async throws -> HTTPExchange.Answer {
        let promise = loop.makePromise(of: HTTPExchange.Answer.self)
        let exchange = HTTPExchange(head: head, body: body, deadline: deadline, answer: promise)
        channel.writeAndFlush(exchange).whenFailure { error in
            promise.fail(firstFailure.error.withLock(\.self) ?? error)
            channel.close(promise: nil)
        }
        let answer = try await promise.futureResult.get()
        if answer.isReusable { keep(channel, place) }
        return answer
    }

    /// Ends all connections that carry nothing.
    func close() {
        let channels = state.withLock { state in
            state.isClosed = true
            defer { state.idle = [] }
            return state.idle
        }
        for entry in channels { entry.channel.close(promise: nil) }
    }

    private func takeIdle(_ place: Place) -> (any Channel)? {
        state.withLock { state in
            state.idle.removeAll { !$0.channel.isActive }
            // The one that was used last is the least likely to be closed by the other side.
            guard let i = state.idle.lastIndex(where: { $0.place == place }) else { return nil }
            return state.idle.remove(at: i).channel
        }
    }

    private func keep(_ channel: any Channel, _ place: Place) {
        let isClosed = state.withLock { state in
            if !state.isClosed { state.idle.append((place, channel)) }
            return state.isClosed
        }
        if isClosed { channel.close(promise: nil) }
    }

    private func connect(
        to place: Place, _ deadline: NIODeadline, _ firstFailure: HTTPExchangeHandler.FirstFailure
    ) async throws -> any Channel {
        let address = try SocketAddress(ipAddress: place.address.description, port: place.port)
        let name = IPAddress(place.host) == nil ? place.host : nil
        let tls = place.isEncrypted ? try tls() : nil
        return try await ClientBootstrap(group: loop)
            .connectTimeout(min(deadline - .now(), .seconds(HTTPTransport.connectSeconds)))
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    if let tls {
                        try pipeline.addHandler(NIOSSLClientHandler(context: tls, serverHostname: name))
                    }
                    try pipeline.addHTTPClientHandlers()
                    try pipeline.addHandler(HTTPExchangeHandler(firstFailure))
                }
            }
            .connect(to: address).get()
    }

    private func tls() throws -> NIOSSLContext {
        try state.withLock { state in
            if let context = state.tls { return context }
            var configuration = TLSConfiguration.makeClientConfiguration()
            configuration.minimumTLSVersion = .tlsv12
            configuration.applicationProtocols = ["http/1.1"]
            let context = try NIOSSLContext(configuration: configuration)
            state.tls = context
            return context
        }
    }
}
