import Connectors
public import UsageEvents

/// What a program has left on its user's machine.
public struct LocalSource: Sendable {
    /// The name to type as a source.
    public let name: String
    /// The program, as its makers spell it.
    public let program: String
    /// Files of it.
    public let files: Int
    /// Bytes of all files.
    public let bytes: Int
    /// The earliest time that a file begins with; nil where none says.
    public let since: Timestamp?

    /// The sources on a machine, in the order of the registry. Reads the first bytes of each file.
    public static func all(on machine: SourceList.Machine) -> [LocalSource] {
        let list = SourceList(machine: machine)
        return ConnectorRegistry.formats.compactMap { format in
            let files = list.localFiles(of: format)
            guard let place = format.place, !files.isEmpty else { return nil }
            let since = files.compactMap { InputQueue.head(of: $0.path)?.firstTimestamp }.min()
            return LocalSource(
                name: format.name, program: place.program, files: files.count,
                bytes: files.reduce(0) { $0 + ($1.size ?? 0) }, since: since.map(Timestamp.init(rawValue:)))
        }
    }
}
