internal import EventLog
internal import UsageEvents

/// What is left when the power fails, or the process dies.
extension SimulatedDiskState {
    /// The process dies: what it had written stays in the cache, what it held open or locked is let go.
    mutating func kill() {
        crashed = false
        handles = [:]
        locks = [:]
        faults = SimulatedDisk.Faults()
    }

    mutating func crash() {
        noise = []
        settleNames()
        for number in inodes.keys.sorted() {
            guard var inode = inodes[number] else { continue }
            let changes = inode.changes
            guard !changes.isEmpty else { continue }
            let altered = alterations(changes)
            settle(&inode)
            for at in altered where at < inode.durable.count {
                noise.append((number, at, inode.durable[at]))
                inode.durable[at] ^=
                    faults.tearsToNoise
                    ? UInt8(truncatingIfNeeded: random.next()) : 1 << UInt8(random.below(8))
            }
            if faults.forges { SimulatedForgery.alter(&inode.durable) }
            inode.changes = []
            inode.cache = inode.durable
            inodes[number] = inode
        }
        kill()
    }

    /// Puts the bytes back that the last crash turned into others, in files whose paths begin so.
    mutating func mend(_ prefix: String) {
        for (path, node) in names.sorted(by: { $0.key < $1.key }) where path.hasPrefix(prefix) {
            guard case .file(let number) = node, var inode = inodes[number] else { continue }
            for found in noise where found.inode == number && found.offset < inode.durable.count {
                inode.durable[found.offset] = found.byte
                if found.offset < inode.cache.count { inode.cache[found.offset] = found.byte }
            }
            noise.removeAll { $0.inode == number }
            inodes[number] = inode
        }
    }

    /// Un-synced changes of names survive all, not at all, or each by itself.
    private mutating func settleNames() {
        let mode = random.below(3)
        var kept: Set<Int> = []
        for change in nameChanges where mode == 1 || (mode == 2 && random.below(2) == 0) {
            kept.insert(change.group)
        }
        for change in nameChanges where kept.contains(change.group) {
            durableNames[change.path] = change.node
        }
        nameChanges = []
        // What lies in a directory that is gone is gone.
        for path in durableNames.keys.sorted()
        where path != "/" && durableNames[Self.parent(path)] != .directory {
            durableNames[path] = nil
        }
        names = durableNames
    }

    /// Of the images that the file went through since it was last synced, the device has one, or of each
    /// sector that of a moment of its own; what is longer than the device knows of is cut.
    private mutating func settle(_ inode: inout Inode) {
        var images = [inode.durable]
        var lengths = [inode.durable.count]
        for change in inode.changes {
            var next = images[images.count - 1]
            switch change {
            case .truncate(let length): Self.resize(&next, length)
            case .write(let offset, let bytes):
                // A file that grew may have got only some of the bytes.
                let before = next.count
                Self.overwrite(&next, offset, bytes)
                lengths.append(before + random.below(next.count - before + 1))
            }
            images.append(next)
            lengths.append(next.count)
        }
        switch random.below(5) {
        case 0: break
        case 1: inode.durable = images[images.count - 1]
        case 2: inode.durable = images[random.below(images.count)]
        default:
            let length = lengths[random.below(lengths.count)]
            var mixed = [UInt8](repeating: 0, count: length)
            for at in stride(from: 0, to: length, by: 512) {
                let image = images[random.below(images.count)]
                for i in at..<max(at, min(at + 512, length, image.count)) { mixed[i] = image[i] }
            }
            inode.durable = mixed
        }
    }

    /// Where bytes that were being written become noise: single bits, or all that a sector had of a write.
    private mutating func alterations(_ changes: [Change]) -> [Int] {
        guard faults.flipsBits || faults.tearsToNoise else { return [] }
        var altered: Set<Int> = []
        for case .write(let offset, let bytes) in changes {
            if faults.flipsBits, random.below(2) == 0 { altered.insert(offset + random.below(bytes.count)) }
            guard faults.tearsToNoise else { continue }
            for sector in offset / 512...(offset + bytes.count - 1) / 512 where random.below(4) == 0 {
                altered.formUnion(max(sector * 512, offset)..<min(sector * 512 + 512, offset + bytes.count))
            }
        }
        return altered.sorted()
    }
}
