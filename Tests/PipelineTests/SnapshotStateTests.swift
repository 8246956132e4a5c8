import Alerting
import Connectors
import EventLog
import Testing
import UsageEvents

@testable import Pipeline

/// The state as bytes: the same for the same events, and as good as the engine that it was written from.
@Suite struct SnapshotStateTests {
    /// An engine with the symbols of its events.
    private struct Run {
        var engine: Engine
        var symbols = Symbols()
        var out: [UInt8] = []
        private var next: UInt64 = 0
        private var transitions: [AlertTransition] = []

        init(_ configuration: RunConfiguration) { engine = configuration.engine }

        init(state: [UInt8], _ configuration: RunConfiguration, next: UInt64) throws {
            engine = try Engine(state: state, configuration: configuration, symbols: &symbols)
            self.next = next
        }

        mutating func observe(_ events: some Collection<UsageEvent>, received: Int64?) {
            var batch = EventBatch()
            for event in events { batch.append(event, symbols: &symbols) }
            engine.observe(
                batch, firstSequence: next, received: received.map(Timestamp.init(rawValue:)),
                symbols: symbols, into: &transitions)
            next += UInt64(batch.count)
            write()
        }

        mutating func tick(_ received: Int64) {
            engine.tick(Timestamp(rawValue: received), into: &transitions)
            write()
        }

        private mutating func write() {
            for transition in transitions {
                transition.write(into: &out)
                out.append(UInt8(ascii: "\n"))
            }
            transitions.removeAll(keepingCapacity: true)
        }

        var state: [UInt8] { engine.state(symbols: symbols).bytes }
    }

    private static func configuration(_ seed: UInt64) throws -> RunConfiguration {
        var settings = TidemarkConfiguration()
        if seed % 2 == 1 {
            try settings.apply(assignments: [
                "detection.new_model.learning_days=2", "detection.new_mcp_server.learning_days=2",
                "detection.spend_spike.sensitivity=2", "detection.token_spike.hour_floor=20000",
            ])
        }
        return RunConfiguration(settings)
    }

    @Test(arguments: 0..<UInt64(4))
    func `an engine that was written and read goes on as if nothing had happened`(seed: UInt64) throws {
        let configuration = try Self.configuration(seed)
        var organisation = RandomOrganisation(seed: seed)
        let events = organisation.events(1_500)
        var random = SplitMix64(seed: seed)
        var whole = Run(configuration)
        var resumed = Run(configuration)
        // Accounts that were never in an event of this engine, and shift the numbers of all that are. Those
        // of other names differ as soon as one engine was read, which numbers them in the order of texts.
        for i in 0..<50 { _ = whole.symbols.identities.intern("x\(i)") }
        let isLive = seed % 3 == 2
        var first = 0
        while first < events.count {
            let part = events[first..<min(first + 1 + random.below(120), events.count)]
            let wall = isLive ? events[first].ts.rawValue + 90_000_000 : nil
            whole.observe(part, received: wall)
            // The same events in two batches.
            let cut = part.startIndex + random.below(part.count + 1)
            for piece in [part[..<cut], part[cut...]] where !piece.isEmpty {
                resumed.observe(piece, received: wall)
            }
            if isLive, random.below(4) == 0, let wall {
                whole.tick(wall + 3_600_000)
                resumed.tick(wall + 3_600_000)
            }
            first += part.count
            let state = whole.state
            let isSame = resumed.state == state
            #expect(isSame, "seed \(seed), event \(first)")
            let out = resumed.out
            resumed = try Run(state: state, configuration, next: UInt64(first))
            resumed.out = out
            let isStill = resumed.state == state
            #expect(isStill, "seed \(seed), event \(first), read and written")
        }
        let isEqual = whole.out == resumed.out
        #expect(isEqual)
        #expect(whole.out.count { $0 == 10 } >= 10)
        #expect(whole.engine.suppressed == resumed.engine.suppressed)
    }

    @Test func `a state of which any byte is cut off or changed is refused or is another state`() throws {
        let configuration = try Self.configuration(1)
        var organisation = RandomOrganisation(seed: 3)
        var run = Run(configuration)
        run.observe(organisation.events(40), received: nil)
        let state = run.state
        for count in 0..<state.count {
            var symbols = Symbols()
            #expect(throws: StateFault.self) {
                try Engine(state: Array(state[..<count]), configuration: configuration, symbols: &symbols)
            }
        }
        var accepted = 0
        for at in state.indices {
            var bytes = state
            bytes[at] ^= 1 << UInt8(at % 8)
            var symbols = Symbols()
            do throws(StateFault) {
                let engine = try Engine(state: bytes, configuration: configuration, symbols: &symbols)
                accepted += 1
                #expect(engine.state(symbols: symbols).bytes != state, "byte \(at)")
            } catch {}
        }
        #expect(accepted > 0)
    }

    @Test func `the numbers of models do not matter, nor which spelling came first`() throws {
        let configuration = try Self.configuration(1)
        func state(_ spellings: [String]) -> [UInt8] {
            var run = Run(configuration)
            for spelling in spellings { _ = run.symbols.models.intern(spelling) }
            var event = UsageEvent(ts: Timestamp(rawValue: 1_767_571_200_000), identity: "a@acme.example")
            event.inputTokens = 5
            event.model = "Claude-4.5-sonnet"
            run.observe([event], received: nil)
            return run.state
        }
        let spellings = ["claude-sonnet-4-5-20250929", "Claude-4.5-sonnet", "another"]
        #expect(state(spellings) == state(spellings.reversed()))
    }
}
