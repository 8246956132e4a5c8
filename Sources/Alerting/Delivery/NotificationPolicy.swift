import Detection
public import UsageEvents

/// Decides what one sink is told, and when: pages at once, the rest together, later or not at all, and each
/// with a reason. The promise is that nobody is told of one thing twice, and that nothing is dropped unsaid.
///
/// A pure value: transitions, what people decided and the time come in, decisions go out. It knows the alerts
/// that it has told of, so that ends follow beginnings and reminders grow rarer; everything that waits is
/// bounded, whatever the number of alerts: a message carries 50 alerts and counts the rest.
public struct NotificationPolicy: Sendable {
    /// What a configuration says of the sink.
    public struct Rules: Hashable, Sendable {
        /// The sink.
        public var sink: SinkSettings
        /// Which alerts lead to it.
        public var routes: RouteTree
        /// How many messages, and when.
        public var settings: PolicySettings

        /// Rules.
        public init(sink: SinkSettings, routes: RouteTree, settings: PolicySettings) {
            self.sink = sink
            self.routes = routes
            self.settings = settings
        }
    }

    /// Alerts that fire and that a sink was told of, at most; further ones are counted only. About 1 kB each.
    public static let toldMax = 1_024
    /// Teams whose messages are counted apart; further ones share one count.
    static let teamsMax = 1_024
    private static let otherTeams = "\u{1}"

    /// May change at any time, when a configuration is read again; no part of the state.
    public var rules: Rules
    /// What people have decided; no part of the state. `wake` is due after a change.
    public var operators = OperatorState() { didSet { earliest = 0 } }

    /// An alert that the sink was told of and that is not over.
    struct Told {
        var transition: AlertTransition
        /// The severity that was told.
        var severity: Severity
        /// When it is told again; nil for not.
        var due: Timestamp?
        /// Reminders so far, which name the next.
        var reminders = 0
        /// Reminders since it was last news, which say how long until the next.
        var step = 0
    }

    struct GroupKey: Hashable, Comparable {
        var team: String
        var kind: String
        static func < (a: Self, b: Self) -> Bool { (a.team, a.kind) < (b.team, b.kind) }
    }

    /// How much was told of one team and kind lately.
    struct Group {
        var start: Timestamp
        var sent = 0
        /// When its last message of several went.
        var grouped: Timestamp?
        var waiting: WaitingAlerts?
    }

    /// What one team was told in an hour of the clock.
    struct TeamHour {
        var hour: Int64
        var sent = 0
        var waiting: WaitingAlerts?
    }

    /// Where an alert waits.
    enum Place: Hashable {
        case group(GroupKey)
        case team(String)
        case digest
        case silence(String)
    }

    var messages = 0
    var told = Tracked<String, Told>()
    var groups = Tracked<GroupKey, Group>()
    var teams = Tracked<String, TeamHour>()
    var digest: WaitingAlerts? { didSet { isDigestTouched = true } }
    var history: WaitingAlerts? { didSet { isHistoryTouched = true } }
    var hidden = Tracked<String, WaitingAlerts>()
    var isDigestTouched = false
    var isHistoryTouched = false
    /// Where each alert waits that is carried: made from the rest.
    var places: [String: Place] = [:]
    /// No later than the earliest thing to do; `.max` for none.
    var earliest = Int64.max

    /// The policy of a sink that was told nothing yet.
    public init(_ rules: Rules) { self.rules = rules }

    /// When `wake` should be called if no transition comes before; nil for never. It may have nothing to do.
    public var nextWake: Timestamp? { earliest == .max ? nil : Timestamp(rawValue: earliest) }

    /// Decides about a transition, in the order of the journal, after what is due at `now`.
    public mutating func take(_ transition: AlertTransition, now: Timestamp) -> [Decision] {
        var out = earliest <= now.rawValue ? wake(now: now) : []
        out.append(transition.state == .firing ? fired(transition, now) : ended(transition, now))
        return out
    }

    // MARK: - Transitions

    private mutating func fired(_ alert: AlertTransition, _ now: Timestamp) -> Decision {
        if let known = told[alert.id] { return updated(alert, known, now) }
        if let waiting = waiting(alert.id), waiting.seq >= alert.seq {
            return Decision(alert, .suppress, .repeated)
        }
        guard rules.routes.leads(alert, to: rules.sink.name) else {
            leave(alert.id)
            return Decision(alert, .suppress, .notRouted)
        }
        if alert.historical, !rules.sink.sendsHistory { return remember(alert, now) }
        if !alert.page, !rules.sink.sendsDigest { return Decision(alert, .suppress, .noDigest) }
        if let silence = operators.silence(hiding: alert, at: now) { return hide(alert, silence) }
        if operators.isAcknowledged(alert) {
            leave(alert.id)
            return Decision(alert, .suppress, .acknowledged)
        }
        return alert.page ? dispatch(alert, .first, now) : collect(alert, now)
    }

