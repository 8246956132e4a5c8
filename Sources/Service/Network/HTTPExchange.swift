import NIOCore
import NIOHTTP1
import Sinks
import Synchronization

/// A request on its way over a connection, and where its answer goes.
struct HTTPExchange: Sendable {
    /// What is looked at of an answer.
    struct Answer: Sendable {
        var status = 0
        var retryAfter: String?
        /// Its beginning.
        var body: [UInt8] = []
        /// Whether the connection can carry another request.
        var isReusable = false
    }

    let head: HTTPRequestHead
    let body: ByteBuffer
    /// When a whole answer must be there.
    let deadline: NIODeadline
    let answer: EventLoopPromise<Answer>
}

/// The end of a connection's pipeline: one request at a time, its answer up to 64 KiB, in limited time.
///
/// The time is that of the whole exchange, so that neither a silent receiver nor one that drips holds it up;
/// what exceeds the 64 KiB is not waited for. In both cases, and after anything that is not HTTP, the
/// connection is closed. An idle connection is closed before usual servers close it, so that a request seldom
/// meets one that is just being closed.
final class HTTPExchangeHandler: ChannelDuplexHandler {
    typealias InboundIn = HTTPClientResponsePart
    typealias OutboundIn = HTTPExchange
    typealias OutboundOut = HTTPClientRequestPart

    /// Seconds that a connection is kept without a request.
    private static let idleSeconds: Int64 = 1

    private let firstFailure: FirstFailure
    private var exchange: HTTPExchange?
    private var answer = HTTPExchange.Answer()
    private var timer: Scheduled<Void>?

    /// What befell the connection first: a handshake may fail before there is a request to fail with it.
    final class FirstFailure: Sendable {
        let error = Mutex<(any Error)?>(nil)
    }

    init(_ firstFailure: FirstFailure) { self.firstFailure = firstFailure }

    /// The connection fell away before the answer was whole.
    struct Closed: Error, CustomStringConvertible {
        let description = "the connection was closed before a whole answer came"
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        let exchange = unwrapOutboundIn(data)
        timer?.cancel()
        self.exchange = exchange
        answer = HTTPExchange.Answer()
        timer = context.eventLoop.assumeIsolated().scheduleTask(deadline: exchange.deadline) {
            self.fail(TimedOut(), context)
        }
        context.write(wrapOutboundOut(.head(exchange.head)), promise: nil)
        context.write(wrapOutboundOut(.body(.byteBuffer(exchange.body))), promise: nil)
        context.write(wrapOutboundOut(.end(nil)), promise: promise)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard exchange != nil else { return context.close(promise: nil) }
        switch unwrapInboundIn(data) {
        case .head(let head):
            answer.status = Int(head.status.code)
            answer.retryAfter = head.headers.first(name: "retry-after")
            answer.isReusable = head.isKeepAlive
        case .body(let part):
            let room = HTTPAnswer.bodyBytesMax - answer.body.count
            answer.body.append(contentsOf: part.readableBytesView.prefix(room))
            if part.readableBytes >= room {
                answer.isReusable = false
                finish(context)
            }
        case .end: finish(context)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { fail(error, context) }

    func channelInactive(context: ChannelHandlerContext) {
        fail(Closed(), context)
        context.fireChannelInactive()
    }

    private func finish(_ context: ChannelHandlerContext) {
        timer?.cancel()
        timer = nil
        let ended = exchange
        exchange = nil
        if answer.isReusable {
            timer = context.eventLoop.assumeIsolated().scheduleTask(in: .seconds(Self.idleSeconds)) {
                context.close(promise: nil)
            }
        } else {
            context.close(promise: nil)
        }
        ended?.answer.succeed(answer)
    }

    private func fail(_ error: any Error, _ context: ChannelHandlerContext) {
        firstFailure.error.withLock { $0 = $0 ?? error }
        timer?.cancel()
        timer = nil
        let ended = exchange
        exchange = nil
        ended?.answer.fail(error)
        context.close(promise: nil)
    }
}
