internal import UsageEvents

/// The kinds of labels besides the identity, in the order in which the dictionary of a block lists them.
enum LabelKind: Int, CaseIterable {
    case team = 0
    case tool = 1
    case model = 2
    case mcpServer = 3
    case project = 4
    case source = 5
    case mcpTool = 6

    /// Those whose streams stand before the numbers.
    static let detection: [LabelKind] = [.team, .tool, .model, .mcpServer, .project]

    var column: StreamColumn {
        switch self {
        case .team: .team
        case .tool: .tool
        case .model: .model
        case .mcpServer: .mcpServer
        case .project: .project
        case .source: .source
        case .mcpTool: .mcpTool
        }
    }

    func table(of symbols: Symbols) -> SymbolTable {
        switch self {
        case .team: symbols.teams
        case .tool: symbols.tools
        case .model: symbols.models
        case .mcpServer: symbols.mcpServers
        case .project: symbols.projects
        case .source: symbols.sources
        case .mcpTool: symbols.mcpTools
        }
    }

    func intern(_ text: Span<UInt8>, in symbols: inout Symbols) -> UInt32 {
        switch self {
        case .team: symbols.teams.intern(text)
        case .tool: symbols.tools.intern(text)
        case .model: symbols.models.intern(text)
        case .mcpServer: symbols.mcpServers.intern(text)
        case .project: symbols.projects.intern(text)
        case .source: symbols.sources.intern(text)
        case .mcpTool: symbols.mcpTools.intern(text)
        }
    }
}

/// Numbers the distinct shapes of a block from 1 on: there are hardly ever more than a few.
struct ShapeTable {
    private(set) var values: [UInt32] = []
    private(set) var rows: [UInt32] = []
    private var numbers: [UInt32: UInt32] = [:]

    mutating func assign(_ shapes: Span<UInt32>) {
        values.removeAll(keepingCapacity: true)
        numbers.removeAll(keepingCapacity: true)
        if rows.count != shapes.count { rows = [UInt32](repeating: 0, count: shapes.count) }
        var last: UInt32 = 0
        var lastNumber: UInt32 = 0
        for i in shapes.indices {
            let shape = shapes[i]
            if shape != last || lastNumber == 0 {
                if let number = numbers[shape] {
                    lastNumber = number
                } else {
                    values.append(shape)
                    lastNumber = UInt32(values.count)
                    numbers[shape] = lastNumber
                }
                last = shape
            }
            rows[i] = lastNumber
        }
    }
}