    /// A further transition of an alert that the sink knows.
    private mutating func updated(_ alert: AlertTransition, _ known: Told, _ now: Timestamp) -> Decision {
        guard alert.seq > known.transition.seq else { return Decision(alert, .suppress, .repeated) }
        told[alert.id]?.transition = alert
        if operators.isAcknowledged(alert) {
            leave(alert.id)
            schedule(known.due)
            return Decision(alert, .suppress, .acknowledged)
        }
        if alert.severity > known.severity {
            if let silence = operators.silence(hiding: alert, at: now) { return hide(alert, silence) }
            return dispatch(alert, .grewALot, now)
        }
        if let place = places[alert.id] { return put(alert, place, now) }
        guard known.due != nil else { return Decision(alert, .suppress, .withinRepeatInterval) }
        return Decision(
            alert, .merge, .withinRepeatInterval, message: Self.reminderID(alert, known.reminders))
    }

    private mutating func ended(_ alert: AlertTransition, _ now: Timestamp) -> Decision {
        guard let known = told[alert.id] else {
            // A line of the digest stays one: it happened that day.
            guard let place = places[alert.id] else { return Decision(alert, .suppress, .neverSent) }
            let told = message(of: place)
            if place != .digest { leave(alert.id, isOver: true) }
            return Decision(alert, .suppress, .neverSent, message: told)
        }
        guard alert.seq > known.transition.seq else { return Decision(alert, .suppress, .repeated) }
        // What hid reminders hides no end: receivers that keep a state would keep it open.
        if case .silence = places[alert.id] { leave(alert.id, isOver: true) }
        guard rules.sink.sendsResolved else {
            leave(alert.id)
            told[alert.id] = nil
            return Decision(alert, .suppress, .noResolved)
        }
        told[alert.id]?.transition = alert
        return dispatch(alert, .resolved, now)
    }

    // MARK: - Now or together

    /// Sends an alert now, unless its team or its group has had enough.
    private mutating func dispatch(
        _ alert: AlertTransition, _ reason: Decision.Reason, _ now: Timestamp
    ) -> Decision {
        if let place = places[alert.id] {
            switch place {
            case .group, .team: return put(alert, place, now)
            case .digest, .silence: leave(alert.id)
            }
        }
        let key = GroupKey(team: teamKey(alert, now), kind: alert.kind.word)
        var group = groups[key] ?? Group(start: now)
        if group.waiting == nil, now.rawValue >= group.start.rawValue + interval {
            group = Group(start: now)
        }
        groups[key] = group
        guard told[alert.id] != nil || told.count < Self.toldMax else {
            var waiting = group.waiting ?? newGroup(alert.id, group, now)
            waiting.omitted += 1
            groups[key]?.waiting = waiting
            return Decision(alert, .merge, .tooMany, message: waiting.message)
        }
        if group.waiting != nil || group.sent >= rules.settings.groupAbove {
            return put(alert, .group(key), now)
        }
        guard spend(key.team, now) else { return put(alert, .team(key.team), now) }
        group.sent += 1
        groups[key] = group
        note(alert, now)
        let notification = Notification(alert)
        return Decision(alert, .send(notification), reason, message: notification.id)
    }

    /// Whether the team may have another message in this hour, which then counts.
    mutating func spend(_ team: String, _ now: Timestamp) -> Bool {
        let hour = now.floored(to: Timestamp.hour)
        var entry = teams[team] ?? TeamHour(hour: hour)
        if entry.hour != hour, entry.waiting == nil { entry = TeamHour(hour: hour) }
        let isFree = entry.waiting == nil && entry.sent < rules.settings.messagesPerTeamHour
        if isFree { entry.sent += 1 }
        teams[team] = entry
        return isFree
    }

    /// The sink hears of this now.
    mutating func note(_ alert: AlertTransition, _ now: Timestamp) {
        places[alert.id] = nil
        guard alert.state == .firing else {
            told[alert.id] = nil
            return
        }
        var entry = Told(transition: alert, severity: alert.severity)
        entry.reminders = told[alert.id]?.reminders ?? 0
        entry.due = reminder(0, now)
        schedule(entry.due)
        told[alert.id] = entry
    }

