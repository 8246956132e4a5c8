public import Alerting

/// Every sink: a word of `SinkKind.all` and the encoder behind it.
public enum SinkRegistry {
    /// One line a sink.
    static let makers: [(word: String, make: @Sendable (SinkSettings) -> any Sink)] = [
        ("webhook", WebhookSink.init),
        ("alertmanager_webhook", AlertmanagerWebhookSink.init),
        ("alertmanager", AlertmanagerSink.init),
        ("slack", SlackSink.init),
        ("teams", TeamsSink.init),
        ("pagerduty", PagerDutySink.init),
        ("file", FileSink.init),
        ("exec", ExecSink.init),
        ("ocsf", OCSFSink.init),
        ("cloudevents", CloudEventsSink.init),
        ("syslog", SyslogSink.init),
    ]

    /// The sink of some settings.
    public static func sink(_ settings: SinkSettings) throws(SinkFault) -> any Sink {
        guard let maker = makers.first(where: { $0.word == settings.kind }) else {
            throw .unknownKind(settings.kind)
        }
        return maker.make(settings)
    }
}
