/// The symbols of one kind that a state refers to, under codes that count in the order of their texts: the
/// numbers of symbols differ between runs, their texts do not. Code 0 stands for null.
public struct SymbolCodes: Sendable {
    /// By symbol: 0 where the state does not refer to it, else its code, or 1 before there are codes.
    private var codes: [UInt32] = [0]
    /// The symbols by code, null included.
    public private(set) var symbols: [UInt32] = [0]

    /// No symbol yet.
    public init() {}

    /// Notes that the state refers to a symbol.
    public mutating func insert(_ symbol: UInt32) {
        if symbol == 0 { return }
        let missing = Int(symbol) + 1 - codes.count
        if missing > 0 { codes.append(contentsOf: repeatElement(0, count: max(missing, codes.count))) }
        codes[Int(symbol)] = 1
    }

    /// Notes all symbols of a table.
    mutating func insertAll(of table: borrowing SymbolTable) {
        for symbol in 1..<UInt32(max(table.count, 1)) { insert(symbol) }
    }

    /// The code of a symbol that was noted.
    @inline(__always)
    public subscript(symbol: UInt32) -> UInt32 { codes[Int(symbol)] }

    /// Gives out the codes and writes the texts.
    public mutating func write(_ table: borrowing SymbolTable, into writer: inout StateWriter) {
        symbols = [0] + table.inTextOrder(codes.indices.filter { codes[$0] != 0 }.map { UInt32($0) })
        writer.count(symbols.count - 1)
        for code in 1..<max(symbols.count, 1) {
            codes[Int(symbols[code])] = UInt32(code)
            writer.text(symbols[code], of: table)
        }
    }
}

/// The symbols of one kind that a state refers to, as read back.
public struct SymbolNumbers: Sendable {
    private var numbers: [UInt32] = [0]

    /// Reads the texts and adds them to a table.
    public init(_ reader: inout StateReader, into table: inout SymbolTable) throws(StateFault) {
        let count = try reader.count(eachAtLeast: 2)
        try reader.check(count - 1 <= table.bounds.names, "no more names than are kept")
        numbers.reserveCapacity(count + 1)
        var before: ArraySlice<UInt8> = []
        for _ in 0..<count {
            let text = try reader.utf8()
            try reader.check(before.lexicographicallyPrecedes(text), "texts in ascending order")
            numbers.append(table.intern(text.span))
            before = text
        }
    }

    /// How many codes there are, that of null included.
    public var count: Int { numbers.count }

    /// The number of a code.
    @inline(__always)
    public subscript(code: UInt32) -> UInt32 {
        get throws(StateFault) {
            guard Int(code) < numbers.count else { throw StateFault("a symbol") }
            return numbers[Int(code)]
        }
    }
}

/// Codes for each kind of label that detection keeps.
public struct StateCodes: Sendable {
    /// Accounts.
    public var identities = SymbolCodes()
    /// Teams.
    public var teams = SymbolCodes()
    /// Projects.
    public var projects = SymbolCodes()
    /// Client programs.
    public var tools = SymbolCodes()
    /// AI models.
    public var models = SymbolCodes()
    /// MCP servers.
    public var mcpServers = SymbolCodes()

    /// No symbol yet.
    public init() {}

    /// Notes every name of the labels that are not kept for what is known of them: which names come later
    /// that there is no room for depends on all that came before.
    public mutating func insertNames(of symbols: borrowing Symbols) {
        teams.insertAll(of: symbols.teams)
        projects.insertAll(of: symbols.projects)
        tools.insertAll(of: symbols.tools)
        models.insertAll(of: symbols.models)
        mcpServers.insertAll(of: symbols.mcpServers)
    }

    /// Gives out all codes and writes the texts.
    public mutating func write(_ symbols: borrowing Symbols, into writer: inout StateWriter) {
        identities.write(symbols.identities, into: &writer)
        teams.write(symbols.teams, into: &writer)
        projects.write(symbols.projects, into: &writer)
        tools.write(symbols.tools, into: &writer)
        models.write(symbols.models, into: &writer)
        mcpServers.write(symbols.mcpServers, into: &writer)
    }
}

/// What `StateCodes` wrote, as read back.
public struct StateNumbers: Sendable {
    /// Accounts.
    public let identities: SymbolNumbers
    /// Teams.
    public let teams: SymbolNumbers
    /// Projects.
    public let projects: SymbolNumbers
    /// Client programs.
    public let tools: SymbolNumbers
    /// AI models.
    public let models: SymbolNumbers
    /// MCP servers.
    public let mcpServers: SymbolNumbers

    /// Reads all texts and adds them to the tables.
    public init(_ reader: inout StateReader, into symbols: inout Symbols) throws(StateFault) {
        identities = try SymbolNumbers(&reader, into: &symbols.identities)
        teams = try SymbolNumbers(&reader, into: &symbols.teams)
        projects = try SymbolNumbers(&reader, into: &symbols.projects)
        tools = try SymbolNumbers(&reader, into: &symbols.tools)
        models = try SymbolNumbers(&reader, into: &symbols.models)
        mcpServers = try SymbolNumbers(&reader, into: &symbols.mcpServers)
    }
}

extension SymbolTable {
    /// Symbols in the order of the bytes of their texts.
    func inTextOrder(_ symbols: [UInt32]) -> [UInt32] {
        // The first sixteen bytes decide nearly always, and comparing two numbers is much quicker than two
        // texts.
        var keyed = symbols.map { symbol in
            withUTF8(of: symbol) { text in
                (
                    ByteBlocks.word(text, at: 0).byteSwapped,
                    ByteBlocks.word(text, at: 8).byteSwapped, symbol
                )
            }
        }
        keyed.sort { a, b in
            if a.0 != b.0 { return a.0 < b.0 }
            if a.1 != b.1 { return a.1 < b.1 }
            return utf8(of: a.2).lexicographicallyPrecedes(utf8(of: b.2))
        }
        return keyed.map(\.2)
    }
}
