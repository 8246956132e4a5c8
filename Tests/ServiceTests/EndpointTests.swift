import Testing

@testable import Service

/// Every case of the rules about where requests may go.
struct EndpointTests {
    @Test(arguments: [
        "127.0.0.1", "127.255.255.254", "0.0.0.0", "0.1.2.3", "10.0.0.1", "10.255.255.255", "100.64.0.1",
        "100.127.255.255", "169.254.169.254", "172.16.0.1", "172.31.255.255", "192.0.0.1", "192.168.1.1",
        "198.18.0.1", "198.19.255.255", "224.0.0.1", "239.1.1.1", "240.0.0.1", "255.255.255.255", "::", "::1",
        "fc00::1", "fdff::1", "fe80::1", "febf::1", "fec0::1", "ff02::1", "::ffff:127.0.0.1",
        "::ffff:7f00:1", "::ffff:169.254.169.254", "64:ff9b::127.0.0.1", "64:ff9b::a00:1", "2002:7f00:1::",
        "2002:a9fe:a9fe::1", "::127.0.0.1",
    ])
    func `addresses inside are refused in every notation`(text: String) throws {
        let address = try #require(IPAddress(text))
        let endpoint = try Endpoint("https://hooks.example.com/x", allowHTTP: false)
        #expect(Self.rules().refusal(of: endpoint, at: [address]) != nil)
    }

    @Test(arguments: [
        "8.8.8.8", "100.63.255.255", "100.128.0.1", "172.15.0.1", "172.32.0.1", "192.0.1.1", "192.169.0.1",
        "198.17.0.1", "198.20.0.1", "223.255.255.255", "2606:4700::1111", "2001:db9::1", "64:ff9b::8.8.8.8",
        "2002:808:808::1",
    ])
    func `addresses of the public internet are allowed`(text: String) throws {
        let address = try #require(IPAddress(text))
        let endpoint = try Endpoint("https://hooks.example.com/x", allowHTTP: false)
        #expect(Self.rules().refusal(of: endpoint, at: [address]) == nil)
    }

    @Test func `one forbidden address among many is enough`() throws {
        let endpoint = try Endpoint("https://hooks.example.com/", allowHTTP: false)
        let addresses = ["8.8.8.8", "2606:4700::1", "10.1.2.3"].compactMap(IPAddress.init)
        #expect(Self.rules().refusal(of: endpoint, at: addresses)?.contains("10.1.2.3") == true)
        #expect(Self.rules().refusal(of: endpoint, at: []) != nil)
    }

    @Test(arguments: [
        "localhost", "a.localhost", "metadata.google.internal", "printer.local", "intranet", "x.home.arpa",
    ])
    func `names of this machine and network are refused although they lead outside`(host: String) throws {
        let endpoint = try Endpoint("https://\(host)/", allowHTTP: false)
        let outside = try #require(IPAddress("8.8.8.8"))
        #expect(Self.rules().refusal(of: endpoint, at: [outside]) != nil)
    }

    @Test func `a network that the sink names is allowed, with its ports and names`() throws {
        let rules = Self.rules(networks: ["127.0.0.0/8", "fd00::/8"])
        let endpoint = try Endpoint("http://localhost:9093/api", allowHTTP: true)
        #expect(rules.refusal(of: endpoint, at: [try #require(IPAddress("127.0.0.1"))]) == nil)
        #expect(rules.refusal(of: endpoint, at: [try #require(IPAddress("fd12::1"))]) == nil)
        #expect(rules.refusal(of: endpoint, at: [try #require(IPAddress("10.0.0.1"))]) != nil)
        #expect(rules.refusal(of: endpoint, at: [try #require(IPAddress("::ffff:10.0.0.1"))]) != nil)
        #expect(rules.refusal(of: endpoint, at: [try #require(IPAddress("::1"))]) != nil)
    }

    @Test func `an odd port of the public internet has to be named`() throws {
        let endpoint = try Endpoint("https://hooks.example.com:8443/x", allowHTTP: false)
        let outside = [try #require(IPAddress("8.8.8.8"))]
        #expect(Self.rules().refusal(of: endpoint, at: outside)?.contains("allow_ports: [8443]") == true)
        #expect(Self.rules(ports: [8443]).refusal(of: endpoint, at: outside) == nil)
    }

    @Test(arguments: [
        ("http://hooks.example.com/", Endpoint.Fault.plainHTTP), ("ftp://a.example/", .scheme),
        ("file:///etc/passwd", .scheme), ("gopher://a.example/", .scheme),
        ("https://user:pw@a.example/", .userInfo), ("https://a.example@b.example/", .userInfo),
        ("https://a.example/#x", .fragment), ("https://a.example\\@b.example/", .notAnAddress),
        ("https://a.example /", .notAnAddress), ("https://\u{430}.example/", .notAnAddress),
        ("hooks.example.com/x", .notAnAddress), ("https:///x", .host), ("https://[::1/x", .host),
        ("https://[127.0.0.1]/", .host), ("https://a.example:0/", .host), ("https://a.example:99999/", .host),
        ("https://a.example:80:80/", .host), ("https://a%2eexample/", .host),
        ("https://a.example\t/", .notAnAddress),
    ])
    func `addresses that are not plainly one are refused`(text: String, fault: Endpoint.Fault) {
        #expect(throws: fault) { try Endpoint(text, allowHTTP: false) }
    }

    @Test func `what is sent is put together from the checked parts`() throws {
        let endpoint = try Endpoint("HTTPS://Hooks.Example.COM./a/b?token=x", allowHTTP: false)
        #expect(endpoint.authority == "hooks.example.com" && endpoint.target == "/a/b?token=x")
        #expect(
            try Endpoint("https://[2606:4700::1]:8443?q", allowHTTP: false).authority
                == "[2606:4700::1]:8443")
    }

    @Test(arguments: [
        "2130706433", "0x7f.1", "0177.0.0.1", "127.1", "1.2.3", "1.2.3.4.5", "256.1.1.1", "01.2.3.4", "::1::",
        "1:2:3", "12345::", "::ffff:1.2.3",
    ])
    func `lax notations are no addresses`(text: String) {
        #expect(IPAddress(text) == nil)
    }

    @Test func `networks are read and compared by bits`() throws {
        #expect(Network("10.0.0.0/33") == nil)
        #expect(Network("nonsense/8") == nil)
        let network = try #require(Network("172.16.0.0/12"))
        #expect(network.contains(try #require(IPAddress("172.31.255.255"))))
        #expect(!network.contains(try #require(IPAddress("172.32.0.0"))))
    }

    private static func rules(networks: [String] = [], ports: [Int] = []) -> EndpointRules {
        EndpointRules(networks: networks.compactMap(Network.init), ports: ports, allowHTTP: true)
    }
}
