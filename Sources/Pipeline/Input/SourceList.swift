public import Connectors
import EventLog
import UsageEvents

/// A file that is to be read, as it came out of a source that the user named.
public struct InputFile: Hashable, Sendable {
    /// Its path; `-` is standard input.
    public var path: String
    /// Its length when it was found; nil for a pipe.
    public var size: Int?
    /// Which file it was when it was found.
    public var identity: InputIdentity?
    /// The name of its format, where the source says so.
    public var format: String?
    /// Whether it was found in a folder: then it may be gone when its turn comes.
    public var isFound = false
}

/// Sources as a user names them, as files: a file, a folder, `-`, or the name of a program that leaves files
/// on its user's machine.
public struct SourceList {
    /// What tells where the files of programs are.
    public struct Machine: Sendable {
        /// The home directory of the user; nil where there is none.
        public var home: String?
        /// The environment.
        public var environment: [String: String]

        /// A machine by its user's home and environment.
        public init(home: String?, environment: [String: String]) {
            self.home = home
            self.environment = environment
        }
    }

    /// Names of files in a folder that are taken, by how they end; `.zst` may follow.
    public static let suffixes = [".ndjson", ".jsonl", ".json", ".csv", ".tsv"]

    private let machine: Machine
    private let disk = PosixDisk()
    /// Folders in folders beyond this are a loop of links.
    private static let depthMax = 24

    /// A list for a machine.
    public init(machine: Machine) { self.machine = machine }

    /// The files of one source, in the order of their paths.
    public func files(of source: String) throws(InputError) -> [InputFile] {
        if source == "-" { return [InputFile(path: "-", size: nil)] }
        do throws(InputError) {
            return [try FileInput.find(source)]
        } catch {
            switch error {
            case .directory:
                let found = walk(source, suffixes: Self.suffixes, format: nil, depth: 0)
                if found.isEmpty { throw .empty(name: source, suffixes: Self.suffixes) }
                return found
            case .missing:
                guard let format = ConnectorRegistry.format(named: source), let place = format.place else {
                    throw error
                }
                let found = localFiles(of: format)
                if found.isEmpty {
                    throw .notHere(
                        program: place.program, looked: folders(of: place), variable: place.variable)
                }
                return found
            default: throw error
            }
        }
    }

    /// The files that a program has left on this machine, in the order of their paths; empty where the format
    /// belongs to none.
    public func localFiles(of format: EventFormat) -> [InputFile] {
        guard let place = format.place else { return [] }
        let files = folders(of: place).flatMap {
            walk($0, suffixes: place.suffixes, format: format.name, depth: 0)
        }
        return files.filter { file in place.within.map { file.path.contains("/\($0)/") } ?? true }
    }

    /// The folders in which a program's files are looked for; those that its variable names stand instead of
    /// the usual ones.
    private func folders(of place: LocalPlace) -> [String] {
        var roots: [String] = []
        if let named = machine.environment[place.variable], !named.isEmpty {
            roots = named.split(separator: ",").map { part in
                let text = part.drop { $0 == " " }
                if text.hasPrefix("~/"), let home = machine.home { return home + text.dropFirst() }
                return String(text)
            }
        } else if let home = machine.home {
            roots = place.roots.map { $0.isEmpty ? home : home + "/" + $0 }
        }
        // A root may also be given as the folder of the files itself.
        return roots.flatMap { root in
            place.folders.map { root.hasSuffix("/" + $0) ? root : root + "/" + $0 }
        }
    }

    /// Files below a folder; hidden names are not looked at. What cannot be looked at is listed too, so that
    /// it is said when its turn comes, unless it belongs to a program, whose folders need not be there.
    private func walk(_ folder: String, suffixes: [String], format: String?, depth: Int) -> [InputFile] {
        guard depth < Self.depthMax else { return [] }
        guard let names = try? disk.list(folder) else {
            return format == nil ? [InputFile(path: folder, size: nil)] : []
        }
        var files: [InputFile] = []
        for name in names where !name.hasPrefix(".") {
            let path = folder.hasSuffix("/") ? folder + name : folder + "/" + name
            let plain = name.hasSuffix(".zst") ? String(name.dropLast(4)) : name
            let isTaken = suffixes.contains { plain.hasSuffix($0) }
            do throws(InputError) {
                var file = try FileInput.find(path)
                guard file.size != nil, isTaken else { continue }
                file.format = format
                file.isFound = true
                files.append(file)
            } catch {
                switch error {
                case .directory: files += walk(path, suffixes: suffixes, format: format, depth: depth + 1)
                case .missing where !InputError.isUnspoken(path): continue
                default:
                    guard isTaken else { continue }
                    files.append(InputFile(path: path, size: nil, format: format))
                }
            }
        }
        return files
    }
}
