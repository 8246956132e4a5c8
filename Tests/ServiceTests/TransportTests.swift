import Alerting
import NIOCore
import Sinks
import Synchronization
import Testing
import UsageEvents

@testable import Service

/// The transport against a receiver on loopback that behaves badly.
struct TransportTests {
    @Test func `a status comes back with its retry-after, and the bytes go out as they were signed`()
        async throws
    {
        let receiver = try Receiver { _, _ in .status(503, headers: "retry-after: 7\r\n") }
        let answer = try await Self.send(to: receiver.url)
        guard case .http(let answer) = answer else {
            Issue.record("no answer: \(answer)")
            return
        }
        #expect(answer.status == 503)
        #expect(answer.retryAfter == "7")
        let request = try #require(receiver.requests.first)
        #expect(request.head.hasPrefix("POST /hook HTTP/1.1"))
        #expect(request.header("webhook-id") != nil)
        #expect(request.header("accept-encoding") == nil)
    }

    @Test func `a redirect is not followed`() async throws {
        let canary = try Receiver { _, _ in .status(200) }
        let receiver = try Receiver { _, _ in .status(302, headers: "location: \(canary.url)\r\n") }
        let answer = try await Self.send(to: receiver.url)
        guard case .http(let answer) = answer else {
            Issue.record("no answer: \(answer)")
            return
        }
        #expect(answer.status == 302)
        #expect(canary.connections == 0)
    }

    @Test(arguments: [Receiver.Play.hang, .drip])
    func `who hangs or drips is left after the time of an attempt`(play: Receiver.Play) async throws {
        let receiver = try Receiver { _, _ in play }
        let answer = try await Self.send(to: receiver.url, attempt: .milliseconds(700))
        guard case .failure(.timeout, _) = answer else {
            Issue.record("not a timeout: \(answer)")
            return
        }
    }

    @Test func `a reset, a closed port and bad HTTP are failures of the network`() async throws {
        let reset = try Receiver { _, _ in .reset }
        let bad = try Receiver { _, _ in .bytes("SSH-2.0-OpenSSH_9.2\r\n\r\n") }
        for url in [reset.url, bad.url, "http://127.0.0.1:1/"] {
            guard case .failure(.network, let detail) = try await Self.send(to: url) else {
                Issue.record("\(url) did not fail")
                continue
            }
            #expect(!detail.isEmpty && detail.count <= 200)
        }
    }

    @Test func `an endless answer is read up to 64 KiB, and a packed one is not unpacked`() async throws {
        let flood = try Receiver { _, _ in .flood(64 << 20) }
        guard case .http(let answer) = try await Self.send(to: flood.url) else {
            Issue.record("no answer")
            return
        }
        #expect(answer.body.count == HTTPAnswer.bodyBytesMax)
        let packed = try Receiver { _, _ in
            .bytes("HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 4\r\n\r\n\u{1f}ABC")
        }
        guard case .http(let answer) = try await Self.send(to: packed.url) else {
            Issue.record("no answer")
            return
        }
        #expect(answer.body.count == 4)
    }

    @Test func `nothing is sent to a forbidden place, whatever its spelling`() async throws {
        let canary = try Receiver { _, _ in .status(200) }
        let port = canary.port
        for host in [
            "127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "2130706433",
            "0x7f.1",
            "0177.0.0.1", "127.1", "0.0.0.0", "[::]", "localhost.",
        ] {
            let answer = try await Self.send(to: "http://\(host):\(port)/", networks: [])
            switch answer {
            case .failure(.policy, _): break
            // A notation that this system's resolver does not know leads nowhere, either.
            case .failure(.network, let detail): #expect(detail.contains("resolved"), "\(host): \(detail)")
            default: Issue.record("\(host): \(answer)")
            }
        }
        #expect(canary.connections == 0)
    }

