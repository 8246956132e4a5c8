import Alerting
import Detection
import UsageEvents

// The state of the whole engine as bytes, the same for the same events and configuration whatever the
// process, the batches and the numbers of symbols.

extension Engine {
    /// The state; `symbols` are those of the events that it has observed.
    ///
    /// - Parameter namesAll: whether names are kept that nothing is known of; not where an account was
    ///   forgotten, whose they may have been.
    func state(symbols: borrowing Symbols, namesAll: Bool = true) -> StateWriter {
        var w = StateWriter()
        var codes = StateCodes()
        scorer.mark(&codes)
        judge.mark(&codes)
        if namesAll { codes.insertNames(of: symbols) }
        let groups = GroupCodes(scorer)
        // Most accounts take less; moving what was written would cost more.
        w.reserve(symbols.identities.count * 200)
        codes.write(symbols, into: &w)
        groups.write(into: &w)
        scorer.write(into: &w, codes, groups: groups)
        judge.write(into: &w, codes, groups: groups)
        book.write(into: &w, codes)
        return w
    }

    /// What the same events make of an engine on any machine.
    func digest(symbols: borrowing Symbols) -> Hash128 { state(symbols: symbols).digest }

    /// The engine whose state `bytes` are, under the configuration that it had; adds the symbols that it
    /// refers to.
    init(
        state bytes: [UInt8], configuration: RunConfiguration, symbols: inout Symbols
    ) throws(StateFault) {
        self = configuration.engine
        let settings = configuration.settings
        var r = StateReader(bytes)
        let numbers = try StateNumbers(&r, into: &symbols)
        let names = try GroupCodes.names(&r)
        scorer = try Scorer(&r, configuration: settings.detection, numbers, folding: names)
        judge = try Judge(&r, configuration: settings.detection, numbers, groups: names.count)
        book = try AlertBook(
            &r, configuration: settings.alerting, fingerprint: configuration.fingerprint, numbers)
        try r.end()
    }
}
