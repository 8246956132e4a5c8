internal import EventLog
internal import UsageEvents

/// The inside of a `SimulatedDisk`.
struct SimulatedDiskState: Sendable {
    var faults = SimulatedDisk.Faults()
    private(set) var calls = 0
    private(set) var syncs = 0
    private(set) var failures = 0
    var crashed = false

    var random: SplitMix64
    /// Files by number; what their names lead to.
    var inodes: [Int: Inode] = [:]
    var names: [String: Node] = ["/": .directory]
    var durableNames: [String: Node] = ["/": .directory]
    var nameChanges: [NameChange] = []
    var handles: [Int: Handle] = [:]
    var locks: [Int: Int] = [:]
    /// What a crash put in place of bytes that were being written: file, offset, byte before.
    var noise: [(inode: Int, offset: Int, byte: UInt8)] = []
    private var nextNumber = 1

    init(seed: UInt64) { random = SplitMix64(seed: seed) }

    enum Node: Sendable, Equatable {
        case directory
        case file(Int)
    }

    struct NameChange: Sendable {
        let path: String
        let node: Node?
        /// Changes of one rename share a group: they happen together.
        let group: Int
    }

    struct Handle: Sendable {
        let inode: Int
        let path: String
        let writable: Bool
    }

    enum Change: Sendable {
        case write(offset: Int, bytes: [UInt8])
        case truncate(Int)
    }

    struct Inode: Sendable {
        var cache: [UInt8] = []
        var durable: [UInt8] = []
        var changes: [Change] = []
        /// Where the last write stopped short.
        var stopped: Int?
    }

    // MARK: - Faults

    /// Counts a call and lets it fail where the plan says so; true where the power fails during it.
    private mutating func begin(_ operation: String, _ path: String) throws(IOFailure) -> Bool {
        if crashed {
            throw IOFailure(errno: IOFailure.deviceError, operation: "\(operation) after a crash", path: path)
        }
        calls += 1
        if let k = faults.crashAt, calls >= k {
            crashed = true
            return true
        }
        let concerned = faults.failing == nil || faults.failing == operation
        if let k = faults.failAt, concerned, faults.failsOn ? calls >= k : calls == k {
            failures += 1
            throw IOFailure(errno: faults.errno, operation: operation, path: path)
        }
        return false
    }

    /// Bytes of all files.
    var used: Int { inodes.values.reduce(0) { $0 + $1.cache.count } }

    private func stop(_ operation: String, _ path: String) -> IOFailure {
        IOFailure(errno: IOFailure.deviceError, operation: "\(operation) during a crash", path: path)
    }

    private func failure(_ errno: Int32, _ operation: String, _ path: String) -> IOFailure {
        IOFailure(errno: errno, operation: operation, path: path)
    }

    static func resize(_ image: inout [UInt8], _ length: Int) {
        if image.count > length {
            image.removeLast(image.count - length)
        } else {
            image.append(contentsOf: repeatElement(0, count: length - image.count))
        }
    }

    static func overwrite(_ image: inout [UInt8], _ offset: Int, _ bytes: [UInt8]) {
        resize(&image, max(image.count, offset + bytes.count))
        for (i, byte) in bytes.enumerated() { image[offset + i] = byte }
    }

    static func parent(_ path: String) -> String {
        let parts = path.split(separator: "/").dropLast()
        return "/" + parts.joined(separator: "/")
    }

    // MARK: - Direct access

    func contents(_ path: String) -> [UInt8]? {
        guard case .file(let number) = names[path] else { return nil }
        return inodes[number]?.cache
    }

    mutating func place(_ path: String, _ bytes: [UInt8]) {
        let number: Int
        if case .file(let found) = names[path] {
            number = found
        } else {
            number = newNumber()
            names[path] = .file(number)
        }
        durableNames[path] = .file(number)
        inodes[number] = Inode(cache: bytes, durable: bytes)
    }

    mutating func takeAway(_ path: String) {
        names[path] = nil
        durableNames[path] = nil
    }

