public import EventLog

/// A disk in memory that forgets what was not synced, tears what was being written, and fails on demand.
///
/// Every file has a cache image, which programs see, and a durable image, which a crash falls back to; in
/// between are the writes since the last sync. Names are durable once their directory is synced. One seed
/// makes everything.
public final class SimulatedDisk: Disk {
    /// What goes wrong, and when. Calls are counted from 1.
    public struct Faults: Sendable {
        /// The power fails during this call; every later call fails too, until `crash`.
        public var crashAt: Int?
        /// This call fails.
        public var failAt: Int?
        /// Whether every later call of the same operation fails too.
        public var failsOn = false
        /// Only calls of this operation fail; nil for any.
        public var failing: String?
        /// The error number of a failure.
        public var errno: Int32 = IOFailure.deviceError
        /// Whether writes take fewer bytes than asked for, now and then.
        public var shortWrites = false
        /// Bytes that all files together may have; nil for no limit.
        public var capacity: Int?
        /// Planted fault: `sync` says that all is well and does nothing.
        public var ignoresSync = false
        /// Planted fault: `syncDirectory` says that all is well and does nothing.
        public var ignoresDirectorySync = false
        /// Planted fault: `truncate` says that all is well and does nothing.
        public var ignoresTruncate = false
        /// Planted fault: a power cut alters a value of the last block, with checksums that agree: what
        /// somebody sees who never compares them.
        public var forges = false
        /// Whether torn sectors hold noise instead of zeros.
        public var tearsToNoise = false
        /// Whether a power cut flips single bits of what was being written.
        public var flipsBits = false

        /// Nothing goes wrong.
        public init() {}
    }

    /// A handle: the number of the open file.
    public typealias File = Int

    private var state: SimulatedDiskState

    /// An empty disk with the directory `/`.
    public init(seed: UInt64 = 1) { state = SimulatedDiskState(seed: seed) }

    /// What goes wrong from now on.
    public var faults: Faults {
        get { state.faults }
        set { state.faults = newValue }
    }

    /// Calls so far.
    public var calls: Int { state.calls }

    /// Whether the power has failed.
    public var hasCrashed: Bool { state.crashed }

    /// Bytes of all files, those without a name included.
    public var bytes: Int { state.used }

    /// Calls that failed because a fault, a full disk among them, said so.
    public var failures: Int { state.failures }

    /// Whether the last power cut left bytes that are neither old nor new.
    public var hasNoise: Bool { !state.noise.isEmpty }

    /// Syncs of files so far.
    public var syncs: Int { state.syncs }

    /// Cuts the power, now or at the call that `crashAt` named, and switches it on again: files have their
    /// durable images with some of the later writes, torn; faults are gone, locks and handles too.
    public func crash() { state.crash() }

    /// The process dies, and whatever it wrote is in the cache still; faults, locks and handles are gone.
    public func kill() { state.kill() }

    /// Puts the bytes back that the last power cut turned into noise, as a backup would, in files whose paths
    /// begin with `prefix`.
    public func mend(_ prefix: String) { state.mend(prefix) }

    /// The bytes that a program sees in a file; nil where there is none.
    public func contents(_ path: String) -> [UInt8]? { state.contents(path) }

    /// Puts a file in place, durable at once.
    public func place(_ path: String, _ bytes: [UInt8]) { state.place(path, bytes) }

    /// Takes a file away, durably at once.
    public func takeAway(_ path: String) { state.takeAway(path) }

    /// An independent disk with the same files, all durable, nothing open or locked.
    public func copy() -> SimulatedDisk {
        let other = SimulatedDisk()
        other.state = state.settled()
        return other
    }

    // MARK: - Disk

    /// See `Disk.open`.
    public func open(_ path: String, _ mode: OpenMode) throws(IOFailure) -> Int {
        try state.open(path, mode)
    }

    /// See `Disk.close`.
    public func close(_ file: Int) throws(IOFailure) {
        try state.close(file)
    }

    /// See `Disk.size`.
    public func size(_ file: Int) throws(IOFailure) -> Int {
        try state.size(file)
    }

    /// See `Disk.read`.
    public func read(
        _ file: Int, at offset: Int, count: Int, into buffer: inout [UInt8]
    ) throws(IOFailure) -> Int {
        let bytes = try state.read(file, at: offset, count: count)
        for i in bytes.indices { buffer[i] = bytes[i] }
        return bytes.count
    }

    /// See `Disk.write`.
    public func write(_ file: Int, at offset: Int, _ bytes: Span<UInt8>) throws(IOFailure) -> Int {
        let copy = bytes.indices.map { bytes[$0] }
        return try state.write(file, at: offset, copy)
    }

    /// See `Disk.truncate`.
    public func truncate(_ file: Int, to length: Int) throws(IOFailure) {
        try state.truncate(file, to: length)
    }

    /// See `Disk.sync`.
    public func sync(_ file: Int) throws(IOFailure) {
        try state.sync(file)
    }

    /// See `Disk.syncDirectory`.
    public func syncDirectory(_ path: String) throws(IOFailure) {
        try state.syncDirectory(path)
    }

    /// See `Disk.makeDirectory`.
    public func makeDirectory(_ path: String) throws(IOFailure) {
        try state.makeDirectory(path)
    }

    /// See `Disk.remove`.
    public func remove(_ path: String) throws(IOFailure) {
        try state.remove(path)
    }

    /// See `Disk.rename`.
    public func rename(_ path: String, to newPath: String) throws(IOFailure) {
        try state.rename(path, to: newPath)
    }

    /// See `Disk.list`.
    public func list(_ path: String) throws(IOFailure) -> [String] {
        try state.list(path)
    }

    /// See `Disk.lock`.
    public func lock(_ file: Int) throws(IOFailure) {
        try state.lock(file)
    }

    /// See `Disk.processID`.
    public var processID: Int { 4_711 }
}
