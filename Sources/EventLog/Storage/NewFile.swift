/// A file that appears under its name only once it is whole and durable: it is written beside that name,
/// synced, and renamed; then the directory is synced. Let go of before that, it leaves nothing behind.
public struct NewFile<D: Disk>: ~Copyable {
    /// What the names of unfinished files end with: a process that is killed leaves one.
    static var suffix: String { ".new" }

    /// Bytes written so far.
    public private(set) var count = 0

    private let disk: D
    private let path: String
    private let file: OwnedFile<D>
    private var isPublished = false

    /// Begins the file that will have this name.
    public init(_ disk: D, _ path: String) throws(IOFailure) {
        self.disk = disk
        self.path = path
        let temporary = "\(path).\(disk.processID)\(Self.suffix)"
        // A process of the same number may have been killed here.
        do throws(IOFailure) { try disk.remove(temporary) } catch {
            guard error.cause == .missing else { throw error }
        }
        file = try OwnedFile(disk, temporary, .create)
    }

    deinit {
        // Whoever comes next removes it, where this fails.
        if !isPublished { do throws(IOFailure) { try disk.remove(file.path) } catch {} }
    }

    /// Appends bytes.
    public mutating func write(_ bytes: Span<UInt8>) throws(IOFailure) {
        try disk.writeAll(file.handle, at: count, bytes, path: file.path)
        count += bytes.count
    }

    /// The name that the file has until then.
    var temporary: String { file.path }

    /// Makes what was written durable, still under the other name.
    func sync() throws(IOFailure) { try disk.sync(file.handle) }

    /// Puts the file under its name, in place of what may stand there; durable when this returns.
    public mutating func publish() throws(IOFailure) {
        try disk.sync(file.handle)
        try disk.rename(file.path, to: path)
        isPublished = true
        do throws(IOFailure) { try disk.syncDirectory(LogDirectory(path).parent) } catch {
            // A directory that may be written to but not opened is somebody else's to keep.
            guard error.cause == .forbidden else { throw error }
        }
    }

    /// Whether a name is taken, by whatever it is.
    public static func exists(_ disk: D, _ path: String) throws(IOFailure) -> Bool {
        do throws(IOFailure) {
            _ = try OwnedFile(disk, path, .read)
            return true
        } catch {
            switch error.cause {
            case .missing: return false
            // A link, which is never followed, or a file that may not be read.
            case .wrongKind, .forbidden: return true
            default: throw error
            }
        }
    }
}
