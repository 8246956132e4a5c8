import Foundation
import Testing
import TidemarkTestKit
import UsageEvents

@testable import EventLog

/// The same code on the real file system: names, permissions, locks.
@Suite struct PosixDiskTests {
    private static func inDirectory(_ body: (String) throws -> Void) throws {
        let url = FileManager.default.temporaryDirectory.appending(path: "tidemark-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: url) }
        try body(url.path)
    }

    private static func mode(_ path: String) throws -> Int {
        try #require(FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int)
    }

    @Test func `a log is written, locked, read and continued, and only its owner may look into it`() throws {
        try Self.inDirectory { root in
            let disk = PosixDisk()
            let log = root + "/a/b/log"
            var generator = RandomBatches(seed: 12)
            var sent: [UsageEvent] = []
            for _ in 0..<3 {
                var options = LogWriter<PosixDisk>.Options()
                options.segmentBytes = 9_000
                var writer = try LogWriter(disk, directory: log + "/", options: options)
                do throws(LogError) {
                    _ = try LogWriter(disk, directory: log)
                    Issue.record("two writers")
                } catch {
                    #expect(error == .locked(path: log, holder: disk.processID))
                    #expect("\(error)".contains("\(disk.processID)"))
                }
                for _ in 0..<5 {
                    let batch = generator.batch(70, .plausible)
                    for row in 0..<batch.count {
                        sent.append(batch.event(at: row, symbols: generator.symbols))
                    }
                    _ = try writer.append(batch, symbols: generator.symbols, received: nil)
                    #expect(try writer.commit() == UInt64(sent.count))
                }
                try writer.close()
            }
            var reader = try LogReader(disk, directory: log)
            var batch = EventBatch()
            var symbols = Symbols()
            var read: [UsageEvent] = []
            while let record = try reader.next(into: &batch, symbols: &symbols) {
                guard case .events = record else { continue }
                for row in 0..<batch.count { read.append(batch.event(at: row, symbols: symbols)) }
            }
            #expect(read == sent)
            #expect(try LogVerifier.verify(disk, directory: log).isSound)
            let statistics = try LogStatistics(disk, directory: log)
            #expect(statistics.events == 1_050 && statistics.accounts == 40 && statistics.segments > 2)
            #expect(statistics.columns.reduce(0) { $0 + $1.bytes } == statistics.bytes)
            #expect(statistics.firstTs == sent.map(\.ts.rawValue).min())
            #expect(statistics.lastTs == sent.map(\.ts.rawValue).max())
            #expect(try Self.mode(log) == 0o700 && Self.mode(log + "/segments") == 0o700)
            for name in try disk.list(log + "/segments") {
                #expect(try Self.mode(log + "/segments/" + name) == 0o600)
            }
        }
    }

    @Test func `a lock ends when its file is closed, although a child that was just begun has the file, too`()
        throws
    {
        try Self.inDirectory { root in
            let disk = PosixDisk()
            let first = try disk.open(root + "/LOCK", .updateOrCreate)
            try disk.lock(first)
            // What a child has between its beginning and its program.
            let inherited = dup(first.descriptor)
            let second = try disk.open(root + "/LOCK", .updateOrCreate)
            #expect(throws: IOFailure.self) { try disk.lock(second) }
            try disk.close(first)
            try disk.lock(second)
            try disk.close(second)
            _ = close(inherited)
        }
    }

    @Test func `a symbolic link in place of a file is not followed`() throws {
        try Self.inDirectory { root in
            let disk = PosixDisk()
            _ = try LogWriter(disk, directory: root + "/log")
            let segment = root + "/log/segments/00000000000000000000.seg"
            try FileManager.default.moveItem(atPath: segment, toPath: root + "/elsewhere")
            try FileManager.default.createSymbolicLink(
                atPath: segment, withDestinationPath: root + "/elsewhere")
            #expect(throws: LogError.self) { _ = try LogWriter(disk, directory: root + "/log") }
        }
    }

    @Test func `what the system refuses is told with its reason`() throws {
        try Self.inDirectory { root in
            let disk = PosixDisk()
            do throws(IOFailure) {
                _ = try disk.open(root + "/missing", .read)
                Issue.record("it was there")
            } catch {
                #expect(error.cause == .missing && error.operation == "open")
                #expect("\(error)" == "open of \(root)/missing failed: No such file or directory")
            }
            let file = try disk.open(root + "/once", .create)
            try disk.close(file)
            do throws(IOFailure) {
                _ = try disk.open(root + "/once", .create)
                Issue.record("created twice")
            } catch { #expect(error.cause == .exists) }
            #expect(IOFailure(errno: 4_242, operation: "write", path: "x").cause == .device)
            do throws(LogError) {
                _ = try LogWriter(disk, directory: root + "/once")
                Issue.record("a file is a log")
            } catch {
                guard case .notALog = error else { throw error }
            }
        }
    }
}
