/// Sixteen bytes, the unit of all that accounts keep of their past.
typealias PastUnit = SIMD4<UInt32>

/// Memory for the past of all accounts: blocks of so many units that lie side by side. No allocation in
/// steady state.
///
/// A page of 4 KiB has blocks of one size. What is freed last is given out first, because it is still in a
/// cache; a page whose blocks are all free serves any size. Pages lie in pieces that never move: one array
/// would hold everything twice whenever it grows.
struct PastBlocks: Sendable {
    /// No block. The highest bit is free for whoever keeps the number of one.
    static let none: UInt32 = 0x7fff_ffff
    /// The largest block, in units.
    static let unitsMax = 80
    private static let pageUnits = 256
    private static let pieceBits: UInt32 = 16

    /// What is known of a page.
    private struct Page {
        /// The first free block, by its place in the page; `pageUnits` for none.
        var free: UInt16
        /// Where nothing was given out yet.
        var fresh: UInt16 = 0
        var used: UInt16 = 0
        let units: UInt16
        /// Neighbours in the list of pages with room, of the same size.
        var next = PastBlocks.none
        var previous = PastBlocks.none

        var hasRoom: Bool { Int(free) < PastBlocks.pageUnits || fresh &+ units <= PastBlocks.pageUnits }
    }

    var pieces: [[PastUnit]] = []
    private var pages: [Page] = []
    /// The first page with room, by units of its blocks.
    private var roomy = [UInt32](repeating: PastBlocks.none, count: PastBlocks.unitsMax + 1)
    private var freePages: [UInt32] = []
    /// Where a block is made.
    var draft = [PastUnit](repeating: .zero, count: PastBlocks.unitsMax)

    /// Units of all pages that were ever needed.
    var units: Int { pages.count * Self.pageUnits }

    /// One unit, by its number.
    subscript(number: UInt32) -> PastUnit {
        @inline(__always)
        get { pieces[Int(number &>> Self.pieceBits)][Int(number & (1 &<< Self.pieceBits &- 1))] }
        @inline(__always)
        set { pieces[Int(number &>> Self.pieceBits)][Int(number & (1 &<< Self.pieceBits &- 1))] = newValue }
    }

    /// The piece and the place in it of a block, all of which is there.
    @inline(__always)
    static func place(of number: UInt32) -> (piece: Int, at: Int) {
        (Int(number &>> pieceBits), Int(number & (1 &<< pieceBits &- 1)))
    }

    /// A block of so many units, which hold anything.
    mutating func allocate(_ units: Int) -> UInt32 {
        var number = roomy[units]
        if number == Self.none { number = takePage(units) }
        let at = Int(number)
        pages[at].used &+= 1
        let first = number &* UInt32(Self.pageUnits)
        let place: UInt16
        if Int(pages[at].free) < Self.pageUnits {
            place = pages[at].free
            pages[at].free = UInt16(truncatingIfNeeded: self[first &+ UInt32(place)].x)
        } else {
            place = pages[at].fresh
            pages[at].fresh &+= UInt16(units)
        }
        if !pages[at].hasRoom { unlink(at) }
        return first &+ UInt32(place)
    }

    /// Gives a block back.
    mutating func release(_ number: UInt32) {
        let at = Int(number) / Self.pageUnits
        let hadRoom = pages[at].hasRoom
        self[number].x = UInt32(pages[at].free)
        pages[at].free = UInt16(number % UInt32(Self.pageUnits))
        pages[at].used &-= 1
        if pages[at].used == 0 {
            if hadRoom { unlink(at) }
            freePages.append(UInt32(at))
        } else if !hadRoom {
            link(at)
        }
    }

    private mutating func link(_ at: Int) {
        let units = Int(pages[at].units)
        pages[at].next = roomy[units]
        pages[at].previous = Self.none
        if roomy[units] != Self.none { pages[Int(roomy[units])].previous = UInt32(at) }
        roomy[units] = UInt32(at)
    }

    private mutating func unlink(_ at: Int) {
        let page = pages[at]
        if page.next != Self.none { pages[Int(page.next)].previous = page.previous }
        if page.previous != Self.none {
            pages[Int(page.previous)].next = page.next
        } else {
            roomy[Int(page.units)] = page.next
        }
    }

    @inline(never)
    private mutating func takePage(_ units: Int) -> UInt32 {
        let page = Page(free: UInt16(Self.pageUnits), units: UInt16(units))
        let at: Int
        if let free = freePages.popLast() {
            at = Int(free)
            pages[at] = page
        } else {
            at = pages.count
            precondition(at < Int(Self.none) / Self.pageUnits, "more blocks than numbers")
            pages.append(page)
            let room = 1 << Int(Self.pieceBits)
            if at * Self.pageUnits % room == 0 {
                var piece: [PastUnit] = []
                piece.reserveCapacity(room)
                pieces.append(piece)
            }
            pieces[pieces.count - 1].append(contentsOf: repeatElement(.zero, count: Self.pageUnits))
        }
        link(at)
        return UInt32(at)
    }
}