    func settled() -> SimulatedDiskState {
        var copy = self
        copy.faults = SimulatedDisk.Faults()
        copy.crashed = false
        copy.handles = [:]
        copy.locks = [:]
        copy.nameChanges = []
        copy.durableNames = names
        for (number, inode) in inodes {
            copy.inodes[number] = Inode(cache: inode.cache, durable: inode.cache)
        }
        return copy
    }

    private mutating func newNumber() -> Int {
        nextNumber += 1
        return nextNumber
    }

    // MARK: - Calls

    mutating func open(_ path: String, _ mode: OpenMode) throws(IOFailure) -> Int {
        if try begin("open", path) { throw stop("open", path) }
        switch names[path] {
        case .directory:
            throw failure(IOFailure.isDirectory, "open", path)
        case .file where mode == .create:
            throw failure(IOFailure.fileExists, "open", path)
        case nil:
            guard mode == .create || mode == .updateOrCreate, names[Self.parent(path)] == .directory else {
                throw failure(IOFailure.noSuchFile, "open", path)
            }
            let number = newNumber()
            inodes[number] = Inode()
            change(path, .file(number))
        default: break
        }
        guard case .file(let inode) = names[path] else { throw failure(IOFailure.noSuchFile, "open", path) }
        let handle = newNumber()
        handles[handle] = Handle(inode: inode, path: path, writable: mode != .read)
        return handle
    }

    private mutating func change(_ path: String, _ node: Node?, group: Int? = nil) {
        names[path] = node
        nameChanges.append(NameChange(path: path, node: node, group: group ?? newNumber()))
    }

    private func opened(_ file: Int, _ operation: String) throws(IOFailure) -> Handle {
        guard let handle = handles[file] else {
            throw failure(IOFailure.badHandle, operation, "handle \(file)")
        }
        return handle
    }

    mutating func close(_ file: Int) throws(IOFailure) {
        if crashed { return }
        let handle = try opened(file, "close")
        handles[file] = nil
        if locks[handle.inode] == file { locks[handle.inode] = nil }
        if try begin("close", handle.path) { throw stop("close", handle.path) }
    }

    mutating func size(_ file: Int) throws(IOFailure) -> Int {
        let handle = try opened(file, "fstat")
        if try begin("fstat", handle.path) { throw stop("fstat", handle.path) }
        return inodes[handle.inode]?.cache.count ?? 0
    }

    mutating func read(_ file: Int, at offset: Int, count: Int) throws(IOFailure) -> [UInt8] {
        let handle = try opened(file, "read")
        if try begin("read", handle.path) { throw stop("read", handle.path) }
        let cache = inodes[handle.inode]?.cache ?? []
        guard offset < cache.count else { return [] }
        return Array(cache[offset..<min(offset + count, cache.count)])
    }

    mutating func write(_ file: Int, at offset: Int, _ bytes: [UInt8]) throws(IOFailure) -> Int {
        let handle = try opened(file, "write")
        guard handle.writable else { throw failure(IOFailure.badHandle, "write", handle.path) }
        let crashes = try begin("write", handle.path)
        var taken = bytes
        if faults.shortWrites, bytes.count > 1, random.below(3) == 0 {
            taken = Array(bytes.prefix(1 + random.below(bytes.count)))
        }
        if let capacity = faults.capacity {
            let size = inodes[handle.inode]?.cache.count ?? 0
            let grows = max(0, offset + taken.count - size)
            if used + grows > capacity {
                // As a real file system does: what fits is written, and only the next call fails.
                let fits = max(0, taken.count - (used + grows - capacity))
                guard fits > 0 else {
                    failures += 1
                    throw failure(IOFailure.noSpace, "write", handle.path)
                }
                taken = Array(taken.prefix(fits))
            }
        }
        var inode = inodes[handle.inode] ?? Inode()
        Self.overwrite(&inode.cache, offset, taken)
        // Pieces of one write are one write: a sector holds both or neither.
        if inode.stopped == offset, case .write(let start, let head)? = inode.changes.last,
            start + head.count == offset
        {
            inode.changes[inode.changes.count - 1] = .write(offset: start, bytes: head + taken)
        } else {
            inode.changes.append(.write(offset: offset, bytes: taken))
        }
        inode.stopped = taken.count < bytes.count ? offset + taken.count : nil
        inodes[handle.inode] = inode
        if crashes { throw stop("write", handle.path) }
        return taken.count
    }

