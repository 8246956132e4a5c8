import Alerting
import EventLog
import Logging
import Pipeline
import Sinks
import UsageEvents

/// Carries the alerts of one log to one sink: takes what is new in the journal, lets the policy decide, makes
/// the decision durable, and only then sends.
///
/// Runners share nothing, so a slow sink delays no other one, and they only read what ingestion writes. What
/// waits is in the journal; memory holds `waitingMax` messages.
actor SinkRunner {
    /// Messages that are decided on and not delivered, at most; the rest stays in the journal.
    static let waitingMax = 1_000
    /// Transitions that are taken at a time, so that deliveries go on meanwhile.
    private static let takenMax = 128
    /// Bytes of changes of the policy's state after which the whole is written again, if it is no larger.
    private static let changesMax = 1 << 16
    /// Ends of attempts that only the loss of power can undo, at most, and for how many milliseconds. A
    /// message whose end is lost is sent once more.
    private static let unsyncedMax = 64
    private static let unsyncedMilliseconds: Int64 = 50

    nonisolated let settings: SinkSettings
    private let sink: any Sink
    private let transport: Transport
    nonisolated let secrets: SinkSecrets
    /// Whether messages are lines of a file, which are written together.
    private let isFile: Bool
    private let host: DeliveryHost
    private let disk = PosixDisk()
    private var outbox: Outbox<PosixDisk>
    private var journal: JournalFollower<PosixDisk>
    private var policy: NotificationPolicy
    private var queue: DeliveryQueue
    private var attempts: AttemptLog<PosixDisk>

    /// Attempts that ended and are not recorded yet.
    private var ended: [(message: WaitingMessage, attempt: Attempt)] = []
    /// What others want sent, such as that another sink fails.
    private var requested: [Notification] = []
    /// When a receiver that forgets is told again what fires; nil for all others.
    private var resendAt: Timestamp?
    private var isResending = false
    private var waiter: CheckedContinuation<Void, Never>?
    private var wasWoken = false
    private var isStopping = false
    private var isFailureTold = false
    /// Ends of attempts that are written and not yet durable, and since when.
    private var unsynced = 0
    private var unsyncedSince: Timestamp?
    /// Whether the run ends once nothing is due.
    private var endsWhenIdle = false

    /// A runner for one sink of a log.
    ///
    /// - Throws: `IOFailure` where the outbox cannot be opened, with the cause `.busy` where another process
    ///   sends for this sink; `SinkFault`, `SettingsFault` where the settings cannot be used.
    init(
        _ settings: SinkSettings, rules: NotificationPolicy.Rules, secrets: SinkSecrets,
        operators: OperatorState, host: DeliveryHost
    ) throws {
        self.settings = settings
        self.secrets = secrets
        self.host = host
        sink = try SinkRegistry.sink(settings)
        transport = try Transport(settings, resolver: host.resolver, now: { host.now().rawValue / 1_000 })
        isFile = SinkKind.named(settings.kind)?.path == .one
        queue = DeliveryQueue(limit: isFile ? Self.waitingMax : settings.inFlight)
        var outbox = try Outbox(disk, log: host.log, sink: settings.name)
        policy =
            NotificationPolicy(
                decoding: outbox.state.policy, changes: outbox.state.policyChanges, rules: rules)
            ?? NotificationPolicy(rules)
        policy.operators = operators
        if outbox.damaged > 0 {
            host.logger.error(
                """
                \(settings.name): \(outbox.damaged) bytes of its outbox were damaged and set aside; \
                what they recorded is sent again
                """
            )
        }
        if outbox.state.cursor == nil {
            let end = try JournalFollower.end(disk, log: host.log)
            outbox.append(
                .plan(
                    OutboxPlan(
                        cursor: end, policy: .whole(policy.takeState()), messages: [], at: host.now())))
            try outbox.commit()
            host.logger.info("\(settings.name): new; alerts from now on are sent")
        }
        journal = JournalFollower(disk, log: host.log, from: outbox.state.cursor ?? JournalCursor())
        attempts = AttemptLog(disk, log: host.log, sink: settings.name)
        // At once: nobody told it while no process ran.
        resendAt = SinkKind.named(settings.kind)?.resendSeconds == nil ? nil : host.now()
        self.outbox = outbox
    }

    /// What is known of the sink's outbox.
    var state: OutboxState { outbox.state }

    /// Something may have changed: the journal, what people decided.
    func wake() {
        wasWoken = true
        waiter?.resume()
        waiter = nil
    }

    /// No further attempt is begun; `run` returns when those under way have ended.
    func stop() {
        isStopping = true
        wake()
    }

    /// What people have decided now.
    func setOperators(_ state: OperatorState) {
        policy.operators = state
        wake()
    }

    /// How much is sent, and where to, from now on.
    func setRules(_ rules: NotificationPolicy.Rules) {
        policy.rules = rules
        wake()
    }

    /// Sends a message of Tidemark itself.
    func send(_ notification: Notification) {
        requested.append(notification)
        wake()
    }

    /// Sends the dead letters again, and switches a disabled sink on.
    func retry() {
        outbox.append(.enabled(at: host.now()))
        outbox.append(.requeued(at: host.now()))
        isFailureTold = false
        wake()
    }

    /// Carries alerts until `stop`, or, with `once`, until nothing is due; returns how many messages could
    /// not be delivered then.
    func run(once: Bool = false) async -> Int {
        endsWhenIdle = once
        while true {
            wasWoken = false
            let now = host.now()
            do throws(IOFailure) {
                record(now)
                let (hasMore, hasPlan) = try decide(now)
                try keep(hasPlan, now)
                attempts.flush(at: now)
                if !isStopping { launch(now) }
                if isOver(hasMore, now) {
                    try outbox.commit()
                    break
                }
                if hasMore { continue }
            } catch {
                host.logger.error("\(settings.name): \(error); nothing is sent until this is mended")
                if isStopping || endsWhenIdle { break }
                await rest(until: Timestamp(rawValue: now.rawValue + 1_000))
                continue
            }
            if !wasWoken { await rest(until: nextDeadline(now)) }
        }
        attempts.flush(at: host.now(), isLast: true)
        transport.close()
        // Not when nobody knows this runner any more: its successor may begin before that.
        outbox.end()
        return endsWhenIdle ? outbox.state.waiting.count : 0
    }

    // MARK: - Steps

    /// Makes a plan durable before anything of it is sent; the ends of attempts together, a few at a time.
    private func keep(_ hasPlan: Bool, _ now: Timestamp) throws(IOFailure) {
        let isLate = unsyncedSince.map { now.rawValue - $0.rawValue >= Self.unsyncedMilliseconds } ?? false
        guard hasPlan || isLate || unsynced >= Self.unsyncedMax else {
            if unsynced > 0 { unsyncedSince = unsyncedSince ?? now }
            return try outbox.write()
        }
        try outbox.commit()
        unsynced = 0
        unsyncedSince = nil
    }

    /// Turns ended attempts into records.
    private func record(_ now: Timestamp) {
        for (message, attempt) in ended {
            let id = message.notification.id
            attempts.add(message, attempt, at: now)
            var endpointFailed = false
            switch attempt.verdict {
            case .delivered: outbox.append(.delivered(id: id, at: now))
            case .refused(let reason): outbox.append(.refused(id: id, at: now, reason: reason))
            case .disabled(let reason):
                endpointFailed = true
                outbox.append(.disabled(at: now, reason: reason))
                host.noteDisabled(settings.name, reason)
            case .retry(let after, let reason):
                endpointFailed = true
                let wait = sink.schedule.wait(
                    afterAttempts: message.attempts + 1, random: Double.random(in: 0..<1), askedFor: after)
                if let wait {
                    let next = Timestamp(rawValue: now.rawValue + Int64(wait * 1_000))
                    outbox.append(.attempted(id: id, at: now, next: next, reason: reason))
                } else {
                    outbox.append(.refused(id: id, at: now, reason: "given up: \(reason)"))
                }
            }
            queue.settle(id, endpointFailed: endpointFailed, now: now)
        }
        unsynced += ended.count
        ended.removeAll(keepingCapacity: true)
        tellFailure(now)
    }

    /// Takes what is new and lets the policy decide; says whether the journal has more and there is room for
    /// it, and whether there is a plan.
    private func decide(_ now: Timestamp) throws(IOFailure) -> (hasMore: Bool, hasPlan: Bool) {
        var hasMore = false
        var decisions: [Decision] = []
        let before = journal.cursor
        // Many at a time, because each plan is synced.
        if outbox.state.waiting.count + Self.takenMax <= Self.waitingMax, !isStopping {
            var taken: [AlertTransition] = []
            hasMore = try !journal.read(atMost: Self.takenMax) { taken.append($0) }
            for transition in taken { decisions += policy.take(transition, now: now) }
        }
        if let due = policy.nextWake, due <= now, !isStopping { decisions += policy.wake(now: now) }
        guard !decisions.isEmpty || journal.cursor != before || !requested.isEmpty else {
            return (hasMore, false)
        }
        var messages = requested
        requested = []
        for decision in decisions {
            attempts.add(decision, at: now)
            if case .send(let notification) = decision.action { messages.append(notification) }
        }
        outbox.append(
            .plan(OutboxPlan(cursor: journal.cursor, policy: policyText(), messages: messages, at: now)))
        return (hasMore, true)
    }

    /// What changed in the policy's state, or all of it where the changes have grown larger than that.
    private func policyText() -> PolicyText {
        let changes = policy.takeChanges()
        let before = outbox.state.policyChanges.reduce(0) { $0 + $1.count }
        if before + changes.count <= max(Self.changesMax, outbox.state.policy.count) {
            return .changes(changes)
        }
        return .whole(policy.takeState())
    }

    private func launch(_ now: Timestamp) {
        guard outbox.state.disabled == nil else { return }
        let together = queue.next(of: outbox.state.waiting, now: now)
        guard !together.isEmpty || isResendDue(now) else { return }
        let context = context(now)
        if isFile {
            deliverTogether(together, context)
        } else {
            for message in together { deliver(message, context) }
        }
        resend(now, context)
    }

    private func deliver(_ message: WaitingMessage, _ context: SinkContext) {
        // Beside this actor, which goes on planning and recording.
        Task { @concurrent [sink, transport] in
            let attempt = await Attempt.make(
                message.notification, by: sink, over: transport, context: context)
            await self.finished([(message, attempt)])
        }
    }

    /// Many lines, one sync.
    private func deliverTogether(_ messages: [WaitingMessage], _ context: SinkContext) {
        guard !messages.isEmpty else { return }
        Task {
            let attempts = await Attempt.makeTogether(
                messages.map(\.notification), by: sink, over: transport, context: context)
            finished(Array(zip(messages, attempts)))
        }
    }

    private func finished(_ results: [(WaitingMessage, Attempt)]) {
        for (message, attempt) in results { ended.append((message, attempt)) }
        wake()
    }

    // MARK: - Receivers that forget

    private func isResendDue(_ now: Timestamp) -> Bool {
        !isResending && (resendAt.map { $0 <= now } ?? false)
    }

    /// Alertmanager takes an alert that it does not hear of again for over: what fires is said again, beside
    /// the queue, because only the last word counts.
    private func resend(_ now: Timestamp, _ context: SinkContext) {
        guard isResendDue(now), let seconds = SinkKind.named(settings.kind)?.resendSeconds else { return }
        resendAt = Timestamp(rawValue: now.rawValue + seconds * 1_000)
        let firing = policy.firing(at: now).filter { alert in
            !outbox.state.waiting.contains { $0.notification.transitions.contains { $0.id == alert.id } }
        }
        guard !firing.isEmpty else { return }
        let notification = Notification(
            id: "resend", purpose: .reminder, title: "\(firing.count) alerts are firing",
            transitions: firing)
        isResending = true
        Task { @concurrent [sink, transport] in
            let attempt = await Attempt.make(notification, by: sink, over: transport, context: context)
            await self.resent(attempt)
        }
    }

    private func resent(_ attempt: Attempt) {
        isResending = false
        if let reason = attempt.reason {
            host.logger.warning("\(settings.name): alerts could not be sent again: \(reason)")
        }
        wake()
    }

    // MARK: - Waiting

    private func isOver(_ hasMore: Bool, _ now: Timestamp) -> Bool {
        guard queue.inFlight.isEmpty, !isResending else { return false }
        return isStopping || (endsWhenIdle && !hasMore && isIdle(now))
    }

    private func isIdle(_ now: Timestamp) -> Bool {
        outbox.state.disabled != nil || (queue.due(outbox.state.waiting).map { $0 > now } ?? true)
    }

    private func nextDeadline(_ now: Timestamp) -> Timestamp {
        var next = now.rawValue + 60_000
        if outbox.state.disabled == nil, queue.inFlight.count < queue.limit,
            let due = queue.due(outbox.state.waiting)
        {
            next = min(next, due.rawValue)
        }
        if let due = policy.nextWake { next = min(next, due.rawValue) }
        if let due = resendAt, !isResending { next = min(next, due.rawValue) }
        if let since = unsyncedSince { next = min(next, since.rawValue + Self.unsyncedMilliseconds) }
        if let due = attempts.dueAt { next = min(next, due.rawValue) }
        return Timestamp(rawValue: max(next, now.rawValue + 1))
    }

    private func rest(until deadline: Timestamp) async {
        let milliseconds = max(1, deadline.rawValue - host.now().rawValue)
        let timer = Task {
            try await Task.sleep(for: .milliseconds(milliseconds), clock: .continuous)
            wake()
        }
        await withCheckedContinuation { continuation in
            if wasWoken { continuation.resume() } else { waiter = continuation }
        }
        timer.cancel()
    }

    private func context(_ now: Timestamp) -> SinkContext {
        SinkContext(
            attemptTime: now.rawValue / 1_000, urls: secrets.urls, secrets: secrets.secrets,
            pseudonymKey: secrets.pseudonymKey, productVersion: host.version, hostName: host.name)
    }

    /// A sink that has failed for long is told to the others, once.
    private func tellFailure(_ now: Timestamp) {
        guard let since = outbox.state.failingSince else {
            isFailureTold = false
            return
        }
        guard !isFailureTold, now.rawValue - since.rawValue >= DeliveryHost.failingMilliseconds else {
            return
        }
        isFailureTold = true
        host.noteFailing(settings.name, since, outbox.state.lastFailure ?? "")
    }
}
