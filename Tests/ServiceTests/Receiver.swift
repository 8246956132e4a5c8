import NIOCore
import NIOPosix
import Synchronization

/// A receiver on loopback that plays a script: whole requests come in, and it answers, hangs, drips, breaks.
final class Receiver: Sendable {
    /// What it does with one request.
    enum Play: Sendable {
        /// These bytes, then the connection stays.
        case bytes(String)
        /// A status line with headers and an empty body.
        case status(Int, headers: String = "")
        /// Nothing, for ever.
        case hang
        /// One byte a tenth of a second.
        case drip
        /// The connection is reset without an answer.
        case reset
        /// So many bytes of body.
        case flood(Int)
    }

    /// One request as it came.
    struct Request: Sendable {
        let head: String
        let body: [UInt8]

        func header(_ name: String) -> String? {
            head.split(separator: "\r\n").first { $0.lowercased().hasPrefix(name + ":") }
                .map { $0.dropFirst(name.count + 1).trimmingPrefix(" ") }.map(String.init)
        }
    }

    private let state = Mutex<(requests: [Request], connections: Int)>(([], 0))
    private let channel: any Channel

    /// Listens on a free port of loopback; `play` says what to do with the nth request, from 0.
    init(_ play: @escaping @Sendable (_ n: Int, _ request: Request) -> Play) throws {
        let box = Box()
        channel = try ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                box.receiver?.state.withLock { $0.connections += 1 }
                return channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Handler(box: box, play: play))
                }
            }
            .bind(host: "127.0.0.1", port: 0).wait()
        box.receiver = self
    }

    deinit { channel.close(promise: nil) }

    var port: Int { channel.localAddress?.port ?? 0 }
    var url: String { "http://127.0.0.1:\(port)/hook" }
    var requests: [Request] { state.withLock(\.requests) }
    var connections: Int { state.withLock(\.connections) }

    fileprivate func note(_ request: Request) -> Int {
        state.withLock {
            $0.requests.append(request)
            return $0.requests.count - 1
        }
    }

    fileprivate final class Box: Sendable {
        private let held = Mutex<WeakReceiver>(WeakReceiver())
        var receiver: Receiver? {
            get { held.withLock(\.receiver) }
            set { held.withLock { $0.receiver = newValue } }
        }
    }

    private struct WeakReceiver { weak var receiver: Receiver? }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer
        private let box: Box
        private let play: @Sendable (Int, Request) -> Play
        private var bytes: [UInt8] = []

        init(box: Box, play: @escaping @Sendable (Int, Request) -> Play) {
            self.box = box
            self.play = play
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            bytes += unwrapInboundIn(data).readableBytesView
            while let request = next() {
                guard let receiver = box.receiver else { return context.close(promise: nil) }
                answer(play(receiver.note(request), request), context)
            }
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

        private func next() -> Request? {
            guard let end = bytes.firstRange(of: Array("\r\n\r\n".utf8)) else { return nil }
            let head = String(decoding: bytes[..<end.lowerBound], as: UTF8.self)
            let length = Request(head: head, body: []).header("content-length").flatMap { Int($0) } ?? 0
            guard bytes.count >= end.upperBound + length else { return nil }
            let body = Array(bytes[end.upperBound..<end.upperBound + length])
            bytes.removeFirst(end.upperBound + length)
            return Request(head: head, body: body)
        }

        private func answer(_ play: Play, _ context: ChannelHandlerContext) {
            switch play {
            case .bytes(let text): write(text, context)
            case .status(let code, let headers):
                write("HTTP/1.1 \(code) Played\r\n\(headers)content-length: 0\r\n\r\n", context)
            case .hang: break
            case .drip:
                write("HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n", context)
                let loop = context.eventLoop
                let channel = context.channel
                loop.scheduleRepeatedTask(initialDelay: .zero, delay: .milliseconds(100)) { task in
                    guard channel.isActive else { return task.cancel() }
                    channel.writeAndFlush(ByteBuffer(string: "."), promise: nil)
                }
            case .reset: context.close(promise: nil)
            case .flood(let count):
                write("HTTP/1.1 200 OK\r\ncontent-length: \(count)\r\n\r\n", context)
                let piece = ByteBuffer(repeating: 0x41, count: 1 << 20)
                for _ in 0..<count >> 20 { context.writeAndFlush(wrapOutboundOut(piece), promise: nil) }
            }
        }

        private func write(_ text: String, _ context: ChannelHandlerContext) {
            context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: text)), promise: nil)
        }
    }
}
