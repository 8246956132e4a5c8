/// Every bound of the product, each with its unit and its reason. What lies beyond a bound is refused or
/// counted, never cut in silence.
public enum Limits {
    /// Events in one block: enough for the compressor to see repetition, small enough to hold whole (about 8
    /// MB of columns).
    public static let eventsPerBlock = 65_536
    /// Bytes of one input line. A longer one is rejected and its rest skipped. An event has 311 bytes on
    /// average.
    public static let lineBytesMax = 1 << 20
    /// Bytes of one record of a JSON document, which may hold prompts and answers that are skipped. A longer
    /// one is rejected and passed over.
    public static let recordBytesMax = 16 << 20
    /// Bytes of one label (identity, model, request id ...).
    public static let labelBytesMax = 256
    /// Tokens of one kind in one event; 10^12 is 10,000 times the largest context window sold.
    public static let tokensPerEventMax: Int64 = 1_000_000_000_000
    /// Requests that one line may stand for.
    public static let requestsPerEventMax: Int64 = 1_000_000_000
    /// Nesting of JSON values, known or ignored.
    public static let jsonDepthMax = 32
    /// How far an event may lie ahead of the wall clock, in milliseconds; beyond, it is rejected as `future`.
    public static let futureMax: Int64 = 24 * Timestamp.hour
    /// Bytes of one block of the log before decompression.
    public static let blockBytesMax = 64 << 20
    /// log2 of the largest window a compressed input may ask for (128 MiB): what the stock tool accepts
    /// without asking, so that whatever it wrote at any level can be read, and a small file cannot demand
    /// more.
    public static let zstdWindowLogMax: Int32 = 27
    /// Ratio of decompressed to compressed bytes above which an input is taken for a decompression bomb, once
    /// past 64 MiB.
    public static let decompressionRatioMax = 2_000
    /// Bytes of one segment file before the writer begins the next.
    public static let segmentBytes = 64 << 20
    /// Cells (sums by day) beside one segment; with more it has none. They take about 130 bytes of memory
    /// each while they are made.
    public static let cellsPerSegmentMax = 1 << 20
    /// Keys that a generation of the duplicate window holds before it may end; two generations are
    /// remembered.
    public static let duplicateKeysMin = 1_000_000
    /// Time that a generation of the duplicate window spans before it may end, in milliseconds.
    public static let duplicateSpanMin: Int64 = 24 * Timestamp.hour
    /// Keys in the duplicate window above which a source is refused: about 300 MB.
    public static let duplicateKeysMax = 8_000_000
    /// Events since the last snapshot below which a run makes none: to read them again takes some ten
    /// milliseconds.
    public static let snapshotWorkMin = 65_536
    /// Events since the last snapshot after which a run makes one at once: about 45 MB of log, and a third
    /// of a second to read them again.
    public static let snapshotWorkMax = 2_097_152
    /// Events of files that were not written in the order of time that are held before those that nothing
    /// unread can precede are let go: about 40 MB.
    public static let heldEvents = 262_144
    /// Events held at most, about 600 MB; beyond, all are let go, and order holds within such pieces only.
    public static let heldEventsMax = 4_194_304
    /// Bytes of the file of rejected lines; further ones are counted only.
    public static let rejectedBytesMax = 64 << 20
    /// Bytes of one rejected line that are kept.
    public static let rejectedLineBytesMax = 4_096
    /// Pairs of group and period that a report sums up: about 1 GB. A million accounts with four models each.
    public static let usageGroupsMax = 4_000_000
    /// Accounts that detection tells apart, about 2 GB; further ones are one account together, so that what
    /// they use is still seen.
    public static let accountsMax = 4_194_304
    /// Models that detection tells apart, and MCP servers; each may be told once to everybody.
    public static let valuesMax = 65_536
    /// Teams that detection tells apart.
    public static let teamsMax = 65_536
    /// Projects, client programs, tools of servers and sources whose names detection keeps.
    public static let facetNamesMax = 262_144
    /// Names of one kind that a reader of sources or a writer keeps before it forgets all of them: about 60
    /// MB. The log has the names with each block, so that nothing is lost.
    public static let feedNamesMax = 1_048_576
    /// Models and MCP servers of which it is remembered that one account has used them: twice what the
    /// largest gateways offer. Further ones count as known to the account.
    public static let valuesPerAccountMax = 1_024
    /// Pairs of a team and a model or MCP server of which the users are counted: 32 to 64 bytes each. A value
    /// that comes to further pairs counts as known to the team.
    public static let teamUsesMax = 8_388_608
    /// Teams that accounts have named beside their first: 12 to 24 bytes each. Further ones do not count as
    /// members.
    public static let furtherTeamsMax = 16_777_216
    /// Alerts that may be open, about 2 kB each. At the bound the sixteenth of them that would end first is
    /// ended, alerts about first uses before all others.
    public static let openAlertsMax = 262_144
    /// Accounts and families of alerts that are held back for a while after an alert: about 100 bytes each.
    /// At the bound the sixteenth of them that ends first may be told again.
    public static let quietTimesMax = 1_048_576
}
