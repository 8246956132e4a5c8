/// Sixteen bytes, the unit of all that accounts keep of their past.
typealias PastUnit = SIMD4<UInt32>

/// The pieces that blocks lie in. Addresses rather than arrays of arrays: each access would ask twice who
/// else has the array, and that was a twentieth of the time of a replay.
///
/// `unsafe`, with this proof: `PastBlocks.limit` counts the units of the pages that were made. Each page was
/// filled when it was made and lies in a piece whole, no piece moves or ends before the last owner does, and
/// every number is compared with the limit before the address of its unit is formed. Whoever writes has made
/// sure before that nobody shares the memory.
@safe private final class PastMemory {
    static let unitBits: UInt32 = 18
    /// As many as there can be; only those in front are written and read.
    static let piecesMax = Int(PastBlocks.none >> unitBits) + 1
    let pieces: UnsafeMutablePointer<UnsafeMutablePointer<PastUnit>>
    private var count = 0

    init() { unsafe pieces = .allocate(capacity: Self.piecesMax) }

    deinit {
        for i in 0..<count { unsafe pieces[i].deallocate() }
        unsafe pieces.deallocate()
    }

    /// Where a unit lies for which there is room.
    @inline(__always)
    static func address(
        _ number: UInt32, in pieces: UnsafeMutablePointer<UnsafeMutablePointer<PastUnit>>
    ) -> UnsafeMutablePointer<PastUnit> {
        unsafe pieces[Int(number &>> unitBits)] + Int(number & (1 &<< unitBits &- 1))
    }

    /// Makes room for so many units, with nothing in it.
    func reserve(_ units: Int) {
        while units > count << Int(Self.unitBits) {
            unsafe (pieces + count).initialize(to: .allocate(capacity: 1 << Int(Self.unitBits)))
            count += 1
        }
    }
}

/// Memory for the past of all accounts: blocks of so many units that lie side by side. No allocation in
/// steady state.
///
/// A page of 4 KiB has blocks of one size. What is freed last is given out first, because it is still in a
/// cache; a page whose blocks are all free serves any size. Pages lie in pieces that never move: one array
/// would hold everything twice whenever it grows.
@safe struct PastBlocks: @unchecked Sendable {
    /// No block. The highest bit is free for whoever keeps the number of one.
    static let none: UInt32 = 0x7fff_ffff
    /// The largest block, in units.
    static let unitsMax = 80
    private static let pageUnits = 256

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

    private var memory: PastMemory
    /// Those of `memory`, to spare a step.
    private var pieces: UnsafeMutablePointer<UnsafeMutablePointer<PastUnit>>
    /// Units of all pages that were ever needed.
    private var limit: UInt32 = 0
    private var pages: [Page] = []
    /// The first page with room, by units of its blocks.
    private var roomy = [UInt32](repeating: PastBlocks.none, count: PastBlocks.unitsMax + 1)
    private var freePages: [UInt32] = []

    init() {
        memory = PastMemory()
        unsafe pieces = memory.pieces
    }

    /// Units of all pages that were ever needed.
    var units: Int { Int(limit) }

    @inline(__always)
    private func address(_ number: UInt32) -> UnsafeMutablePointer<PastUnit> {
        precondition(number < limit)
        return unsafe PastMemory.address(number, in: pieces)
    }

    /// Whoever writes goes through this first.
    @inline(__always)
    private mutating func makeUnique() {
        if !isKnownUniquelyReferenced(&memory) { copy() }
    }

    @inline(never)
    private mutating func copy() {
        let copy = PastMemory()
        copy.reserve(units)
        for number in 0..<limit {
            unsafe PastMemory.address(number, in: copy.pieces).initialize(to: self[number])
        }
        memory = copy
        unsafe pieces = copy.pieces
    }

    /// One unit, by its number.
    subscript(number: UInt32) -> PastUnit {
        @inline(__always)
        get { unsafe address(number).pointee }
        @inline(__always)
        set {
            makeUnique()
            unsafe address(number).pointee = newValue
        }
    }

    /// Copies units of one block to another, or towards the front of the same; returns what they hold
    /// together.
    @inline(__always)
    @discardableResult
    mutating func move(_ count: Int, from source: UInt32, to target: UInt32) -> Totals {
        var sum = Totals()
        guard count > 0 else { return sum }
        makeUnique()
        let last = UInt32(truncatingIfNeeded: count &- 1)
        // Blocks lie in one piece.
        precondition(
            count <= Self.unitsMax && (source ^ (source &+ last)) >> PastMemory.unitBits == 0
                && (target ^ (target &+ last)) >> PastMemory.unitBits == 0)
        let (from, to) = unsafe (address(source), address(target))
        _ = unsafe (address(source &+ last), address(target &+ last))
        for i in 0..<count {
            let unit = unsafe from[i]
            sum += unit.totals
            unsafe to[i] = unit
        }
        return sum
    }

    /// Where a unit lies in memory, for whoever asks for it before it is needed; nil for none.
    @inline(__always)
    func place(of number: UInt32) -> UnsafeRawPointer? {
        number < limit ? unsafe UnsafeRawPointer(address(number)) : nil
    }

    /// A block of so many units, which hold anything.
    mutating func allocate(_ units: Int) -> UInt32 {
        var number = roomy[units]
        if number == Self.none { number = takePage(units) }
        var page = pages[Int(number)]
        page.used &+= 1
        let first = number &* UInt32(Self.pageUnits)
        let place: UInt16
        if Int(page.free) < Self.pageUnits {
            place = page.free
            page.free = UInt16(truncatingIfNeeded: self[first &+ UInt32(place)].x)
        } else {
            place = page.fresh
            page.fresh &+= UInt16(truncatingIfNeeded: units)
        }
        if !page.hasRoom { unlink(page) }
        pages[Int(number)] = page
        return first &+ UInt32(place)
    }

    /// Gives a block back.
    mutating func release(_ number: UInt32) {
        let at = number / UInt32(Self.pageUnits)
        var page = pages[Int(at)]
        let hadRoom = page.hasRoom
        self[number].x = UInt32(page.free)
        page.free = UInt16(truncatingIfNeeded: number % UInt32(Self.pageUnits))
        page.used &-= 1
        if page.used == 0 {
            if hadRoom { unlink(page) }
            freePages.append(at)
        } else if !hadRoom {
            link(&page, at)
        }
        pages[Int(at)] = page
    }

    private mutating func link(_ page: inout Page, _ at: UInt32) {
        let units = Int(page.units)
        page.next = roomy[units]
        page.previous = Self.none
        if page.next != Self.none { pages[Int(page.next)].previous = at }
        roomy[units] = at
    }

    private mutating func unlink(_ page: Page) {
        if page.next != Self.none { pages[Int(page.next)].previous = page.previous }
        if page.previous != Self.none {
            pages[Int(page.previous)].next = page.next
        } else {
            roomy[Int(page.units)] = page.next
        }
    }

    @inline(never)
    private mutating func takePage(_ units: Int) -> UInt32 {
        var page = Page(free: UInt16(Self.pageUnits), units: UInt16(units))
        let at: UInt32
        if let free = freePages.popLast() {
            at = free
        } else {
            at = UInt32(pages.count)
            precondition(pages.count < Int(Self.none) / Self.pageUnits, "more blocks than numbers")
            pages.append(page)
            makeUnique()
            memory.reserve(pages.count * Self.pageUnits)
            let first = limit
            limit += UInt32(Self.pageUnits)
            unsafe address(first).initialize(repeating: .zero, count: Self.pageUnits)
        }
        link(&page, at)
        pages[Int(at)] = page
        return at
    }
}