    /// When an alert of which a sink was reminded `n` times is told again.
    func reminder(_ n: Int, _ now: Timestamp) -> Timestamp? {
        guard rules.settings.repeatHours > 0 else { return nil }
        let hours = min(rules.settings.repeatHours << min(n, 16), rules.settings.repeatHoursMax)
        return Timestamp(rawValue: now.rawValue + Int64(max(hours, 1)) * Timestamp.hour)
    }

    static func reminderID(_ alert: AlertTransition, _ n: Int) -> String { "\(alert.id)_r\(n + 1)" }

    /// A team's messages are counted under its name, as long as there is room for one more.
    func teamKey(_ alert: AlertTransition, _ now: Timestamp) -> String {
        let name = alert.team ?? ""
        return teams[name] != nil || teams.count < Self.teamsMax ? name : Self.otherTeams
    }

    static func teamName(_ key: String) -> String? {
        key.isEmpty || key == otherTeams ? nil : key
    }

    // MARK: - Waiting

    /// An alert of imported history: counted, and told in one summary when the import has been quiet.
    private mutating func remember(_ alert: AlertTransition, _ now: Timestamp) -> Decision {
        var waiting =
            history ?? WaitingAlerts(message: messageID(.historical, alert.id), since: now, due: now)
        if alert.seq == 0 { waiting.omitted += 1 }
        let latest = waiting.since.rawValue + Timestamp.day
        waiting.due = Timestamp(rawValue: max(now.rawValue, min(now.rawValue + interval, latest)))
        schedule(waiting.due)
        history = waiting
        return Decision(alert, .hold(until: waiting.due), .historical, message: waiting.message)
    }

    private mutating func collect(_ alert: AlertTransition, _ now: Timestamp) -> Decision {
        if digest == nil {
            var due = now.floored(to: Timestamp.day) * Timestamp.day
            due += Int64(rules.settings.digestHour) * Timestamp.hour
            if due <= now.rawValue { due += Timestamp.day }
            digest = WaitingAlerts(
                message: messageID(.digest, alert.id), since: now, due: Timestamp(rawValue: due))
            schedule(digest?.due)
        }
        return put(alert, .digest, now)
    }

    /// An alert that a silence hides; a line of the digest is counted only.
    mutating func hide(_ alert: AlertTransition, _ silence: Silence) -> Decision {
        if places[alert.id] != .silence(silence.id) { leave(alert.id) }
        var waiting =
            hidden[silence.id]
            ?? WaitingAlerts(
                message: messageID(.unsilenced, alert.id), since: silence.startsAt, due: silence.endsAt)
        if !alert.page {
            waiting.omitted += 1
        } else if waiting.add(alert) {
            places[alert.id] = .silence(silence.id)
        }
        hidden[silence.id] = waiting
        schedule(waiting.due)
        return Decision(
            alert, .hold(until: waiting.due), .silenced, message: waiting.message, silence: silence.id)
    }

    /// Adds an alert to what waits in a place, or its newer transition.
    mutating func put(_ alert: AlertTransition, _ place: Place, _ now: Timestamp) -> Decision {
        var waiting: WaitingAlerts
        switch place {
        case .group(let key):
            let group = groups[key] ?? Group(start: now)
            waiting = group.waiting ?? newGroup(alert.id, group, now)
            if waiting.add(alert) { places[alert.id] = place }
            groups[key]?.waiting = waiting
            schedule(waiting.due)
            return Decision(alert, .merge, .grouped, message: waiting.message)
        case .team(let team):
            waiting = teams[team]?.waiting ?? newHour(alert.id, now)
            if waiting.add(alert) { places[alert.id] = place }
            teams[team]?.waiting = waiting
            schedule(waiting.due)
            return Decision(alert, .hold(until: waiting.due), .teamCap, message: waiting.message)
        case .digest:
            waiting = digest ?? WaitingAlerts(message: messageID(.digest, alert.id), since: now, due: now)
            if waiting.add(alert) { places[alert.id] = place }
            digest = waiting
            return Decision(alert, .hold(until: waiting.due), .digest, message: waiting.message)
        case .silence(let id):
            _ = hidden[id]?.add(alert)
            return Decision(
                alert, .hold(until: hidden[id]?.due ?? now), .silenced, message: hidden[id]?.message,
                silence: id)
        }
    }
}
