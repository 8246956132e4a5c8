import Connectors
import Detection
import FoundationEssentials
import Pipeline
import TidemarkTestKit

@testable import Alerting
@testable import EventLog
@testable import UsageEvents

extension FuzzTarget {
    /// What reads texts that people or an earlier version wrote.
    static let texts: [FuzzTarget] = [
        FuzzTarget(name: "journal", seeds: { journalLines.map { Array($0.utf8) } }) {
            guard let read = AlertTransition(json: $0) else { return }
            try checkTransition(read)
        },
        FuzzTarget(
            name: "prices",
            seeds: {
                [
                    Array(
                        """
                        # USD a million tokens
                        model,input,output,cache_read,cache_write,valid_from,aliases
                        anna-1,3,15.0000005,0.3,,2026-01-01,
                        anna-1,2.50,12,,3.75,2026-04-01T00:00:00Z,"ann;a""n"
                        eu.bert-2-20260101,0,1000000,,,,bert@20260101;bert-thinking
                        """.utf8)
                ]
            }, check: checkPrices),
        FuzzTarget(
            name: "mapping",
            seeds: {
                [
                    Array(#"ts=created,identity="Cost ($/""x"")".b.c,cost_usd=amount/100,tool='it''s'"#.utf8),
                    Array("input_tokens=usage.prompt_tokens*1000 , requests = n".utf8),
                ]
            }, check: checkMapping),
        FuzzTarget(
            name: "configuration",
            seeds: {
                [
                    Array(TidemarkConfiguration().annotatedYAML.utf8),
                    Array("# nothing\n---\nalerting: {digest_per_day: 3}\n".utf8),
                    Array("sources: &a\n  time_zone: 'Europe/Berlin'\nprices: *a\n".utf8),
                ]
            }, check: checkConfiguration),
        FuzzTarget(
            name: "zstd",
            seeds: {
                try Seeds.fixtures("codex").prefix(4).flatMap { bytes in
                    (ZstdFile.compress(bytes).map { [$0, $0 + $0] }) ?? []
                }
            }, check: checkZstd),
    ]

    /// Lines as the journal has them.
    private static let journalLines = [
        #"{"id":"al_00c0ffee00c0ffee","seq":0,"state":"firing","at":"2026-08-01T14:15:00.000Z","#
            + #""starts_at":"2026-08-01T14:00:00.000Z","kind":"spend_spike","severity":"critical","#
            + #""page":true,"historical":false,"retroactive":false,"identity":"svc-0062","person":null,"#
            + #""team":"team-c","project":null,"tool":null,"model":"m-max","mcp_server":null,"#
            + #""title":"svc-0062 spent $41.20 \u00e9 \"x\"","reason":"first","observed":{"value":41.2,"#
            + #""unit":"usd","window":"1h","cost_basis":"billed"},"expected":{"value":2.3,"low":0.92,"#
            + #""high":6.9,"unit":"usd"},"score":5.100,"threshold":3.200,"contributors":["#
            + #"{"dimension":"model","value":"m-max","share":0.930}],"exposed_usd":38.900000001,"#
            + #""evidence":{"first_sequence":500,"last_sequence":900,"config":"c3a1","engine":"1"},"#
            + #""labels":{}}"#,
        #"{"id":"al_1","seq":3,"state":"resolved","at":"2026-08-01T14:15:00Z","#
            + #""starts_at":"2026-08-01T14:00:00Z","#
            + #""kind":"new_model","severity":"info","title":"","reason":"grew","observed":{"value":-7,"#
            + #""unit":"tokens","window":"first_use"},"evidence":{"first_sequence":0,"last_sequence":1}}"#,
    ]

    private static func checkPrices(_ bytes: [UInt8]) throws {
        guard let table = try? PriceTable(csv: bytes) else { return }
        for model in table.models {
            let number = table.model(named: model.name)
            try promise(number.map { table.models[$0].name } == model.name, "lost: \(model.name)")
            for ts in [Int64.min, 0, 1_785_000_000_000, .max] {
                guard let price = number.flatMap({ table.price(model: $0, at: ts) }) else { continue }
                for tokens in [1, 1_000_003, Limits.tokensPerEventMax, .max, .min] {
                    _ = price.cost(
                        input: tokens, output: tokens, cacheRead: tokens, cacheWrite: tokens,
                        longCacheWrite: tokens)
                }
            }
        }
    }

    private static func checkMapping(_ bytes: [UInt8]) throws {
        guard let mapping = try? ColumnMapping(String(decoding: bytes, as: UTF8.self)) else { return }
        try promiseEqual(mapping, try ColumnMapping(mapping.description), "a mapping and what it writes")
    }

    private static func checkConfiguration(_ bytes: [UInt8]) throws {
        var read = TidemarkConfiguration()
        do throws(ConfigurationError) {
            try read.apply(yaml: bytes, file: "x.yaml")
        } catch {
            // Only the texts of faults are made.
            _ = "\(error)"
            return
        }
        for text in [read.canonicalText, read.annotatedYAML] {
            let again = try TidemarkConfiguration.effective(log: text)
            try promiseEqual(read.canonicalText, again.canonicalText, "settings and what they write")
        }
        _ = RunConfiguration(read).engine
    }

    /// What can be unpacked whole can be in pieces, and the same comes out. The reverse does not hold: the
    /// library compares the size that a frame states with its content only where it has all of it at once, if
    /// the last block is empty.
    private static func checkZstd(_ bytes: [UInt8]) throws {
        let whole = unpacked(bytes, pieceBytes: .max)
        for size in bytes.count <= 512 ? [1, 7] : [61] {
            let pieces = unpacked(bytes, pieceBytes: size)
            guard whole.isSound else { continue }
            try promise(pieces.isSound, "unsound in pieces of \(size)")
            try promiseEqual(whole.bytes, pieces.bytes, "pieces of \(size)")
        }
    }

    private static func unpacked(_ bytes: [UInt8], pieceBytes: Int) -> (bytes: [UInt8], isSound: Bool) {
        var out: [UInt8] = []
        var input = ZstdInput()
        do throws(ZstdInputError) {
            var start = 0
            while start < bytes.count {
                let end = min(bytes.count, start + min(pieceBytes, bytes.count))
                let piece = bytes.span.extracting(start..<end)
                var at = 0
                // A few bytes may ask for very many: what a reader takes at once is bounded there.
                while out.count < 4 << 20, try input.decompress(piece, at: &at, into: &out) {}
                start = end
            }
            try input.finish()
            return (out, true)
        } catch {
            return (out, false)
        }
    }
}

/// What was read is written so that it is read alike.
func checkTransition(_ transition: AlertTransition) throws {
    let text = transition.json
    guard let again = AlertTransition(json: text.utf8) else {
        throw BrokenPromise(description: "written and not read: \(text)")
    }
    try promiseEqual(again.json, text, "a transition and what it reads")
}
