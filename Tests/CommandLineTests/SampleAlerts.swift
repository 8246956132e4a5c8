import Alerting
import Testing

/// Transitions as the journal holds them, one of each shape.
enum SampleAlerts {
    static let spike = #"""
        {"id":"al_9f1c0c4e5b7a2d10","seq":0,"state":"firing","at":"2026-04-01T14:25:00.000Z",\#
        "starts_at":"2026-04-01T14:05:00.000Z","kind":"spend_spike","severity":"high","page":true,\#
        "historical":false,"retroactive":false,"identity":"svc-0062","person":null,"team":"team-c",\#
        "project":null,"tool":"api","model":"m-max","mcp_server":null,\#
        "title":"svc-0062 spent $41.20 in the last hour, 18x its usual $2.30","reason":"first",\#
        "observed":{"value":41.2,"unit":"usd","window":"1h","cost_basis":"billed"},\#
        "expected":{"value":2.3,"low":0.9,"high":6.8,"unit":"usd"},"score":5.100,"threshold":3.200,\#
        "contributors":[{"dimension":"model","value":"m-max","share":0.930},{"dimension":"tool",\#
        "value":"api","share":1.000}],"exposed_usd":38.9,"evidence":{"first_sequence":51213,\#
        "last_sequence":51987,"config":"c3a1000000000000","engine":"1"},"labels":{}}
        """#

    static let grew = #"""
        {"id":"al_9f1c0c4e5b7a2d10","seq":1,"state":"firing","at":"2026-04-01T14:45:00.000Z",\#
        "starts_at":"2026-04-01T14:05:00.000Z","kind":"spend_spike","severity":"critical","page":true,\#
        "historical":false,"retroactive":false,"identity":"svc-0062","person":null,"team":"team-c",\#
        "project":null,"tool":"api","model":"m-max","mcp_server":null,\#
        "title":"svc-0062 spent $88.10 in the last hour, 38x its usual $2.30","reason":"grew",\#
        "observed":{"value":88.1,"unit":"usd","window":"1h","cost_basis":"billed"},\#
        "expected":{"value":2.3,"low":0.9,"high":6.8,"unit":"usd"},"score":6.200,"threshold":3.200,\#
        "contributors":[],"exposed_usd":85.8,"evidence":{"first_sequence":51213,"last_sequence":52311,\#
        "config":"c3a1000000000000","engine":"1"},"labels":{}}
        """#

    static let resolved = #"""
        {"id":"al_9f1c0c4e5b7a2d10","seq":2,"state":"resolved","at":"2026-04-01T16:10:00.000Z",\#
        "starts_at":"2026-04-01T14:05:00.000Z","kind":"spend_spike","severity":"critical","page":true,\#
        "historical":false,"retroactive":false,"identity":"svc-0062","person":null,"team":"team-c",\#
        "project":null,"tool":"api","model":"m-max","mcp_server":null,\#
        "title":"svc-0062 spent $88.10 in the last hour, 38x its usual $2.30","reason":"back_to_normal",\#
        "observed":{"value":88.1,"unit":"usd","window":"1h","cost_basis":"billed"},\#
        "expected":{"value":2.3,"low":0.9,"high":6.8,"unit":"usd"},"score":6.200,"threshold":3.200,\#
        "contributors":[],"exposed_usd":85.8,"evidence":{"first_sequence":51213,"last_sequence":53100,\#
        "config":"c3a1000000000000","engine":"1"},"labels":{}}
        """#

    static let tokens = #"""
        {"id":"al_00000000000000aa","seq":0,"state":"firing","at":"2026-04-02T01:10:00.000Z",\#
        "starts_at":"2026-04-01T22:00:00.000Z","kind":"token_spike","severity":"low","page":false,\#
        "historical":true,"retroactive":true,"identity":"ana@example.com","person":null,"team":null,\#
        "project":null,"tool":null,"model":null,"mcp_server":null,\#
        "title":"ana@example.com used 16.8M tokens in the last 24 hours, 5.7x its usual 2.9M tokens",\#
        "reason":"first","observed":{"value":16800000,"unit":"tokens","window":"24h","cost_basis":null},\#
        "expected":{"value":2940000,"low":1710000,"high":5080000,"unit":"tokens"},"score":3.300,\#
        "threshold":3.100,"contributors":[{"dimension":"model","value":"m-mid",\#
        "share":0.600},{"dimension":"model","value":"m-max","share":0.400}],"exposed_usd":null,\#
        "evidence":{"first_sequence":7,"last_sequence":4000,"config":"c3a1000000000000","engine":"1"},\#
        "labels":{}}
        """#

    static let newServer = #"""
        {"id":"al_00000000000000bb","seq":0,"state":"firing","at":"2026-03-31T10:09:59.999Z",\#
        "starts_at":"2026-03-31T10:09:59.999Z","kind":"new_mcp_server","severity":"high","page":true,\#
        "historical":false,"retroactive":false,"identity":"noor@example.com","person":null,\#
        "team":"payments","project":null,"tool":"claude-code","model":"m-mid",\#
        "mcp_server":"shadow-notes",\#
        "title":"noor@example.com used MCP server shadow-notes, that nobody in the organisation had used",\#
        "reason":"first","observed":{"value":0.17,"unit":"usd","window":"first_use","cost_basis":null},\#
        "expected":null,"score":null,"threshold":null,"contributors":[],"exposed_usd":0.17,\#
        "evidence":{"first_sequence":900,"last_sequence":900,"config":"c3a1000000000000","engine":"1"},\#
        "labels":{}}
        """#

    /// An identity that tries to clear the screen, to turn the text around and to forge a line.
    static let hostile = #"""
        {"id":"al_00000000000000cc","seq":0,"state":"firing","at":"2026-04-01T14:25:00.000Z",\#
        "starts_at":"2026-04-01T14:25:00.000Z","kind":"new_model","severity":"medium","page":true,\#
        "historical":false,"retroactive":false,"identity":"eve\u001b[2J\#u{202e}\n2026","person":null,\#
        "team":"a\u0085b","project":null,"tool":"\u0007bell","model":"x\u0000y","mcp_server":null,\#
        "title":"eve\u001b[2J\#u{202e}\n2026 used model x\u0000y, new here","reason":"first",\#
        "observed":{"value":0,"unit":"usd","window":"first_use","cost_basis":null},"expected":null,\#
        "score":null,"threshold":null,"contributors":[],"exposed_usd":0,"evidence":{"first_sequence":1,\#
        "last_sequence":1,"config":"c3a1000000000000","engine":"1"},"labels":{}}
        """#

    static let all = [spike, grew, resolved, tokens, newServer, hostile]

    static func read(_ json: String) throws -> AlertTransition {
        try #require(AlertTransition(json: json.utf8))
    }
}
