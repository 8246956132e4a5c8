import Alerting
import Detection
import EventLog
import UsageEvents

extension Engine {
    /// Forgets one account and what only it used. What it has taught others stays: their number of users,
    /// the organisation's usual hours.
    mutating func forget(_ account: Mention, symbols: borrowing Symbols) {
        if let number = symbols.identities.find(account.identity) {
            judge.forget(number, used: scorer.forget(number))
            book.forget(number)
        }
        // Alerts of others may name it.
        book.forget { account.isIn(Array($0.utf8).span) }
    }
}

extension JournalMark {
    /// How far it will have come once the lines about an account are gone from the journal, which has them
    /// still; the same where the journal does not begin as it should, or has lost them already.
    func without<D: Disk>(_ account: Mention, _ disk: D, log: String) throws(IOFailure) -> JournalMark {
        var beginning: [UInt8] = []
        do throws(IOFailure) {
            let file = try OwnedFile(disk, Journal<D>.path(inLog: log), .read)
            let n = try disk.readAll(file.handle, at: 0, count: bytes, into: &beginning)
            beginning.removeLast(beginning.count - n)
        } catch {
            guard error.cause == .missing else { throw error }
            return self
        }
        guard isOf(beginning.span) else { return self }
        let kept = account.linesWithout(beginning).kept
        var mark = JournalMark()
        mark.add(kept.span)
        mark.lines = kept.count { $0 == UInt8(ascii: "\n") }
        return mark
    }
}