    mutating func truncate(_ file: Int, to length: Int) throws(IOFailure) {
        let handle = try opened(file, "ftruncate")
        let crashes = try begin("ftruncate", handle.path)
        if faults.ignoresTruncate { return }
        var inode = inodes[handle.inode] ?? Inode()
        Self.resize(&inode.cache, length)
        inode.changes.append(.truncate(length))
        inodes[handle.inode] = inode
        if crashes { throw stop("ftruncate", handle.path) }
    }

    mutating func sync(_ file: Int) throws(IOFailure) {
        let handle = try opened(file, "fdatasync")
        let crashes: Bool
        do throws(IOFailure) {
            crashes = try begin("fdatasync", handle.path)
        } catch {
            // As kernels do: what could not be written counts as clean from now on, and the cache still shows
            // it.
            inodes[handle.inode]?.changes = []
            throw error
        }
        if crashes { throw stop("fdatasync", handle.path) }
        syncs += 1
        if faults.ignoresSync { return }
        guard let inode = inodes[handle.inode] else { return }
        var durable = inode.durable
        for change in inode.changes {
            switch change {
            case .write(let offset, let bytes): Self.overwrite(&durable, offset, bytes)
            case .truncate(let length): Self.resize(&durable, length)
            }
        }
        inodes[handle.inode] = Inode(cache: inode.cache, durable: durable)
    }

    mutating func syncDirectory(_ path: String) throws(IOFailure) {
        let crashes = try begin("fsync", path)
        guard names[path] == .directory else { throw failure(IOFailure.noSuchFile, "fsync", path) }
        if crashes { throw stop("fsync", path) }
        if faults.ignoresDirectorySync { return }
        for change in nameChanges where Self.parent(change.path) == path {
            durableNames[change.path] = change.node
        }
        nameChanges.removeAll { Self.parent($0.path) == path }
    }

    mutating func makeDirectory(_ path: String) throws(IOFailure) {
        if try begin("mkdir", path) { throw stop("mkdir", path) }
        guard names[path] == nil else { throw failure(IOFailure.fileExists, "mkdir", path) }
        guard names[Self.parent(path)] == .directory else {
            throw failure(IOFailure.noSuchFile, "mkdir", path)
        }
        change(path, .directory)
    }

    mutating func remove(_ path: String) throws(IOFailure) {
        let crashes = try begin("unlink", path)
        guard names[path] != nil else { throw failure(IOFailure.noSuchFile, "unlink", path) }
        change(path, nil)
        if crashes { throw stop("unlink", path) }
    }

    mutating func rename(_ path: String, to newPath: String) throws(IOFailure) {
        let crashes = try begin("rename", path)
        guard let node = names[path] else { throw failure(IOFailure.noSuchFile, "rename", path) }
        let group = newNumber()
        change(path, nil, group: group)
        change(newPath, node, group: group)
        if crashes { throw stop("rename", path) }
    }

    mutating func list(_ path: String) throws(IOFailure) -> [String] {
        if try begin("opendir", path) { throw stop("opendir", path) }
        switch names[path] {
        case nil: throw failure(IOFailure.noSuchFile, "opendir", path)
        case .file: throw failure(IOFailure.notADirectory, "opendir", path)
        case .directory: break
        }
        return names.keys.filter { $0 != "/" && Self.parent($0) == path }
            .map { String($0.split(separator: "/").last ?? "") }
            .sorted()
    }

    mutating func lock(_ file: Int) throws(IOFailure) {
        let handle = try opened(file, "flock")
        if try begin("flock", handle.path) { throw stop("flock", handle.path) }
        if let holder = locks[handle.inode], holder != file {
            throw failure(IOFailure.wouldBlock, "flock", handle.path)
        }
        locks[handle.inode] = file
    }
}
