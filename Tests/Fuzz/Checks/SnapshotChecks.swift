import Alerting
import TidemarkTestKit
import UsageEvents

@testable import EventLog
@testable import Pipeline

extension FuzzTarget {
    /// What reads a snapshot: the file, and the two states in it as if the file's checksums agreed.
    static let snapshots: [FuzzTarget] = [
        FuzzTarget(name: "snapshot-file", seeds: { try Seeds.snapshots().map(\.file) }) { bytes in
            let disk = SimulatedDisk()
            try disk.makeDirectory("/log")
            try disk.makeDirectory("/log/snapshots")
            disk.place("/log/snapshots/\(SnapshotUnderTest.name)", bytes)
            let store = SnapshotStore(disk, log: "/log")
            guard let snapshot = try? store.read(SnapshotUnderTest.name) else { return }
            let written = try store.write(snapshot, keeping: nil)
            try promiseEqual(written, SnapshotUnderTest.name, "names")
            let again = try store.read(written)
            try promise(
                again.head == snapshot.head && again.state == snapshot.state
                    && again.duplicates == snapshot.duplicates,
                "a snapshot that was read is not what was written")
        },
        FuzzTarget(name: "snapshot-state", seeds: { try Seeds.snapshots().map(\.state) }) { bytes in
            guard let state = SnapshotUnderTest.state(bytes) else { return }
            try promise(
                SnapshotUnderTest.state(state) == state, "a state changes when it is read and written")
        },
        FuzzTarget(name: "snapshot-duplicates", seeds: { try Seeds.snapshots().map(\.duplicates) }) { bytes in
            guard let state = SnapshotUnderTest.duplicates(bytes) else { return }
            try promiseEqual(state, bytes, "a window that was read and written")
        },
    ]
}

/// States that hold any bytes.
enum SnapshotUnderTest {
    static let name = "00000000000000000060.snap"

    /// What an engine with this state would write; nil where it is refused.
    static func state(_ bytes: [UInt8]) -> [UInt8]? {
        var symbols = Symbols()
        let configuration = RunConfiguration(TidemarkConfiguration())
        let engine = try? Engine(state: bytes, configuration: configuration, symbols: &symbols)
        return engine?.state(symbols: symbols).bytes
    }

    /// What a window of duplicates with this state would write; nil where it is refused.
    static func duplicates(_ bytes: [UInt8]) -> [UInt8]? {
        var reader = StateReader(bytes)
        guard let window = try? DuplicateWindow(&reader) else { return nil }
        var w = StateWriter()
        window.write(into: &w)
        return w.bytes
    }
}

extension Seeds {
    /// A small snapshot, and the states in it.
    static func snapshots() throws -> [(file: [UInt8], state: [UInt8], duplicates: [UInt8])] {
        var generator = RandomBatches(seed: 5)
        let configuration = RunConfiguration(TidemarkConfiguration())
        var engine = configuration.engine
        var duplicates = DuplicateWindow()
        var mark = LogMark()
        let batch = generator.batch(60, .plausible)
        _ = try duplicates.admit(batch, symbols: generator.symbols, firstSequence: 0)
        var transitions: [AlertTransition] = []
        engine.observe(
            batch, firstSequence: 0, received: nil, symbols: generator.symbols, into: &transitions)
        mark.take(batch, firstSequence: 0, received: nil, symbols: generator.symbols)
        let state = engine.state(symbols: generator.symbols)
        var window = StateWriter()
        duplicates.write(into: &window)
        let head = Snapshot.Head(
            log: LogID(high: 1, low: 2), mark: mark, fingerprint: configuration.fingerprint,
            settings: configuration.settings.canonicalText, journal: JournalMark(), digest: state.digest)
        let disk = SimulatedDisk()
        try disk.makeDirectory("/log")
        let name = try SnapshotStore(disk, log: "/log").write(
            Snapshot(head: head, state: state.bytes, duplicates: window.bytes), keeping: nil)
        let file = disk.contents("/log/snapshots/" + name) ?? []
        return [(file, state.bytes, window.bytes)]
    }
}
