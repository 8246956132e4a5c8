/// An open file with one owner, closed when the owner lets go of it.
package struct OwnedFile<D: Disk>: ~Copyable {
    package let disk: D
    package let handle: D.File
    package let path: String

    package init(_ disk: D, _ path: String, _ mode: OpenMode) throws(IOFailure) {
        self.disk = disk
        self.path = path
        handle = try disk.open(path, mode)
    }

    deinit {
        // Whatever had to be durable was synced before; the error of this close says nothing about it.
        do throws(IOFailure) { try disk.close(handle) } catch {}
    }
}
