import ArgumentParser
import EventLog
import Pipeline
import UsageEvents

/// `tidemark log repair`.
struct LogRepairCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "repair", abstract: "Go on with a damaged log, without what is lost.",
        discussion: """
            What is intact stays as it is. In the place of what is damaged comes a gap, which says for good \
            which events are lost; the damaged bytes are kept in LOG/quarantine/. Afterwards the log can be \
            read and written again. Ingest the sources once more: what the log still has is dropped as a \
            duplicate, what was lost comes back as new events.

            Exit 0: the log is sound now, or was. Exit 65: --dry-run found damage; or a whole segment or the \
            header of one is lost, which only a backup can bring back. Exit 75: somebody writes to the log.

            Examples:
              tidemark log repair --dry-run        what would be lost
              tidemark log repair
            """)

    @OptionGroup var common: CommonOptions

    @Flag(name: .long, help: "Change nothing: say what is damaged and what would be lost.")
    var dryRun = false

    @Flag(name: .long, help: "One JSON object.")
    var json = false

    func run() throws {
        let session = Session(common, json: json)
        let found = try LogRepairer.repair(session.disk, directory: session.log, isDryRun: dryRun)
        if json {
            try session.out.line(Self.json(found, isDryRun: dryRun))
        } else {
            for line in Self.text(found, isDryRun: dryRun) {
                // Not wrapped: a path should survive copying.
                try session.out.line(line.rendered(session.style))
            }
        }
        try session.out.flush()
        if dryRun, !found.isSound {
            throw Failure("", code: ExitStatus.badInput)
        }
    }

    private static func text(_ found: LogRepair, isDryRun: Bool) -> [StyledText] {
        var lines: [StyledText] = []
        for loss in found.losses {
            let word = isDryRun ? StyledText("damaged", .failure) : StyledText("lost", .failure)
            let place = "  \(byteCount(loss.bytes)) at byte \(loss.offset) of \(escaped(loss.file))"
            lines.append(word + StyledText("\(place): \(LogGap.words(loss))\(times(loss))"))
            if let path = loss.quarantined { lines.append(StyledText("  kept in \(escaped(path))", .faint)) }
        }
        for path in found.lostIDs {
            let what =
                "request ids of \(escaped(path)): repetitions of its events are not recognised any more"
            lines.append(StyledText(isDryRun ? "damaged" : "lost", .failure) + StyledText("  \(what)"))
        }
        for path in found.droppedCells {
            lines.append(
                StyledText(isDryRun ? "damaged" : "removed", .warning)
                    + StyledText(
                        "  sums by day in \(escaped(path)): `tidemark log seal --sums` makes them again"))
        }
        let kept = counted(found.kept, "event")
        if found.isSound {
            lines.append(StyledText("sound", .good) + StyledText("  \(kept), nothing to repair"))
        } else if isDryRun {
            lines.append(StyledText("\(kept) would be kept. Nothing was changed: repair without --dry-run."))
        } else {
            lines.append(StyledText("repaired", .good) + StyledText("  \(kept) kept"))
            if !found.losses.isEmpty || !found.lostIDs.isEmpty {
                lines.append(
                    StyledText(
                        "Ingest the sources of that time again: what the log still has is dropped as a "
                            + "duplicate, what was lost comes back as new events."))
                lines.append(
                    StyledText("If `tidemark config show` misses a setting, load the configuration again."))
            }
        }
        if found.hasTornTail {
            lines.append(
                StyledText(
                    "The log ends in a block that is not whole, which nobody was told to be safe; "
                        + "the next `tidemark ingest` moves it to quarantine/."))
        }
        return lines
    }

    /// Around which time the lost events were; they arrived between events of these times.
    private static func times(_ loss: LogRepair.Loss) -> String {
        func text(_ ms: Int64) -> String { Timestamp(rawValue: ms).minuteText + " UTC" }
        return switch (loss.timeBefore, loss.timeAfter) {
        case (let before?, let after?): ", between \(text(before)) and \(text(after))"
        case (let before?, nil): ", after \(text(before))"
        case (nil, let after?): ", before \(text(after))"
        case (nil, nil): ""
        }
    }

    private static func json(_ found: LogRepair, isDryRun: Bool) -> String {
        JSONText.object { json in
            json.flag("dry_run", isDryRun)
            json.number("kept", found.kept)
            json.number("lost", found.lost)
            json.flag("torn_tail", found.hasTornTail)
            json.array(
                "losses",
                found.losses.map { loss in
                    JSONText.object { inner in
                        inner.string("file", loss.file)
                        inner.number("offset", loss.offset)
                        inner.number("bytes", loss.bytes)
                        inner.number("first_sequence", loss.firstSequence)
                        inner.number("end_sequence", loss.endSequence)
                        inner.flag("open", loss.isOpen)
                        inner.string("after_ts", loss.timeBefore.map { Timestamp(rawValue: $0).description })
                        inner.string("before_ts", loss.timeAfter.map { Timestamp(rawValue: $0).description })
                        inner.string("quarantined", loss.quarantined)
                    }
                })
            json.array("ids_lost", found.lostIDs.map { JSONText.quoted($0) })
            json.array("cells_removed", found.droppedCells.map { JSONText.quoted($0) })
        }
    }
}

extension LogGap {
    /// Which events are lost, for people.
    var words: String { Self.words(first: firstSequence, end: endSequence, isOpen: isOpen) }

    /// Which events a loss took.
    static func words(_ loss: LogRepair.Loss) -> String {
        words(first: loss.firstSequence, end: loss.endSequence, isOpen: loss.isOpen)
    }

    private static func words(first: UInt64, end: UInt64, isOpen: Bool) -> String {
        if isOpen {
            return end > first
                ? "events from \(first) on, \(groupedDigits(end - first)) or more"
                : "events from \(first) on, how many nobody knows"
        }
        switch end - first {
        case 0: return "no event"
        case 1: return "event \(first)"
        default: return "\(groupedDigits(end - first)) events, \(first) to \(end - 1)"
        }
    }
}
