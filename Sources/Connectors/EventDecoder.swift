public import UsageEvents

/// Bytes of one input into events: what every format is to those who read inputs.
///
/// The caller offers bytes in pieces of any size and keeps what was not consumed; where the pieces are cut
/// changes nothing. A record is an event or several, ignored by its type, or rejected with a reason.
public protocol EventDecoder: Sendable {
    /// Lines read so far, blank and rejected ones included.
    var linesRead: Int { get }
    /// Events accepted so far.
    var accepted: Int { get }
    /// Records rejected since the caller last emptied the list.
    var rejections: [Rejection] { get set }
    /// Keys of accepted records that mean nothing here.
    var unknownKeys: UnknownKeys { get }
    /// Records that are of no use by their type, by type.
    var ignored: UnknownKeys { get }
    /// Lines at the end of a live file that were cut short: left for a later run, not rejected.
    var unfinishedLines: Int { get }
    /// Accepted events whose cost had more than nine decimals and was rounded.
    var costsRounded: Int { get }
    /// Accepted events whose cost was computed from the price table.
    var costsEstimated: Int { get }

    /// Decodes whole records from the front of `bytes` until the batch has `limit` rows, or a few more where
    /// one record gives several events.
    ///
    /// With `isFinal` nothing comes behind `bytes`. Labels get their numbers from `symbols`, which must be
    /// the same tables for all rows of a batch. The caller calls again with the bytes after `consumed`, with
    /// more behind them if `stop` says so.
    mutating func decode(
        _ bytes: Span<UInt8>, isFinal: Bool, into batch: inout EventBatch, symbols: inout Symbols, limit: Int
    ) -> DecodeProgress
}

extension EventDecoder {
    /// Nothing is ignored by its type where every record is an event.
    public var ignored: UnknownKeys { UnknownKeys() }

    /// A last line that is cut short is rejected where nobody goes on writing it.
    public var unfinishedLines: Int { 0 }
}

extension NDJSONDecoder: EventDecoder {}
