public import Connectors
import EventLog
public import UsageEvents

/// What a feed reads and how.
public struct FeedOptions: Sendable {
    /// Files, or `-`.
    public var sources: [String]
    /// The account of events that name none.
    public var identity: String?
    /// The source of events that name none.
    public var source: String?
    /// Prices for events without cost.
    public var prices: PriceTable
    /// Whether events are live: then a time more than a day ahead of the wall clock is refused.
    public var isLive = false
    /// Whether files are followed as they grow.
    public var follows = false
    /// The format of all inputs; nil where each is recognised by its first bytes.
    public var format: EventFormat?
    /// Which columns of an unknown table mean what.
    public var mapping: ColumnMapping?
    /// The account of events of files that belong to the user of this machine, unless `identity` names one.
    public var localIdentity: String?
    /// Which signal ends the run early, if one has come; looked at between batches.
    public var interruption: @Sendable () -> Int32? = { Interruption.pending }
    /// Where the files of programs are.
    public var machine = SourceList.Machine(home: nil, environment: [:])

    /// Why none of the sources is there, the first of their reasons; nil where one is, or none is named.
    public var absence: InputError? {
        var first: InputError?
        for source in sources {
            do throws(InputError) {
                _ = try SourceList(machine: machine).files(of: source)
                return nil
            } catch { first = first ?? error }
        }
        return first
    }

    /// Options for some sources.
    public init(sources: [String], prices: PriceTable) {
        self.sources = sources
        self.prices = prices
    }
}
