import ArgumentParser
import EventLog
import Pipeline
import UsageEvents

/// Options of the commands that read events from files.
struct InputOptions: ParsableArguments {
    @Argument(
        help: ArgumentHelp(
            "Event files (NDJSON, also as .zst), or - for standard input.", valueName: "source"),
        completion: .file())
    var sources: [String] = []

    @Option(name: .long, help: "The account of events that name none; without it they are rejected.")
    var identity: String?

    @Option(name: .long, help: "The source of events that name none.")
    var source: String?

    @Option(name: .long, help: "The format of the input: ndjson, which is also what is assumed.")
    var format: InputFormat = .ndjson

    @Option(
        name: .long, help: ArgumentHelp("A price table (CSV) instead of the bundled one.", valueName: "file"),
        completion: .file())
    var prices: String?

    @Flag(name: .long, help: "Exit 0 although lines were rejected; valid lines are taken either way.")
    var keepGoing = false

    /// The formats that are read.
    enum InputFormat: String, CaseIterable, ExpressibleByArgument {
        case ndjson
    }

    func validate() throws {
        for (name, text) in [("--identity", identity), ("--source", source)] {
            guard let text, text.isEmpty || text.utf8.count > Limits.labelBytesMax else { continue }
            throw ValidationError("\(name) wants 1 to \(Limits.labelBytesMax) bytes.")
        }
    }

    /// What a feed needs; `settings` may name a price table too.
    func feed(_ settings: TidemarkConfiguration) throws -> FeedOptions {
        var feed = FeedOptions(sources: sources, prices: try priceTable(settings))
        feed.identity = identity
        feed.source = source
        return feed
    }

    private func priceTable(_ settings: TidemarkConfiguration) throws -> PriceTable {
        guard let path = prices ?? settings.prices.file else { return PriceTable.bundled }
        let bytes = try SmallFile.read(path, what: "a price table")
        do {
            return try PriceTable(csv: bytes)
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

    /// What a careful reader of the figures should know.
    func notes() -> [String] {
        var notes: [String] = []
        if counts.estimated > 0 {
            notes.append(
                "\(counted(counts.estimated, "cost")) estimated from the price table (cost_basis: estimated)")
        }
        if counts.rounded > 0 {
            notes.append("\(counted(counts.rounded, "cost")) with more than 9 decimals rounded")
        }
        if counts.withoutID > 0 {
            notes.append(
                counted(counts.withoutID, "event") + " without request_id: fed again, they count again"
            )
        }
        if !counts.unknownKeys.isEmpty {
            let names = counts.unknownKeys.prefix(5).map { escaped($0.name) }.joined(separator: ", ")
            let more = counts.unknownKeys.count > 5 ? ", and \(counts.unknownKeys.count - 5) more" : ""
            notes.append("keys that are no fields, ignored: \(names)\(more)")
        }
        return notes
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
        json.number("estimated", counts.estimated)
        json.number("rounded", counts.rounded)
        json.number("without_request_id", counts.withoutID)
        json.number("input_bytes", counts.bytes)
    }
}
