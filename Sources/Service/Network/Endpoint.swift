import Alerting

/// Where a request goes: the parts of an address that were checked, from which the request is put together
/// again. No other reading of the text is ever used.
struct Endpoint: Hashable, Sendable {
    /// `https`, or `http` where the sink allows it.
    let scheme: String
    /// A name in lower case, or an address without brackets.
    let host: String
    let port: Int
    /// Path and query, beginning with `/`.
    let target: String

    /// What is wrong with an address; says nothing of what the address holds, because it may be a secret.
    enum Fault: Error, Hashable, Sendable, CustomStringConvertible {
        case notAnAddress
        case scheme
        case plainHTTP
        case userInfo
        case fragment
        case host
        case port(Int)

        var description: String {
            switch self {
            case .notAnAddress: "this is no address of the form https://host/path"
            case .scheme: "only https addresses are sent to"
            case .plainHTTP: "the address is plain http; allow_http: true permits it"
            case .userInfo: "an address must not hold a user name or a password"
            case .fragment: "an address must not hold a fragment (#...)"
            case .host: "the host is no name and no address"
            case .port(let port): "port \(port) is not the usual one; allow_ports: [\(port)] permits it"
            }
        }
    }

    /// Reads an address by the rules of RFC 3986, or refuses it.
    init(_ text: String, allowHTTP: Bool) throws(Fault) {
        guard text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f && $0 != UInt8(ascii: "\\") }),
            let colon = text.firstIndex(of: ":"), text[colon...].hasPrefix("://")
        else { throw .notAnAddress }
        scheme = text[..<colon].lowercased()
        guard scheme == "https" || scheme == "http" else { throw .scheme }
        guard scheme == "https" || allowHTTP else { throw .plainHTTP }
        guard !text.contains("#") else { throw .fragment }
        let rest = text[colon...].dropFirst(3)
        let end = rest.firstIndex { $0 == "/" || $0 == "?" } ?? rest.endIndex
        var authority = rest[..<end]
        let target = String(rest[end...])
        self.target = target.hasPrefix("/") ? target : "/" + target
        guard !authority.contains("@") else { throw .userInfo }
        var port: Int?
        if let mark = authority.lastIndex(of: ":"), !authority[mark...].contains("]") {
            guard let number = UInt16(authority[mark...].dropFirst()), number > 0 else { throw .host }
            port = Int(number)
            authority = authority[..<mark]
        }
        self.port = port ?? (scheme == "https" ? 443 : 80)
        if authority.hasPrefix("["), authority.hasSuffix("]") {
            let inner = String(authority.dropFirst().dropLast())
            guard let address = IPAddress(inner), address.bytes.count == 16 else { throw .host }
            host = inner.lowercased()
        } else {
            var name = authority.lowercased()
            if name.hasSuffix(".") { name.removeLast() }
            guard (1...253).contains(name.utf8.count),
                name.utf8.allSatisfy({
                    (97...122).contains($0) || (48...57).contains($0) || $0 == 45 || $0 == 46 || $0 == 95
                })
            else { throw .host }
            host = name
        }
    }

    /// What the request names as its host: without the port where that is the scheme's own.
    var authority: String {
        let name = host.contains(":") ? "[\(host)]" : host
        return port == (scheme == "https" ? 443 : 80) ? name : "\(name):\(port)"
    }
}

/// Which endpoints a sink may send to.
struct EndpointRules: Sendable {
    /// Networks that are allowed although they are private.
    let networks: [Network]
    /// Ports that are allowed besides the scheme's own.
    let ports: [Int]
    /// Plain `http` is allowed.
    let allowHTTP: Bool

    init(networks: [Network], ports: [Int], allowHTTP: Bool) {
        self.networks = networks
        self.ports = ports
        self.allowHTTP = allowHTTP
    }

    /// Why a request to these addresses is refused; nil where it may go to the first of them. All of them are
    /// looked at: a name that also leads to a forbidden place is no name to trust.
    func refusal(of endpoint: Endpoint, at addresses: [IPAddress]) -> String? {
        guard !addresses.isEmpty else { return "the name leads to no address" }
        for address in addresses where !isAllowed(address) {
            return "\(address) is not on the public internet; allow_networks permits it"
        }
        guard !addresses.allSatisfy({ isListed($0) }) else { return nil }
        if Self.isLocalName(endpoint.host) { return "the name belongs to this machine or network" }
        let usual = endpoint.scheme == "https" ? 443 : 80
        guard endpoint.port == usual || ports.contains(endpoint.port) else {
            return Endpoint.Fault.port(endpoint.port).description
        }
        return nil
    }

    private func isListed(_ address: IPAddress) -> Bool {
        networks.contains { $0.contains(address) }
    }

    private func isAllowed(_ address: IPAddress) -> Bool {
        if isListed(address) { return true }
        if Network.refused.contains(where: { $0.contains(address) }) { return false }
        return address.embedded.map { isAllowed($0) } ?? true
    }

    private static func isLocalName(_ host: String) -> Bool {
        guard IPAddress(host) == nil else { return false }
        return host == "localhost" || !host.contains(".")
            || ["localhost", "local", "internal", "intranet", "lan", "home.arpa"].contains {
                host.hasSuffix("." + $0)
            }
    }
}
