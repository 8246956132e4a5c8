/// The constants of the file format. `docs/log-format.md` describes every byte; a test decodes its example.
public enum LogFormat {
    /// A program refuses a log whose major version is not its own.
    public static let major: UInt16 = 1
    /// A higher minor version may only add what an older reader can leave out.
    public static let minor: UInt16 = 0
    /// The version in words.
    public static var version: String { "\(major).\(minor)" }

    /// First bytes of a segment: `TIDEMARK`.
    static let segmentMagic: [UInt8] = Array("TIDEMARK".utf8)
    /// Bytes of a segment header.
    static let segmentHeaderBytes = 128
    /// First bytes of a block: `TMBK`, read as a little-endian number.
    static let blockMagic: UInt32 = 0x4b42_4d54
    /// Bytes of a block header.
    static let blockHeaderBytes = 56
    /// Last bytes of every block, `TMBKEND` and a line feed: where they are missing and zeros stand instead,
    /// the block was torn. No byte of it has fewer than two bits, so a flipped bit never looks like that.
    static let endMark: UInt64 = 0x0a44_4e45_4b42_4d54
    /// Bytes of the end mark.
    static let endMarkBytes = 8
    /// Bytes of the smallest block: a header and an end mark.
    static let blockBytesMin = blockHeaderBytes + endMarkBytes
    /// Bytes of one entry of a block's directory.
    static let entryBytes = 16
    /// Blocks begin at multiples of this, so that a length can never straddle a sector.
    static let alignment = 8
    /// The unit in which devices write; a torn write leaves whole sectors of zeros behind.
    static let sectorBytes = 512
    /// What `received` holds in a block of history.
    static let noReceived = Int64.min
    /// What stands for "no previous segment".
    static let noSegment = UInt64.max
    /// The plane number of a column's presence bitmap.
    static let presencePlane: UInt8 = 15
    /// The plane number of the latest event time, where it is not the earliest.
    static let latestPlane: UInt8 = 13
    /// The plane number of the unit in which a column's values are counted, where that is not 1.
    static let unitPlane: UInt8 = 14
    /// All streams of a block before compression; the writer keeps a block below half of it.
    static let rawBytesMax = 128 << 20
    /// Bytes of a control record's content: far more than a roster of a million people has.
    static let controlBytesMax = 32 << 20
    /// More entries than any version writes; a bound on what is read before it is believed.
    static let entriesMax = 1_024

    /// The name of the segment whose first sequence this is: 20 digits, so that names sort as numbers.
    static func segmentName(_ firstSequence: UInt64) -> String {
        let digits = String(firstSequence)
        return String(repeating: "0", count: 20 - digits.utf8.count) + digits + ".seg"
    }

    /// The name of the file of request ids beside a sealed segment.
    static func idsName(_ firstSequence: UInt64) -> String {
        segmentName(firstSequence).dropLast(3) + "ids"
    }

    /// The name of the file of sums by day beside a segment.
    static func cellsName(_ firstSequence: UInt64) -> String {
        segmentName(firstSequence).dropLast(3) + "cells"
    }

    /// The name of the file of what was known where a log begins.
    static func baseName(_ sequence: UInt64) -> String { segmentName(sequence).dropLast(3) + "base" }

    /// The sequence that the name of such a file states, or of a second one there; nil for any other name.
    static func sequence(ofBase name: String) -> UInt64? {
        guard name.hasSuffix(".base") else { return nil }
        let stem = name.dropLast(5)
        return stem.count == 20 || stem.dropFirst(20).first == "-" ? number(stem.prefix(20)) : nil
    }

    /// The first sequence that a segment's name states; nil for any other name.
    static func firstSequence(ofSegment name: String) -> UInt64? {
        name.hasSuffix(".seg") ? number(name.dropLast(4)) : nil
    }

    /// The first sequence of the segment beside which a file of request ids stands; nil for any other name.
    static func firstSequence(ofIDs name: String) -> UInt64? {
        name.hasSuffix(".ids") ? number(name.dropLast(4)) : nil
    }

    /// The first sequence of the segment beside which a file of sums by day stands; nil for any other name.
    static func firstSequence(ofCells name: String) -> UInt64? {
        name.hasSuffix(".cells") ? number(name.dropLast(6)) : nil
    }

    private static func number(_ digits: Substring) -> UInt64? {
        guard digits.utf8.count == 20 else { return nil }
        guard digits.utf8.allSatisfy({ $0 >= 48 && $0 <= 57 }) else { return nil }
        return UInt64(digits)
    }
}

/// What a block holds.
enum BlockKind: UInt8, Sendable {
    case events = 1
    case control = 2
    case tick = 3
    case durable = 4
    /// What stands in the place of blocks that were lost; only a repair writes it.
    case gap = 5
    /// The index at the end of a sealed segment.
    case footer = 6
}

/// The streams of a block, in the order in which they stand in it: what detection reads comes first, ids
/// last.
enum StreamColumn: UInt8, Sendable, CaseIterable, Comparable {
    case dictionary = 0
    case ts = 1
    case identity = 2
    case team = 3
    case tool = 4
    case model = 5
    case mcpServer = 6
    case project = 7
    case shape = 8
    case inputTokens = 9
    case outputTokens = 10
    case cacheReadTokens = 11
    case cacheWriteTokens = 12
    case rates = 13
    case cost = 14
    case requests = 15
    case source = 16
    case tsEnd = 17
    case mcpTool = 18
    case reasoningTokens = 19
    case requestID = 20
    case sessionID = 21
    case origin = 22
    case duplicatesFrom = 32
    case duplicateMarks = 33
    case runs = 34
    case controlName = 40
    case controlPayload = 41

    static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }

    /// The name in `log stat`.
    var name: String {
        switch self {
        case .dictionary: "dictionary"
        case .ts: "ts"
        case .identity: "identity"
        case .team: "team"
        case .tool: "tool"
        case .model: "model"
        case .mcpServer: "mcp_server"
        case .project: "project"
        case .shape: "shape"
        case .inputTokens: "input_tokens"
        case .outputTokens: "output_tokens"
        case .cacheReadTokens: "cache_read_tokens"
        case .cacheWriteTokens: "cache_write_tokens"
        case .rates: "rates"
        case .cost: "cost"
        case .requests: "requests"
        case .source: "source"
        case .tsEnd: "ts_end"
        case .mcpTool: "mcp_tool"
        case .reasoningTokens: "reasoning_tokens"
        case .requestID: "request_id"
        case .sessionID: "session_id"
        case .origin: "origin"
        case .duplicatesFrom, .duplicateMarks: "duplicates"
        case .runs: "runs"
        case .controlName, .controlPayload: "control"
        }
    }
}

/// How the values of a column became bytes.
enum Encoding: UInt8, Sendable {
    /// All rows have one value; it stands in the directory.
    case constant = 0
    /// Values that are not negative, byte by byte.
    case planes = 1
    /// Values of either sign, zigzag, byte by byte.
    case zigzag = 2
    /// Differences to the row before, zigzag, byte by byte.
    case delta = 3
    /// Numbers of the block's dictionary, byte by byte.
    case index = 4
    /// 0 to 3: the value that the same account had last, before that, and so on; else the dictionary's number
    /// plus 4.
    case recent = 5
    /// Differences to what the block's rates predict, in quanta, zigzag, byte by byte.
    case residual = 6
    /// Lower-case hexadecimal texts of one even length, two digits a byte.
    case hex = 7
    /// Texts: their bytes (plane 0), their lengths (planes 1 and 2).
    case text = 8
    /// Bytes as they are.
    case bytes = 9
}
