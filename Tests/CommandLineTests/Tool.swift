import Foundation
import Testing

/// The built executable, run as a user runs it.
struct Tool {
    /// What a run left behind.
    struct Result {
        /// The exit code; 128 plus the signal for a process that a signal ended, as in a shell.
        var status: Int32
        var out: String
        var err: String

        var lines: [Substring] { out.split(separator: "\n") }
    }

    /// A directory of its own, removed at the end.
    final class Folder {
        let path: String

        init() throws {
            path = NSTemporaryDirectory() + "/tidemark-test-" + UUID().uuidString
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        }

        deinit { try? FileManager.default.removeItem(atPath: path) }
    }

    let folder: Folder
    var environment: [String: String] = [:]

    init() throws { folder = try Folder() }

    /// `tidemark`, beside the test bundle.
    static let path: String = {
        var places = [Bundle.main.bundlePath, CommandLine.arguments[0]]
        // Runners differ in what they are and in where they say that the bundle is.
        places += CommandLine.arguments.filter { $0.contains(".xctest") }
        for place in places {
            var folder = URL(fileURLWithPath: place)
            for _ in 0..<5 {
                let candidate = folder.appendingPathComponent("tidemark").path
                let kind =
                    try? FileManager.default.attributesOfItem(atPath: candidate)[.type] as? FileAttributeType
                if kind == .typeRegular, FileManager.default.isExecutableFile(atPath: candidate) {
                    return candidate
                }
                folder.deleteLastPathComponent()
            }
        }
        return "tidemark"
    }()

    /// Where a file of this run lies.
    func file(_ name: String) -> String { folder.path + "/" + name }

    /// Writes a file and returns its path.
    @discardableResult
    func write(_ name: String, _ text: String) throws -> String { try write(name, Array(text.utf8)) }

    @discardableResult
    func write(_ name: String, _ bytes: [UInt8]) throws -> String {
        try Data(bytes).write(to: URL(fileURLWithPath: file(name)))
        return file(name)
    }

    func bytes(_ name: String) throws -> [UInt8] {
        Array(try Data(contentsOf: URL(fileURLWithPath: file(name))))
    }

    /// Runs a command with the log in this folder.
    func run(_ arguments: String..., input: String = "") throws -> Result {
        try start(Self.path, arguments, input: Array(input.utf8)).result()
    }

    /// Runs a line of the shell in which `$T` is the executable.
    func shell(_ line: String) throws -> Result { try start("/bin/bash", ["-c", line], input: []).result() }

    /// A process that runs beside the test.
    final class Running {
        let process = Process()
        fileprivate let out: String
        fileprivate let err: String

        fileprivate init(out: String, err: String) {
            self.out = out
            self.err = err
        }

        /// What was printed so far.
        var output: String { (try? String(contentsOfFile: out, encoding: .utf8)) ?? "" }

        /// Waits, for ten seconds at most, until something has been printed.
        func wait(for text: String) -> Bool {
            for _ in 0..<1_000 {
                if output.contains(text) { return true }
                Thread.sleep(forTimeInterval: 0.01)
            }
            return false
        }

        /// Waits for the end.
        func result() throws -> Result {
            process.waitUntilExit()
            let signal = process.terminationReason == .uncaughtSignal
            return Result(
                status: process.terminationStatus + (signal ? 128 : 0), out: output,
                err: (try? String(contentsOfFile: err, encoding: .utf8)) ?? "")
        }
    }

    /// Starts a program; output goes to files, so that no full pipe can hold it up.
    func start(_ program: String, _ arguments: [String], input: [UInt8]) throws -> Running {
        let id = UUID().uuidString
        for name in ["out", "err"] {
            _ = FileManager.default.createFile(atPath: file(name + id), contents: nil)
        }
        let running = Running(out: file("out" + id), err: file("err" + id))
        let process = running.process
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        process.currentDirectoryURL = URL(fileURLWithPath: folder.path)
        var variables = [
            "PATH": "/usr/bin:/bin", "HOME": folder.path, "LANG": "C.UTF-8", "TIDEMARK_LOG": file("log"),
            "TMPDIR": folder.path, "T": Self.path,
        ]
        let inherited = ProcessInfo.processInfo.environment["LD_LIBRARY_PATH"]
        if let inherited { variables["LD_LIBRARY_PATH"] = inherited }
        process.environment = variables.merging(environment) { $1 }
        try write("in" + id, input)
        process.standardInput = FileHandle(forReadingAtPath: file("in" + id))
        process.standardOutput = FileHandle(forWritingAtPath: running.out)
        process.standardError = FileHandle(forWritingAtPath: running.err)
        try process.run()
        return running
    }

    /// A valid event as a line.
    static func event(
        _ n: Int, identity: String = "ana@example.com", cost: String = "0.01", model: String = "m-mid",
        minute: Int? = nil
    ) -> String {
        let ms = 1_772_409_600_000 + (minute ?? n) * 60_000
        return """
            {"ts":\(ms),"identity":"\(identity)","team":"search","tool":"api","model":"\(model)",\
            "input_tokens":1000,"output_tokens":100,"cost_usd":\(cost),"request_id":"r\(n)"}

            """
    }

    /// Three weeks of quiet hours of three accounts, then one account's runaway hour, then a quiet day: one
    /// spend alert.
    static let runaway: String = {
        var lines = ""
        var n = 0
        for day in 0..<22 {
            for hour in 8..<18 {
                for (index, identity) in ["ana@example.com", "ben@example.com", "svc-triage"].enumerated() {
                    for k in 0..<4 {
                        let minute = day * 1_440 + hour * 60 + k * 13 + index
                        // A little unevenness, so that no spread is zero.
                        let cost = "0.\(String(1_000 + (n * 37) % 900).suffix(3))"
                        lines += event(n, identity: identity, cost: cost, minute: minute)
                        n += 1
                    }
                }
                guard day == 20, hour == 14 else { continue }
                for k in 0..<50 {
                    lines += event(
                        n, identity: "svc-triage", cost: "2.5", minute: day * 1_440 + hour * 60 + 55 + k / 12)
                    n += 1
                }
            }
        }
        return lines
    }()
}
