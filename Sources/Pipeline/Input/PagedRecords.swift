/// An array of records that keeps in memory those that were used lately, and the others in a scratch file.
///
/// Memory: `framesMax` pages, whatever is appended, and four bytes a page. As long as they suffice there is
/// no file. Where a page cannot be written, as on a full disk, it stays in memory, and the array simply needs
/// more of it.
struct PagedRecords: ~Copyable {
    /// 64-bit words of a record.
    static let words = 14

    /// How many records there are.
    private(set) var count = 0
    /// Whether a page could not be read again: what is read from then on is worth nothing.
    private(set) var hasFailed = false

    private let pageRecords: Int
    private let folder: String
    private var framesMax: Int
    private var file: ScratchFile?
    private var frames: [Frame] = []
    /// For each page the frame it is in; -1 where it is in the file.
    private var frameOfPage: [Int32] = []
    /// The frame that is looked at next for one to give up.
    private var hand = 0

    /// A page in memory.
    private struct Frame {
        var page: Int
        var words: [UInt64]
        /// Whether it differs from the file.
        var isDirty = true
        /// Whether it was used since the hand passed it.
        var isUsed = true
    }

    /// An empty array: 2,048 pages of 128 records are 29 MB.
    init(framesMax: Int = 2_048, pageRecords: Int = 128, folder: String = ScratchFile.folder) {
        precondition(framesMax >= 1 && pageRecords >= 1)
        self.framesMax = framesMax
        self.pageRecords = pageRecords
        self.folder = folder
    }

    /// Appends a record of zeros.
    mutating func append() {
        if count == frameOfPage.count * pageRecords {
            let frame = frameToFill()
            frames[frame] = Frame(page: frameOfPage.count, words: emptyPage)
            frameOfPage.append(Int32(frame))
        }
        count += 1
    }

    private var emptyPage: [UInt64] { [UInt64](repeating: 0, count: pageRecords * Self.words) }

    /// Lends a record.
    mutating func read<Value>(_ record: Int, _ body: (Span<UInt64>) -> Value) -> Value {
        let frame = frame(of: record)
        let place = record % pageRecords * Self.words
        let words = frames[frame].words
        return body(words.span.extracting(place..<place + Self.words))
    }

    /// Replaces a record.
    mutating func write(_ record: Int, _ words: [UInt64]) {
        precondition(words.count == Self.words)
        let frame = frame(of: record)
        frames[frame].isDirty = true
        let place = record % pageRecords * Self.words
        for i in words.indices { frames[frame].words[place + i] = words[i] }
    }

    /// The frame in which a record's page is, read from the file where need be.
    private mutating func frame(of record: Int) -> Int {
        precondition(record >= 0 && record < count)
        let page = record / pageRecords
        var frame = Int(frameOfPage[page])
        if frame < 0 {
            frame = frameToFill()
            let isRead = file?.read(into: &frames[frame].words, block: page) ?? false
            if !isRead { hasFailed = true }
            frames[frame].page = page
            frames[frame].isDirty = false
            frameOfPage[page] = Int32(frame)
        }
        frames[frame].isUsed = true
        return frame
    }

    /// A frame whose page is nowhere else: a new one, or one whose page has gone to the file.
    private mutating func frameToFill() -> Int {
        if frames.count < framesMax { return newFrame() }
        while true {
            let frame = hand
            hand = (hand + 1) % frames.count
            if frames[frame].isUsed {
                frames[frame].isUsed = false
                continue
            }
            let page = frames[frame].page
            if frames[frame].isDirty {
                if file == nil { file = ScratchFile(in: folder) }
                guard file?.write(frames[frame].words, block: page) ?? false else {
                    framesMax *= 2
                    return newFrame()
                }
            }
            frameOfPage[page] = -1
            return frame
        }
    }

    private mutating func newFrame() -> Int {
        frames.append(Frame(page: 0, words: emptyPage))
        return frames.count - 1
    }
}
