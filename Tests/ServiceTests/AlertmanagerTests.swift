import Alerting
import Foundation
import Synchronization
import Testing

@testable import Service

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

/// Prometheus Alertmanager itself, on loopback: Debian's package, installed by name where that is possible.
struct AlertmanagerTests {
    @Test(
        .enabled(
            if: Alertmanager.program != nil, "prometheus-alertmanager is not there and could not be installed"
        ))
    func `Alertmanager lists what fires and forgets what has ended`() async throws {
        let program = try #require(Alertmanager.program)
        let desk = try Desk()
        let manager = try await Alertmanager(program, folder: desk.folder)
        var sink = SinkSettings(name: "am", kind: "alertmanager")
        sink.urls = [.text("http://127.0.0.1:\(manager.port)")]
        sink.allowHTTP = true
        sink.allowNetworks = ["127.0.0.0/8"]
        let configuration = desk.configuration([sink])
        _ = try await desk.forwarder().once(configuration)
        try desk.alerts(0..<3)
        desk.setClock()
        #expect(try await desk.forwarder().once(configuration).map(\.left) == [0])
        var listed = try manager.alerts()
        #expect(Set(listed.compactMap { $0.labels["alert_id"] }) == Set((0..<3).map(Desk.id)))
        #expect(listed.allSatisfy { $0.labels["alertname"] != nil && $0.labels["severity"] != nil })
        try desk.alerts(0..<2, seq: 1)
        desk.setClock()
        #expect(try await desk.forwarder().once(configuration).map(\.left) == [0])
        listed = try manager.alerts()
        #expect(listed.compactMap { $0.labels["alert_id"] } == [Desk.id(2)])
    }
}

extension Desk {
    /// Alertmanager has a clock of its own, by which an alert lives four minutes.
    fileprivate func setClock() { clock.withLock { $0 = Int64(Date().timeIntervalSince1970 * 1_000) } }
}

/// A running Alertmanager that ends with its owner.
final class Alertmanager: Sendable {
    /// Where the program is.
    static let program: String? = {
        if let found = find() { return found }
        guard getuid() == 0 else { return nil }
        let install = Process()
        install.executableURL = URL(filePath: "/usr/bin/env")
        install.arguments = ["apt-get", "install", "--yes", "--quiet", "prometheus-alertmanager"]
        install.standardOutput = FileHandle.nullDevice
        install.standardError = FileHandle.nullDevice
        do { try install.run() } catch { return nil }
        install.waitUntilExit()
        return find()
    }()

    private static func find() -> String? {
        let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
        for name in ["prometheus-alertmanager", "alertmanager"] {
            for folder in folders where FileManager.default.isExecutableFile(atPath: "\(folder)/\(name)") {
                return "\(folder)/\(name)"
            }
        }
        return nil
    }

    struct Listed: Decodable {
        let labels: [String: String]
    }

    let port: Int
    private let process: Process

    init(_ program: String, folder: TemporaryFolder) async throws {
        // A port that was free a moment ago.
        port = try Receiver { _, _ in .hang }.port
        try folder.write("alertmanager.yml", "route: {receiver: none}\nreceivers: [{name: none}]\n")
        process = Process()
        process.executableURL = URL(filePath: program)
        process.arguments = [
            "--config.file=\(folder.path)/alertmanager.yml", "--storage.path=\(folder.path)/data",
            "--web.listen-address=127.0.0.1:\(port)", "--cluster.listen-address=",
        ]
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        for _ in 0..<600 {
            if (try? alerts()) != nil { return }
            try await Task.sleep(for: .milliseconds(50))
        }
        throw CocoaError(.fileNoSuchFile)
    }

    deinit {
        process.terminate()
        process.waitUntilExit()
    }

    func alerts() throws -> [Listed] {
        guard let url = URL(string: "http://127.0.0.1:\(port)/api/v2/alerts") else { return [] }
        return try JSONDecoder().decode([Listed].self, from: Data(contentsOf: url))
    }
}
