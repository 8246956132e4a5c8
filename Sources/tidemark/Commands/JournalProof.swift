import Alerting
import EventLog
import Pipeline

/// `replay --verify-journal`: proves that what was raised live is what the log gives when it is replayed.
enum JournalProof {
    static func run(_ session: Session, threads: Int?, json: Bool) throws {
        try session.requireLog()
        var written: [ArraySlice<UInt8>] = []
        var lines = JournalLines(session.disk, log: session.log)
        let exists = try lines.read { written.append($0) }
        // Of a log that retention has cut off, what was told before is known by its length and checksum.
        let before = try JournalMark.atStart(session.disk, log: session.log)
        var compared = before.isBeginning(of: written) ? before.lines : 0
        var difference: (line: Int, journal: String?, replay: String?)?
        var line: [UInt8] = []
        _ = try Replay.log(
            session.disk, directory: session.log, override: nil, threads: threads,
            emit: { transitions in
                for transition in transitions where difference == nil {
                    line.removeAll(keepingCapacity: true)
                    transition.write(into: &line)
                    let journal = compared < written.count ? written[compared] : nil
                    if let journal, journal.elementsEqual(line) {
                        compared += 1
                    } else {
                        difference = (compared + 1, journal.map(text), text(line[...]))
                    }
                }
            })
        if difference == nil, compared < written.count {
            difference = (compared + 1, text(written[compared]), nil)
        }
        if json {
            try session.out.line(
                "{\"equal\":\(difference == nil),\"transitions\":\(compared),"
                    + "\"first_difference\":\(difference.map { String($0.line) } ?? "null")}")
        }
        try session.out.flush()
        guard let difference else {
            if !json {
                let what =
                    exists ? "the journal equals the replay" : "there is no journal, and nothing to raise"
                session.message(StyledText("\(what): \(counted(compared, "transition"))", .good))
            }
            return
        }
        let place = "line \(difference.line) of the journal"
        throw Failure(
            """
            \(place) differs from the replay; equal before it: \(counted(compared, "line"))
            journal: \(difference.journal ?? "has no such line; `tidemark ingest` adds what is missing")
            replay:  \(difference.replay ?? "ends before it")
            """, code: ExitStatus.found)
    }

    private static func text(_ line: ArraySlice<UInt8>) -> String { String(decoding: line, as: UTF8.self) }
}
