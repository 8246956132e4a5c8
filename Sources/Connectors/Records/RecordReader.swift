import UsageEvents

/// The one file of a format whose inputs are a sequence of records: what a record means.
///
/// A framing (lines, the elements of a JSON document, the rows of a CSV) finds the records; a reader turns
/// each into events, by itself or with what it remembers of the records before it in the same input.
protocol RecordReader: Sendable {
    /// Reads one record: stages its events in `intake`, or notes there why it is of no use.
    ///
    /// Thrown refusals reject the whole record. Nothing of what people or models wrote (prompts, answers,
    /// file contents, arguments of tools) may reach an event or a message.
    mutating func read(_ record: Span<UInt8>, into intake: inout RecordIntake) throws(Refusal)
}

/// What becomes of records: checks and prices their events, and counts.
struct RecordIntake: Sendable {
    let options: DecoderOptions
    /// The event of the record that is being read, for readers whose records are one event each: they fill
    /// it and call `stageDraft`.
    var draft = EventDraft()
    /// Events accepted so far.
    private(set) var accepted = 0
    /// Keys that mean nothing here; only of formats whose keys are all known.
    var unknownKeys = UnknownKeys()
    /// Records of no use, by type.
    var ignored = UnknownKeys()
    /// Accepted events whose cost had more than nine decimals.
    private(set) var costsRounded = 0
    /// Accepted events priced from the table.
    private(set) var costsEstimated = 0

    private let rules: EventRules
    private var models = ModelNumbers()
    private var staged: [UsageEvent] = []
    private var stagedRounded = 0
    private var stagedEstimated = 0
    private var isDraftStaged = false

    init(_ options: DecoderOptions) {
        self.options = options
        rules = EventRules(options)
    }

    /// Takes an event of the record that is being read. It is priced here unless it has a cost, or its basis
    /// says that the reader has priced it. `longCacheWriteTokens` are those of its cache writes that are kept
    /// for an hour.
    mutating func stage(
        _ event: consuming UsageEvent, isCostRounded: Bool = false, longCacheWriteTokens: Int64 = 0
    ) throws(Refusal) {
        event.identity = EventRules.canonicalIdentity(event.identity)
        try rules.check(event, hasServer: event.mcpServer != nil)
        if event.shape.basis == .estimated, !event.shape.has(.costUSD) {
            event.shape.forgetCostKeys()
            stagedEstimated += 1
        } else {
            let name = rules.isUnpriced(event) ? event.model : nil
            let model = name.flatMap { rules.number(of: $0, &models) }
            if rules.estimate(&event, model: model, longCacheWrite: longCacheWriteTokens) {
                stagedEstimated += 1
            }
        }
        if isCostRounded { stagedRounded += 1 }
        staged.append(event)
    }

    /// Takes the draft as the event of the record that is being read.
    mutating func stageDraft() throws(Refusal) {
        draft.canonicaliseIdentity()
        try rules.check(draft.values, hasServer: draft.has(.mcpServer))
        var model: Int?
        if rules.isUnpriced(draft.values) {
            model = draft.withLabel(.model) { rules.number(of: $0, &models) }
        }
        if rules.estimate(&draft.values, model: model) { stagedEstimated += 1 }
        if draft.isCostRounded { stagedRounded += 1 }
        isDraftStaged = true
    }

    /// Appends what the record gave.
    mutating func commit(into batch: inout EventBatch, symbols: inout Symbols) {
        if isDraftStaged {
            draft.append(to: &batch, symbols: &symbols)
            accepted += 1
        } else {
            commitEvents(into: &batch, &symbols)
        }
        costsRounded += stagedRounded
        costsEstimated += stagedEstimated
        drop()
    }

    private mutating func commitEvents(into batch: inout EventBatch, _ symbols: inout Symbols) {
        // Out of `self`, so that no event is copied on its way.
        let count = staged.count
        var events: [UsageEvent] = []
        swap(&events, &staged)
        if events.count > 1 { events.reverse() }
        while let event = events.popLast() { batch.append(event, symbols: &symbols) }
        swap(&events, &staged)
        accepted += count
    }

    /// Forgets what a refused record had given before the fault.
    mutating func drop() {
        staged.removeAll(keepingCapacity: true)
        isDraftStaged = false
        stagedRounded = 0
        stagedEstimated = 0
    }
}

/// What finds the records of an input and hands them to a `RecordReader`: it counts what its intake counts.
protocol RecordFraming: EventDecoder {
    var intake: RecordIntake { get }
}

extension RecordFraming {
    var accepted: Int { intake.accepted }
    var unknownKeys: UnknownKeys { intake.unknownKeys }
    var ignored: UnknownKeys { intake.ignored }
    var costsRounded: Int { intake.costsRounded }
    var costsEstimated: Int { intake.costsEstimated }
}
