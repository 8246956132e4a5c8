internal import Alerting
internal import Crypto

/// Takes the names of accounts out of everything that is sent, in the form that the settings ask for.
///
/// A name is not only in its own field: a title says it, and a model or a server may be called after a
/// person. So every text of a message goes through `hide`.
struct IdentityMask {
    private let form: SinkSettings.IdentityForm
    private let key: Secret?
    private let names: [(name: [UInt8], shown: [UInt8])]

    /// Shortest key that a pseudonym may be made with: what is shorter can be guessed.
    static let keyBytesMin = 16

    init(_ notification: Notification, settings: SinkSettings, key: Secret?) throws(SinkFault) {
        form = settings.identity
        self.key = key
        guard form != .clear else {
            names = []
            return
        }
        if form == .pseudonym, (key?.count ?? 0) < Self.keyBytesMin { throw .missingPseudonymKey }
        var found: [String] = []
        for case let name? in notification.transitions.map(\.identity) where !name.isEmpty {
            if !found.contains(name) { found.append(name) }
        }
        // A name that holds another one is looked for first.
        found.sort { ($1.utf8.count, $0) < ($0.utf8.count, $1) }
        names = found.map { [form] in
            (Array($0.utf8), Array((Self.shown($0, form, key) ?? "an account").utf8))
        }
    }

    var hides: Bool { form != .clear }

    /// The field of the account itself.
    func identity(_ name: String?) -> String? { name.flatMap { Self.shown($0, form, key) } }

    /// Any other text.
    func hide(_ text: String) -> String {
        names.isEmpty ? text : String(decoding: replacing(Array(text.utf8), names), as: UTF8.self)
    }

    /// `p:` and the first sixteen digits of HMAC-SHA256.
    static func pseudonym(_ name: String, key: Secret) -> String {
        "p:" + hexDigits(key.authenticationCode(for: Array(name.utf8)).prefix(8))
    }

    private static func shown(_ name: String, _ form: SinkSettings.IdentityForm, _ key: Secret?) -> String? {
        switch form {
        case .clear: name
        case .pseudonym: key.map { pseudonym(name, key: $0) }
        case .omitted: nil
        }
    }
}

extension Secret {
    /// HMAC-SHA256 with this as the key.
    func authenticationCode(for message: [UInt8]) -> [UInt8] {
        withBytes { Array(HMAC<SHA256>.authenticationCode(for: message, using: SymmetricKey(data: $0))) }
    }
}
