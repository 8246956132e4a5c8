import ArgumentParser
import Detection
import EventLog
import Pipeline
import UsageEvents

/// Options of the commands that read events from files.
struct InputOptions: ParsableArguments {
    @Argument(
        help: ArgumentHelp(
            "Files (also as .zst), folders, - for standard input, or a program whose files on this "
                + "machine are meant: claude-code, codex, gemini.", valueName: "source"),
        completion: .file())
    var sources: [String] = []

    @Option(name: .long, help: "The account of events that name none; without it they are rejected.")
    var identity: String?

    @Option(name: .long, help: "The source of events that name none.")
    var source: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "The format of the inputs, where it is not to be recognised: "
                + SourceFormats.all.map(\.name).joined(separator: ", ") + ".", valueName: "name"),
        completion: .list(SourceFormats.all.map(\.name)))
    var format: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "What the columns of a CSV or the keys of JSON objects mean: "
                + "identity=user_email,cost_usd=amount/100,ts=created_at,tool='copilot'.",
            valueName: "mapping"))
    var map: String?

    @Option(
        name: .long,
        help: ArgumentHelp("A price table (CSV); its rows win over the bundled ones.", valueName: "file"),
        completion: .file())
    var prices: String?

    @Flag(name: .long, help: "Exit 0 although lines were rejected; valid lines are taken either way.")
    var keepGoing = false

    func validate() throws {
        let names = SourceFormats.all.map(\.name)
        if let format, !names.contains(format) {
            throw ValidationError("--format wants one of \(names.joined(separator: ", ")), not \(format).")
        }
        if let map, let problem = FeedOptions.problem(ofMapping: map) {
            throw ValidationError("--map: \(problem).")
        }
        for (name, text) in [("--identity", identity), ("--source", source)] {
            guard let text, text.isEmpty || text.utf8.count > Limits.labelBytesMax else { continue }
            throw ValidationError("\(name) wants 1 to \(Limits.labelBytesMax) bytes.")
        }
    }

    /// What a feed needs; `settings` may name a price table too.
    func feed(_ settings: TidemarkConfiguration) throws -> FeedOptions {
        let prices = settings.naming(try priceTable(settings))
        var feed = FeedOptions(sources: sources, prices: prices)
        feed.identity = identity
        feed.source = source
        feed.localIdentity = Platform.userAtHost
        feed.machine = Platform.machine
        if let text = map ?? settings.sources.map, let problem = feed.setMapping(text) {
            throw Failure("sources.map: \(problem)", code: ExitStatus.badConfiguration)
        }
        // A mapping on the command line is for what is read now.
        if let name = format ?? (map == nil ? nil : "table") { _ = feed.setFormat(name) }
        return feed
    }

    private func priceTable(_ settings: TidemarkConfiguration) throws -> PriceTable {
        guard let path = prices ?? settings.prices.file else { return PriceTable.bundled }
        let bytes = try SmallFile.read(path, what: "a price table")
        do {
            return try PriceTable(csv: bytes).over(.bundled)
        } catch {
            throw Failure(
                "\(path), \(error.description); correct the price table or leave it out",
                code: ExitStatus.badConfiguration)
        }
    }
}

/// Files that a user names beside the events: configurations and price tables.
enum SmallFile {
    /// Larger ones are something else.
    private static let bytesMax = 16 << 20

    static func read(_ path: String, what: String) throws(Failure) -> [UInt8] {
        do {
            let bytes = try Platform.readFile(path, limit: bytesMax)
            guard bytes.count <= bytesMax else {
                throw Failure(
                    "\(path) has more than \(byteCount(bytesMax)), so it is not \(what); check the name",
                    code: ExitStatus.badConfiguration)
            }
            return bytes
        } catch let failure as FileFailure {
            throw Failure(
                "\(path) cannot be read as \(what): \(failure.reason); check the name and its permissions",
                code: ExitStatus.noInput)
        } catch let failure as Failure {
            throw failure
        } catch {
            throw Failure("\(path): \(error)", code: ExitStatus.failed)
        }
    }
}

/// What reports of `ingest` and `replay` have in common.
struct FeedReport {
    let counts: FeedCounts
    let problems: [InputError]

    /// The exit code that the inputs deserve.
    func status(keepGoing: Bool) -> Int32 {
        if let first = problems.first {
            let code = Failure.code(of: first)
            if code != ExitStatus.badInput || !keepGoing { return code }
        }
        return counts.rejectedLines > 0 && !keepGoing ? ExitStatus.badInput : ExitStatus.done
    }

    /// One line an input that failed.
    func reportProblems() {
        for problem in problems { Failure(problem.description, code: ExitStatus.failed).report() }
    }

