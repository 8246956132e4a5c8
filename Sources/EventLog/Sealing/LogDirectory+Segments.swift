/// What all share who rewrite segments.
extension LogDirectory {
    /// The lock of the writer, after what a crash may have left was recovered; nil where a writer holds it.
    func takeWriterLock<D: Disk>(
        _ disk: D, isErasing: Bool = false
    ) throws(LogError) -> OwnedFile<D>? {
        do throws(LogError) {
            var options = LogWriter<D>.Options()
            options.isErasing = isErasing
            try LogWriter(disk, directory: path, options: options).close()
            return try takeLock(disk, lock)
        } catch {
            guard case .locked = error else { throw error }
            return nil
        }
    }

    /// Opens a segment; throws what is wrong with it unless it was only being created.
    func open<D: Disk>(_ disk: D, _ first: UInt64) throws(LogError) -> SegmentFile<D>.Opened {
        switch try SegmentFile.open(disk, segment(first), firstSequence: first) {
        case .bad(let error): throw error
        case .torn(let length): return .torn(length: length)
        case .segment(let file): return .segment(file)
        }
    }

    /// Where a segment ends, seen from the one behind it, if nobody will ever append to it: it is sealed, or
    /// the next one says so, or there is none and no writer either. Nil where somebody may.
    func end<D: Disk>(
        _ disk: D, of file: inout SegmentFile<D>, next: UInt64?, isLastAllowed: Bool
    ) throws(LogError) -> SegmentFile<D>.Position? {
        if let seal = file.header.seal {
            return SegmentFile<D>.Position(
                offset: seal.openLength, chain: seal.openChain, sequence: seal.endSequence)
        }
        if let next, case .segment(let behind) = try open(disk, next) {
            let header = behind.header
            if let damage = header.contradiction(behind.path, after: file.header, length: file.length) {
                throw .damaged(damage)
            }
            return SegmentFile<D>.Position(
                offset: header.previousLength, chain: header.previousChain, sequence: next)
        }
        guard isLastAllowed, next == nil else { return nil }
        var position = file.start
        var directory = StreamDirectory()
        while true {
            switch try file.block(at: position, directory: &directory) {
            case .end: return position
            case .torn: return nil
            case .damaged(let damage): throw .damaged(damage)
            case .block(let block, let chain):
                position = SegmentFile<D>.Position(
                    offset: position.offset + block.length, chain: chain, sequence: block.endSequence)
            }
        }
    }

    /// Removes a file that may not be there; whether it was.
    func remove<D: Disk>(_ disk: D, _ path: String) throws(LogError) -> Bool {
        do throws(IOFailure) {
            try disk.remove(path)
            return true
        } catch {
            guard error.cause == .missing else { throw LogError(error) }
            return false
        }
    }

    /// Throws while an account is being erased.
    func refuseWhileErasing<D: Disk>(_ disk: D) throws(LogError) {
        let isErasing = try systemCalls { () throws(IOFailure) in try NewFile.exists(disk, erasing) }
        if isErasing { throw .erasing(path: path) }
    }
}
