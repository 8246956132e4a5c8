import Alerting
import Foundation
import Testing

@testable import Sinks

/// What we send, read by the reference libraries of its receivers: `standardwebhooks` and `cloudevents` for
/// Python. They are installed by name beside the build; without Python, pip or a registry the test says
/// which one is missing.
@Suite struct PythonPackageTests {
    private static let packages = ["standardwebhooks==1.1.0", "cloudevents==2.2.0"]

    private static let folder = URL(filePath: #filePath).resolvingSymlinksInPath()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: ".build/python-packages-1")

    /// Runs `python3` with our packages; nil where there is none.
    private static func python(_ arguments: [String], input: Data = Data()) throws -> (Int32, String)? {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["python3"] + arguments
        process.environment = ProcessInfo.processInfo.environment.merging(
            ["PYTHONPATH": folder.path, "PYTHONUTF8": "1"], uniquingKeysWith: { $1 })
        let (standardInput, output) = (Pipe(), Pipe())
        process.standardInput = standardInput
        process.standardOutput = output
        process.standardError = output
        try process.run()
        try standardInput.fileHandleForWriting.write(contentsOf: input)
        try standardInput.fileHandleForWriting.close()
        let text = String(decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
        process.waitUntilExit()
        return process.terminationStatus == 127 ? nil : (process.terminationStatus, text)
    }

    /// What is missing, or nil when everything is there.
    private static let missing: String? = {
        let probe = ["-c", "import standardwebhooks, cloudevents.core.bindings.http"]
        do {
            guard let first = try python(probe) else { return "python3" }
            if first.0 == 0 { return nil }
            let installed = try python(
                ["-m", "pip", "install", "--quiet", "--target", folder.path, "--upgrade"] + packages)
            if installed?.0 != 0 { return packages.joined(separator: " and ") }
            return try python(probe)?.0 == 0 ? nil : packages.joined(separator: " and ")
        } catch {
            return "a way to run python3 (\(error))"
        }
    }()

    private static let script = """
        import json, sys
        from standardwebhooks import Webhook
        from cloudevents.core.bindings import http
        for line in sys.stdin:
            request = json.loads(line)
            body = request["body"].encode()
            if request["kind"] == "webhook":
                for secret in request["secrets"]:
                    Webhook(secret).verify(body, request["headers"])
                try:
                    Webhook(request["secrets"][0]).verify(body + b" ", request["headers"])
                    sys.exit("a changed body was taken")
                except Exception as error:
                    assert "No matching signature" in str(error), error
                print(request["headers"]["webhook-id"])
            else:
                event = http.from_http_event(http.HTTPMessage(request["headers"], body))
                data = event.get_data()
                assert isinstance(data, dict), data
                print(event.get_specversion(), event.get_id(), event.get_source(), event.get_type(),
                      event.get_datacontenttype(), event.get_time().isoformat(), data["id"])
        """

    private static func lines(_ kind: String, _ notifications: [Message]) throws -> Data {
        let secrets = ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", Samples.webhookSecret]
        var out = Data()
        for notification in notifications {
            var context = Samples.context(kind, at: Int64(Date().timeIntervalSince1970))
            if kind == "webhook" { context.secrets = secrets.map { Secret($0) } }
            for request in try SinkRegistry.sink(Samples.settings(kind)).requests(
                for: notification, context: context)
            {
                let message = try #require(request.message)
                let line: [String: Any] = [
                    "kind": kind, "secrets": secrets, "body": String(decoding: message.body, as: UTF8.self),
                    "headers": Dictionary(uniqueKeysWithValues: message.headers.map { ($0.name, $0.value) }),
                ]
                out += try JSONSerialization.data(withJSONObject: line) + Data([0x0a])
            }
        }
        return out
    }

    @Test func `the reference libraries take what is sent`() throws {
        if let missing = Self.missing {
            print("not checked against the reference libraries: \(missing) cannot be had here")
            return
        }
        let nasty = LimitTests.nasty.flatMap { Samples.messages($0.text) }
        let plain = [Message(Samples.alert()), Samples.group(3)]
        let input = try Self.lines("webhook", plain + nasty) + Self.lines("cloudevents", plain + nasty)
        let (status, text) = try #require(try Self.python(["-c", Self.script], input: input))
        #expect(status == 0, "\(text)")
        let said = text.split(separator: "\n")
        #expect(said.count == 2 * (plain.count + nasty.count))
        #expect(said.first == "al_9f1c0c4e5b7a2d10_0")
        let event =
            "1.0 al_9f1c0c4e5b7a2d10_0 /tidemark/monitor-1 io.tidemark.alert.firing.v1 application/json"
        #expect(said.contains { $0 == "\(event) 2026-04-01T14:25:00+00:00 al_9f1c0c4e5b7a2d10" })
    }
}
