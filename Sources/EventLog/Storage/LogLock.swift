extension LogDirectory {
    /// Takes a lock of the log; it is held for as long as the file is.
    func takeLock<D: Disk>(_ disk: D, _ name: String) throws(LogError) -> OwnedFile<D> {
        let lock = try systemCalls { () throws(IOFailure) in
            try OwnedFile(disk, name, .updateOrCreate)
        }
        do throws(IOFailure) {
            try disk.lock(lock.handle)
        } catch {
            guard error.cause == .busy else { throw LogError(error) }
            throw .locked(path: path, holder: holder(disk, lock))
        }
        // The number is for people: where it cannot be written the lock holds all the same.
        let text = Array("\(disk.processID)\n".utf8)
        do throws(IOFailure) {
            try disk.truncate(lock.handle, to: 0)
            try disk.writeAll(lock.handle, at: 0, text.span, path: lock.path)
        } catch {}
        return lock
    }

    private func holder<D: Disk>(_ disk: D, _ lock: borrowing OwnedFile<D>) -> Int? {
        var bytes = [UInt8](repeating: 0, count: 32)
        do throws(IOFailure) {
            let n = try disk.read(lock.handle, at: 0, count: 32, into: &bytes)
            return Int(String(decoding: bytes[..<n].prefix { $0 >= 48 && $0 <= 57 }, as: UTF8.self))
        } catch { return nil }
    }

    /// Removes files that a process which was interrupted had not finished; the caller holds the lock of
    /// those who make them.
    func removeLeftovers<D: Disk>(_ disk: D) throws(LogError) {
        try systemCalls { () throws(IOFailure) in
            for name in try disk.list(segments) where name.hasSuffix(NewFile<D>.suffix) {
                try disk.remove(segments + "/" + name)
            }
        }
        let firsts = try list(disk) ?? []
        // Request ids and sums whose segment is gone.
        try systemCalls { () throws(IOFailure) in
            for name in try disk.list(segments) {
                let first = LogFormat.firstSequence(ofIDs: name) ?? LogFormat.firstSequence(ofCells: name)
                guard let first, !firsts.contains(first) else { continue }
                try disk.remove(segments + "/" + name)
            }
        }
        // Request ids whose segment was not sealed any more: the open form still has them.
        for first in firsts {
            guard case .segment(let file)? = try? open(disk, first), file.header.seal?.hasIDs != true else {
                continue
            }
            _ = try remove(disk, ids(first))
        }
    }
}
