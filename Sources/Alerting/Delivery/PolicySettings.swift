/// How many messages a sink gets, and when; the same for all sinks.
public struct PolicySettings: Hashable, Sendable {
    /// Alerts of one team and kind that are told one by one within `groupIntervalSeconds`; what follows is
    /// told together.
    public var groupAbove = 5
    /// Seconds that a group waits for more of its kind.
    public var groupWaitSeconds = 30
    /// Seconds between two groups of one team and kind.
    public var groupIntervalSeconds = 300
    /// Hours until an alert that still fires is told again; twice as many after each time; 0 for never.
    public var repeatHours = 4
    /// The most hours between two reminders.
    public var repeatHoursMax = 24
    /// Messages of one team within an hour of the clock; what is above is told in one message when the hour
    /// is over.
    public var messagesPerTeamHour = 20
    /// Hour of the day (UTC) at which the digest is sent.
    public var digestHour = 8

    /// The defaults.
    public init() {}
}
