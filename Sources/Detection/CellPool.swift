/// What an account used in a stretch of time, as a cell of the pool holds it.
struct CellContent: Sendable {
    /// Number of the stretch (an hour, or five minutes), the low 8 bits of it.
    var place: UInt8
    var totals: Totals
    /// First event that the cell counts.
    var firstSequence: UInt64 = 0
    /// The next cell of the list; `CellPool.none` at its end.
    var link = CellPool.none
}

/// Twenty bytes: 40 bits each for cost, tokens and sequence, 8 for the place, 32 for the link.
struct PackedCell: Sendable {
    fileprivate var cost: UInt32 = 0
    fileprivate var tokens: UInt32 = 0
    fileprivate var sequence: UInt32 = 0
    /// Bits 32 to 39 of the three, and the place.
    fileprivate var high: UInt32 = 0
    fileprivate var link = CellPool.none

    /// The cost that says that the numbers are elsewhere: about a thousand dollars.
    fileprivate static let escape: UInt64 = 1 << 40 - 1
    fileprivate static let wideHigh: UInt32 = 0xff

    /// Nil where a number does not fit.
    @inline(__always)
    fileprivate init?(_ content: CellContent) {
        let (c, t) = (
            UInt64(bitPattern: content.totals.cost), UInt64(bitPattern: content.totals.tokens)
        )
        guard c < Self.escape, t >> 40 == 0, content.firstSequence >> 40 == 0 else { return nil }
        cost = UInt32(truncatingIfNeeded: c)
        tokens = UInt32(truncatingIfNeeded: t)
        sequence = UInt32(truncatingIfNeeded: content.firstSequence)
        high =
            UInt32(truncatingIfNeeded: c >> 32) | UInt32(truncatingIfNeeded: t >> 32) << 8
            | UInt32(truncatingIfNeeded: content.firstSequence >> 32) << 16 | UInt32(content.place) << 24
        link = content.link
    }

    /// A cell whose numbers are elsewhere.
    fileprivate init(wide content: CellContent) {
        cost = .max
        high = Self.wideHigh | UInt32(content.place) << 24
        link = content.link
    }

    fileprivate init() {}

    fileprivate var isWide: Bool { cost == .max && high & 0xff == Self.wideHigh }
    @inline(__always)
    var place: UInt8 { UInt8(truncatingIfNeeded: high >> 24) }

    @inline(__always)
    fileprivate var content: CellContent {
        let (c, t) = (UInt64(high & 0xff) << 32, UInt64(high >> 8 & 0xff) << 32)
        return CellContent(
            place: place,
            totals: Totals(
                cost: Int64(bitPattern: c | UInt64(cost)), tokens: Int64(bitPattern: t | UInt64(tokens))),
            firstSequence: UInt64(high >> 16 & 0xff) << 32 | UInt64(sequence), link: link)
    }
}

/// The cells of all accounts, 20 bytes each, in lists; freed cells are used again. No allocation in steady
/// state.
///
/// They lie in pieces that never move: one array would hold everything twice whenever it grows.
struct CellPool: Sendable {
    /// No cell. The highest bit is free for whoever keeps the number of a cell.
    static let none: UInt32 = 0x7fff_ffff
    private static let pieceBits: UInt32 = 14

    private var pieces: [[PackedCell]] = []
    private var free = CellPool.none
    /// Lists that were given back whole.
    private var freeLists: [UInt32] = []
    /// Cells made, the freed ones included.
    private(set) var count: UInt32 = 0
    /// Numbers that do not fit their cell, by its number.
    private var wide: [UInt32: CellContent] = [:]

    /// What a cell holds.
    subscript(number: UInt32) -> CellContent {
        let cell = pieces[Int(number &>> Self.pieceBits)][Int(number & (1 &<< Self.pieceBits &- 1))]
        return cell.isWide ? wideContent(number, cell) : cell.content
    }

    private func wideContent(_ number: UInt32, _ cell: PackedCell) -> CellContent {
        var content = wide[number] ?? cell.content
        content.link = cell.link
        return content
    }

    /// The next cell of the list that a cell is in.
    func link(of number: UInt32) -> UInt32 {
        pieces[Int(number &>> Self.pieceBits)][Int(number & (1 &<< Self.pieceBits &- 1))].link
    }

    mutating func setLink(of number: UInt32, to link: UInt32) {
        pieces[Int(number &>> Self.pieceBits)][Int(number & (1 &<< Self.pieceBits &- 1))].link = link
    }

    /// Writes a cell anew.
    mutating func set(_ number: UInt32, to content: CellContent) {
        forgetWide(number)
        put(content, at: number)
    }

    /// A cell with this content.
    @inline(__always)
    mutating func make(_ content: CellContent) -> UInt32 {
        if free == Self.none { free = freeLists.popLast() ?? grow() }
        let number = free
        free = link(of: number)
        forgetWide(number)
        put(content, at: number)
        return number
    }

    /// Gives all cells of a list back, without a look at them.
    mutating func release(list first: UInt32) {
        if first != Self.none { freeLists.append(first) }
    }

    /// Gives a cell back; returns its link.
    mutating func release(_ number: UInt32) -> UInt32 {
        let next = link(of: number)
        setLink(of: number, to: free)
        free = number
        return next
    }

    @inline(__always)
    private mutating func put(_ content: CellContent, at number: UInt32) {
        let (piece, place) = (Int(number &>> Self.pieceBits), Int(number & (1 &<< Self.pieceBits &- 1)))
        if let packed = PackedCell(content) {
            pieces[piece][place] = packed
        } else {
            pieces[piece][place] = PackedCell(wide: content)
            wide[number] = content
        }
    }

    private mutating func forgetWide(_ number: UInt32) {
        let (piece, place) = (Int(number &>> Self.pieceBits), Int(number & (1 &<< Self.pieceBits &- 1)))
        guard pieces[piece][place].isWide else { return }
        wide[number] = nil
        pieces[piece][place].cost = 0
    }

    @inline(never)
    private mutating func grow() -> UInt32 {
        precondition(count < Self.none, "more cells than numbers")
        if count & (1 << Self.pieceBits - 1) == 0 {
            var piece: [PackedCell] = []
            piece.reserveCapacity(1 << Int(Self.pieceBits))
            pieces.append(piece)
        }
        pieces[Int(count >> Self.pieceBits)].append(PackedCell())
        count += 1
        return count - 1
    }
}