    @Test func `a name that leads outside at first and inside later reaches nothing inside`() async throws {
        let canary = try Receiver { _, _ in .status(200) }
        let looks = Mutex(0)
        let resolver = Resolver { _, _ in
            let n = looks.withLock {
                $0 += 1
                return $0
            }
            // Documentation addresses are refused, so the first answer is an address that nobody has here.
            return [try #require(IPAddress(n == 1 ? "192.88.99.1" : "127.0.0.1"))]
        }
        for _ in 0..<3 {
            let answer = try await Self.send(
                to: "http://rebind.example.com:\(canary.port)/", networks: [], ports: [canary.port],
                resolver: resolver, attempt: .milliseconds(400))
            guard case .failure = answer else {
                Issue.record("it was sent: \(answer)")
                continue
            }
        }
        #expect(looks.withLock(\.self) == 3, "one look-up an attempt, and none behind our back")
        #expect(canary.connections == 0)
    }

    @Test func `the address that was checked is the one that is connected to`() async throws {
        let receiver = try Receiver { _, _ in .status(204) }
        let resolver = Resolver { host, _ in
            #expect(host == "hooks.example.com")
            return [try #require(IPAddress("127.0.0.1"))]
        }
        let answer = try await Self.send(
            to: "http://hooks.example.com:\(receiver.port)/x", resolver: resolver)
        guard case .http(let answer) = answer else {
            Issue.record("no answer: \(answer)")
            return
        }
        #expect(answer.status == 204)
        #expect(receiver.requests.first?.header("host") == "hooks.example.com:\(receiver.port)")
    }

    @Test func `a program gets the message on its standard input, and nothing of the environment`()
        async throws
    {
        let directory = try TemporaryFolder()
        let script = """
            cat > \(directory.path)/got; env > \(directory.path)/env; exit 3
            """
        let answer = await CommandTransport.run(["/bin/sh", "-c", script], input: Array("{\"a\":1}\n".utf8))
        guard case .exit(let code) = answer else {
            Issue.record("no exit: \(answer)")
            return
        }
        #expect(code == 3)
        #expect(try directory.text("got") == "{\"a\":1}\n")
        let names = try directory.text("env").split(separator: "\n").map { $0.prefix { $0 != "=" } }
        #expect(Set(names).isSubset(of: ["PATH", "HOME", "LANG", "TZ", "PWD", "SHLVL", "_", "OLDPWD"]))
    }

    @Test func `a program that is not there is no crash`() async {
        guard case .failure(.local, _) = await CommandTransport.run(["/no/such/program"], input: []) else {
            Issue.record("it ran")
            return
        }
    }

    @Test func `lines are appended behind a line that a crash cut`() throws {
        let directory = try TemporaryFolder()
        let path = directory.path + "/alerts.ndjson"
        for line in ["{\"cut", "{\"a\":1}\n", "{\"b\":2}\n"] {
            guard case .written = FileTransport.append(Array(line.utf8), to: path) else {
                Issue.record("not written")
                return
            }
        }
        #expect(try directory.text("alerts.ndjson") == "{\"cut\n{\"a\":1}\n{\"b\":2}\n")
        guard case .failure(.local, _) = FileTransport.append([1], to: directory.path + "/no/such") else {
            Issue.record("written to nowhere")
            return
        }
    }

    /// Makes one attempt, with all the time that a busy machine may need unless a test is about that time.
    private static func send(
        to url: String, networks: [String] = ["127.0.0.0/8"], ports: [Int] = [],
        resolver: Resolver = .system, attempt: Duration = .seconds(600)
    ) async throws -> OutboundAnswer {
        var settings = SinkSettings(name: "test", kind: "webhook")
        settings.allowHTTP = true
        settings.allowNetworks = networks
        settings.allowPorts = ports
        let transport = try Transport(settings, resolver: resolver, attempt: attempt, now: { 1_780_000_000 })
        let sink = try SinkRegistry.sink(settings)
        let context = SinkContext(
            attemptTime: 1_780_000_000, urls: [Secret(url)],
            secrets: [Secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")], productVersion: "0",
            hostName: "test")
        let request = try sink.requests(
            for: .test(at: Timestamp(rawValue: 1_780_000_000_000)), context: context)[0]
        let answer = await transport.perform(request)
        transport.close()
        return answer
    }
}
