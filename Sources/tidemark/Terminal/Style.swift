import Alerting

/// When to use colour.
enum ColorChoice: String, CaseIterable, Sendable {
    /// On a terminal that can, unless `NO_COLOR` is set.
    case auto
    /// Also in a pipe, for a pager.
    case always
    /// Not at all.
    case never
}

/// What the reader's device can show: colour, Unicode, how many columns.
struct Style: Equatable, Sendable {
    /// Whether to send colours.
    var color: Bool
    /// Whether characters outside ASCII can be shown.
    var unicode: Bool
    /// Columns to fill.
    var width: Int

    /// Columns where nobody says otherwise.
    static let defaultWidth = 80
    /// Longer lines are hard to read, however wide the terminal is.
    static let widthMax = 120
    /// Narrower terminals get lines that wrap by themselves.
    static let widthMin = 40

    /// A style for a pipe.
    static let plain = Style(color: false, unicode: true, width: defaultWidth)

    /// What a descriptor can show.
    ///
    /// - Parameters:
    ///   - isTerminal: whether it is one.
    ///   - columns: its width; nil for a pipe, where `COLUMNS` is not looked at either, so that output is
    /// reproducible.   - choice: what the user asked for.   - environment: looks up a variable.
    init(isTerminal: Bool, columns: Int?, choice: ColorChoice, environment: (String) -> String?) {
        let isDumb = environment("TERM") == "dumb"
        switch choice {
        case .always: color = true
        case .never: color = false
        case .auto: color = isTerminal && !isDumb && (environment("NO_COLOR") ?? "").isEmpty
        }
        // The first of the three that says anything decides (POSIX); silence is taken for UTF-8, as most
        // terminals are.
        let locale = ["LC_ALL", "LC_CTYPE", "LANG"].lazy.compactMap(environment).first { !$0.isEmpty }
        let charset = (locale ?? "UTF-8").uppercased()
        unicode = !isDumb && (charset.contains("UTF-8") || charset.contains("UTF8"))
        width = min(max(columns ?? Self.defaultWidth, Self.widthMin), Self.widthMax)
    }

    /// A style from its parts.
    init(color: Bool, unicode: Bool, width: Int) {
        self.color = color
        self.unicode = unicode
        self.width = width
    }
}

/// What a piece of text is, which decides its colour. The words alone must suffice: colour only helps the
/// eye.
enum Role: Hashable, Sendable {
    case plain
    /// Who, what: the thing to see first.
    case strong
    /// Times, ids, what can be skipped.
    case faint
    /// A heading.
    case heading
    /// Something to type.
    case command
    /// All is well, an alert that is over.
    case good
    /// Needs a look.
    case warning
    /// An error.
    case failure
    /// How much an alert matters.
    case severity(Severity)

    /// The parameters of `ESC [ ... m`: only the sixteen colours, which follow the user's own theme.
    var parameters: String? {
        switch self {
        case .plain: nil
        case .strong: "1"
        case .faint: "2"
        case .heading: "1"
        case .command: "36"
        case .good: "32"
        case .warning: "33"
        case .failure: "1;31"
        case .severity(.critical): "1;97;41"
        case .severity(.high): "1;31"
        case .severity(.medium): "33"
        case .severity(.low): "36"
        case .severity(.info): "2"
        }
    }
}

/// A line in the making: pieces of text, each with what it is. Its width is known without the colours.
struct StyledText: ExpressibleByStringLiteral, Sendable {
    /// One piece.
    struct Piece: Sendable {
        var text: String
        var role: Role
    }

    private(set) var pieces: [Piece] = []

    init(stringLiteral text: String) { self.init(text) }

    init(_ text: String = "", _ role: Role = .plain) {
        if !text.isEmpty { pieces = [Piece(text: text, role: role)] }
    }

    /// Columns that it fills.
    var width: Int { pieces.reduce(0) { $0 + displayWidth($1.text) } }

    var isEmpty: Bool { pieces.isEmpty }

    static func + (a: StyledText, b: StyledText) -> StyledText {
        var sum = a
        sum.pieces += b.pieces
        return sum
    }

    static func += (a: inout StyledText, b: StyledText) { a.pieces += b.pieces }

    mutating func append(_ text: String, _ role: Role = .plain) {
        if !text.isEmpty { pieces.append(Piece(text: text, role: role)) }
    }

    /// Filled up with blanks.
    func padded(to width: Int, right: Bool = false) -> StyledText {
        let missing = width - self.width
        guard missing > 0 else { return self }
        let blanks = StyledText(String(repeating: " ", count: missing))
        return right ? blanks + self : self + blanks
    }

    /// The text with the escape sequences that the style allows, without blanks at the end.
    func rendered(_ style: Style) -> String {
        var pieces = pieces
        while var last = pieces.last {
            while last.text.hasSuffix(" ") { last.text.removeLast() }
            if !last.text.isEmpty {
                pieces[pieces.count - 1] = last
                break
            }
            pieces.removeLast()
        }
        return pieces.reduce(into: "") { line, piece in
            let text = style.unicode ? piece.text : asciiOnly(piece.text)
            if style.color, let parameters = piece.role.parameters {
                line += "\u{1b}[\(parameters)m\(text)\u{1b}[0m"
            } else {
                line += text
            }
        }
    }

    /// Lines that are at most `width` columns wide, broken between words; further ones begin with `indent`
    /// blanks.
    func wrapped(width: Int, indent: Int) -> [StyledText] {
        var lines: [StyledText] = []
        var line = StyledText()
        var column = 0
        func isBlank(_ text: String) -> Bool { text.allSatisfy { $0 == " " } }
        func begin() {
            lines.append(line)
            line = StyledText(String(repeating: " ", count: indent))
            column = indent
        }
        for word in words() {
            let size = word.reduce(0) { $0 + displayWidth($1.text) }
            if word.allSatisfy({ isBlank($0.text) }) {
                if column + size <= width, !(column == indent && !lines.isEmpty) {
                    for piece in word { line.append(piece.text, piece.role) }
                    column += size
                }
                continue
            }
            if column + size > width, column > (lines.isEmpty ? 0 : indent) { begin() }
            for piece in word {
                // A word that is longer than a line is cut where the line ends.
                for character in piece.text {
                    let cell = displayWidth(character)
                    if column + cell > width, column > (lines.isEmpty ? 0 : indent) { begin() }
                    line.append(String(character), piece.role)
                    column += cell
                }
            }
        }
        lines.append(line)
        return lines.map { $0.joined() }
    }

    /// Words and the blanks between them; a word may consist of several pieces.
    private func words() -> [[Piece]] {
        var out: [[Piece]] = []
        var current: [Piece] = []
        var currentIsBlank = true
        for piece in pieces {
            var run = ""
            for character in piece.text {
                let blank = character == " "
                if blank != currentIsBlank {
                    if !run.isEmpty { current.append(Piece(text: run, role: piece.role)) }
                    if !current.isEmpty { out.append(current) }
                    run = ""
                    current = []
                    currentIsBlank = blank
                }
                run.append(character)
            }
            if !run.isEmpty { current.append(Piece(text: run, role: piece.role)) }
        }
        if !current.isEmpty { out.append(current) }
        return out
    }

    /// Neighbours of one role as one piece.
    private func joined() -> StyledText {
        var out = StyledText()
        for piece in pieces {
            if let last = out.pieces.last, last.role == piece.role {
                out.pieces[out.pieces.count - 1].text += piece.text
            } else {
                out.pieces.append(piece)
            }
        }
        return out
    }
}
