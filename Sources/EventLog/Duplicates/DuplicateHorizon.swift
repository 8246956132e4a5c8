/// From which events on the duplicate window has to be read again after a restart; every block of events
/// carries it.
public struct DuplicateHorizon: Hashable, Sendable {
    /// Where one source's older generation begins.
    public struct Source: Hashable, Sendable {
        /// The source's name; empty for none.
        public let name: String
        /// The first sequence that counts for it.
        public let from: UInt64

        /// A source whose window begins at a sequence.
        public init(name: String, from: UInt64) {
            self.name = name
            self.from = from
        }
    }

    /// No event before this one matters to any source.
    public var from: UInt64
    /// The sources whose windows begin later than `from`, in the order of their names.
    public var sources: [Source]

    /// The whole log matters.
    public init(from: UInt64 = 0, sources: [Source] = []) {
        self.from = from
        self.sources = sources
    }
}
