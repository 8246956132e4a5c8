public import Alerting

/// What to send for a message, and what the answer means. Pure: no network, no clock, no files; the same
/// message, context and answer always give the same bytes and the same verdict.
public protocol Sink: Sendable {
    /// The settings that it was made from.
    var settings: SinkSettings { get }

    /// What to send; usually one request. A message is delivered when every request is, with the exception
    /// that `combined` makes. Empty where this kind has nothing to say about it. Called anew for each
    /// attempt, because signatures carry the time.
    func requests(for notification: Notification, context: SinkContext) throws(SinkFault) -> [OutboundRequest]

    /// What an answer to a request means.
    func verdict(on answer: OutboundAnswer, to request: OutboundRequest) -> DeliveryVerdict

    /// What the verdicts on all requests of a message mean together.
    func combined(_ verdicts: [DeliveryVerdict]) -> DeliveryVerdict

    /// When a failed message is tried again.
    var schedule: RetrySchedule { get }
}

extension Sink {
    /// The worst of all.
    public func combined(_ verdicts: [DeliveryVerdict]) -> DeliveryVerdict {
        verdicts.max { $0.rank < $1.rank } ?? .delivered
    }

    /// The standard one.
    public var schedule: RetrySchedule { .standard }
}

/// What a sink has to know of the world for one attempt.
public struct SinkContext: Sendable {
    /// When the attempt is made, in seconds since 1970.
    public var attemptTime: Int64
    /// The addresses of the settings, read from where they are kept.
    public var urls: [Secret]
    /// The secrets of the settings, newest first.
    public var secrets: [Secret]
    /// The key that pseudonyms are made with.
    public var pseudonymKey: Secret?
    /// The version of the program, such as `0.2.0`.
    public var productVersion: String
    /// The name of this machine, for formats that name a sender.
    public var hostName: String
    /// A person is only trying: everything is marked as a test.
    public var isTest: Bool

    /// A context.
    public init(
        attemptTime: Int64, urls: [Secret] = [], secrets: [Secret] = [], pseudonymKey: Secret? = nil,
        productVersion: String, hostName: String, isTest: Bool = false
    ) {
        self.attemptTime = attemptTime
        self.urls = urls
        self.secrets = secrets
        self.pseudonymKey = pseudonymKey
        self.productVersion = productVersion
        self.hostName = hostName
        self.isTest = isTest
    }
}

/// Why nothing can be sent: something in the configuration is missing or wrong.
public enum SinkFault: Error, Hashable, Sendable, CustomStringConvertible {
    /// No encoder has this word.
    case unknownKind(String)
    /// No address came with the context.
    case missingURL
    /// No secret came with the context.
    case missingSecret
    /// A secret is not what the kind asks for; the text says what that is, never what was found.
    case unusableSecret(needed: String)
    /// Names are to be pseudonyms, and there is no key to make them with.
    case missingPseudonymKey

    /// What to do about it.
    public var description: String {
        switch self {
        case .unknownKind(let word):
            let known = SinkKind.all.map(\.word).joined(separator: ", ")
            return "there is no kind of sink called \(shown(word)); known: \(known)"
        case .missingURL: return "no url could be read; set url, url_file, url_env or url_credential"
        case .missingSecret:
            return "no secret could be read; set secret_file, secret_env or secret_credential"
        case .unusableSecret(let needed): return "the secret cannot be used: it has to be \(needed)"
        case .missingPseudonymKey:
            return "identity: pseudonym needs a key of at least 16 bytes, and there is none"
        }
    }
}
