import Connectors

/// Files that are followed by looking at them again and again: those in folders, where new ones appear, and
/// those of programs that write several side by side.
struct FollowedFiles {
    /// Where reading of a file stands.
    struct Place {
        /// Bytes of it that are done with; the rest of a line that was cut short lies behind.
        var offset: Int
        /// Which file it was.
        var identity: InputIdentity
        /// Its length when it was read.
        var size: Int
        /// What reads it, in the middle of it.
        var decoder: any EventDecoder
        var format: EventFormat
    }

    /// How long to wait between two looks, in milliseconds.
    static let pauseMilliseconds: UInt32 = 500

    private(set) var places: [String: Place] = [:]

    /// Whether sources have to be followed in this way: all but one pipe or one plain feed of events.
    static func areNeeded(for options: FeedOptions) -> Bool {
        guard options.follows, let source = options.sources.first, source != "-" else { return false }
        let files = (try? SourceList(machine: options.machine).files(of: source)) ?? []
        guard options.sources.count == 1, files.count == 1, let file = files.first, !file.isFound else {
            return true
        }
        guard file.size != nil else { return false }
        let format = options.format ?? InputQueue.head(of: file.path).map { ConnectorRegistry.recognise($0) }
        return format?.arrival == .byTime
    }

    /// Where to go on in a file; nil where it is new, or was cut or replaced.
    func place(of file: InputFile) -> Place? {
        guard let place = places[file.path], place.identity == file.identity, let size = file.size,
            size >= place.size
        else { return nil }
        return place
    }

    /// Notes how far a file was read.
    mutating func note(_ path: String, _ place: Place) { places[path] = place }

    /// Of some files those that have changed since they were read.
    func changed(of files: [InputFile]) -> [InputFile] {
        files.filter { file in
            places[file.path].map { $0.size != file.size || $0.identity != file.identity } ?? true
        }
    }
}