    /// Rows about lines and what became of them.
    func rows(_ table: inout Table, accepted: UInt64) {
        table.row([StyledText(groupedDigits(accepted)), "events accepted", lineNote()])
        if counts.duplicates > 0 {
            table.row([
                StyledText(groupedDigits(UInt64(counts.duplicates))), "duplicates",
                StyledText("delivered before; dropped", .faint),
            ])
        }
        if counts.copies > 0 {
            table.row([
                StyledText(groupedDigits(UInt64(counts.copies))), "copies",
                StyledText("of events that are said several times; the largest counts", .faint),
            ])
        }
        if counts.rejectedLines > 0 {
            let reasons = counts.rejected.map { "\($0.reason) \(groupedDigits(UInt64($0.count)))" }
            table.row([
                StyledText(groupedDigits(UInt64(counts.rejectedLines)), .failure),
                StyledText("lines rejected", .failure),
                StyledText(reasons.joined(separator: ", ")),
            ])
        }
    }

    private func lineNote() -> StyledText {
        StyledText("of \(counted(counts.lines, "line")), \(byteCount(counts.bytes))", .faint)
    }

    /// Where a refused line stands, and why it was refused.
    static func line(_ line: RefusedLine) -> StyledText {
        StyledText("  \(escaped(line.input)):\(line.line): \(line.reason): \(escaped(line.detail))", .faint)
    }

    /// What a careful reader of the figures should know.
    func notes() -> [String] {
        var notes: [String] = []
        let files = counts.files.filter { $0.name != "ndjson" }
        if !files.isEmpty {
            notes.append(
                "read as " + files.map { "\($0.name): \(counted($0.count, "file"))" }.joined(separator: ", "))
        }
        if counts.estimated > 0 {
            notes.append(
                "\(counted(counts.estimated, "cost")) estimated at list price (cost_basis: estimated); "
                    + "a plan may bill less")
        }
        if counts.rounded > 0 {
            notes.append("\(counted(counts.rounded, "cost")) with more than 9 decimals rounded")
        }
        if counts.withoutID > 0 {
            notes.append(
                counted(counts.withoutID, "event") + " without request_id: fed again, they count again"
            )
        }
        if !counts.unpriced.isEmpty {
            notes.append("no price, watched by tokens only: " + Self.list(counts.unpriced, "event"))
        }
        if !counts.ignored.isEmpty {
            notes.append("records of other types, ignored: " + Self.list(counts.ignored, nil))
        }
        if counts.unfinished > 0 {
            notes.append(
                counted(counts.unfinished, "unfinished last line") + " of live files, left for the next run")
        }
        if counts.vanished > 0 {
            notes.append(counted(counts.vanished, "file") + " gone before it was read")
        }
        if counts.splits > 0 {
            notes.append(
                "more events than memory is given to at once: put in order of time in "
                    + "\(counts.splits + 1) pieces; name the files in order of time to avoid late events")
        }
        if !counts.unknownKeys.isEmpty {
            let names = counts.unknownKeys.prefix(5).map { escaped($0.name) }.joined(separator: ", ")
            let more = counts.unknownKeys.count > 5 ? ", and \(counts.unknownKeys.count - 5) more" : ""
            notes.append("keys that are no fields, ignored: \(names)\(more)")
        }
        return notes
    }

    /// The first names with their counts, and how many more there are.
    private static func list(_ counts: [(name: String, count: Int)], _ unit: String?) -> String {
        let shown = counts.sorted { ($1.count, $0.name) < ($0.count, $1.name) }.prefix(6)
        let text = shown.map { name, count in
            let amount = unit.map { counted(count, $0) } ?? groupedDigits(UInt64(count))
            return "\(escaped(name)) (\(amount))"
        }.joined(separator: ", ")
        return counts.count > shown.count ? text + ", and \(counts.count - shown.count) more" : text
    }

    /// The counts as members of a JSON object.
    func write(into json: inout JSONText, accepted: UInt64) {
        json.number("lines", counts.lines)
        json.number("accepted", accepted)
        json.number("duplicates", counts.duplicates)
        json.number("rejected", counts.rejectedLines)
        json.object("rejected_by_reason") { inner in
            for (reason, count) in counts.rejected { inner.number(reason, count) }
        }
        json.number("copies", counts.copies)
        json.object("ignored") { inner in for (name, count) in counts.ignored { inner.number(name, count) } }
        json.object("unpriced") { inner in for (name, count) in counts.unpriced { inner.number(name, count) }
        }
        json.object("files") { inner in for (name, count) in counts.files { inner.number(name, count) } }
        json.number("unfinished", counts.unfinished)
        json.number("estimated", counts.estimated)
        json.number("rounded", counts.rounded)
        json.number("without_request_id", counts.withoutID)
        json.number("input_bytes", counts.bytes)
    }
}
