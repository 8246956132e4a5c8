import Testing
import UsageEvents

@testable import Connectors

/// The text of a mapping: what it means, how it is written again, what is wrong with it.
@Suite struct ColumnMappingTests {
    private func mapping(_ text: String) throws -> ColumnMapping { try ColumnMapping(text) }

    private func problem(_ text: String) -> String? {
        do throws(ColumnMappingError) {
            _ = try ColumnMapping(text)
            return nil
        } catch {
            return error.description
        }
    }

    @Test func `columns, paths, scales and constants`() throws {
        let map = try mapping(
            " cost_usd = Amount (EUR)/100 , identity=user.email,ts=\"a,b\".\"c\"\"d\", tool='it''s, one',"
                + "input_tokens=k*1000"
        )
        #expect(map.entries.map(\.field) == [.ts, .identity, .tool, .inputTokens, .costUSD])
        #expect(
            map.entries.map(\.origin) == [
                .column(path: ["a,b", "c\"d"], decimalShift: 0),
                .column(path: ["user", "email"], decimalShift: 0),
                .constant("it's, one"), .column(path: ["k"], decimalShift: 3),
                .column(path: ["Amount (EUR)"], decimalShift: -2),
            ])
        #expect(
            map.description
                == "ts=\"a,b\".\"c\"\"d\",identity=user.email,tool='it''s, one',input_tokens=k*1000,"
                + "cost_usd=Amount (EUR)/100")
    }

    @Test func `what is written again is read as the same mapping`() throws {
        var random = SplitMix64(seed: 11)
        let alphabet: [Character] = ["a", "B", " ", ".", ",", "=", "*", "/", "\"", "'", "é", "1", "0"]
        func name() -> String {
            String((0...random.below(4)).map { _ in alphabet[random.below(alphabet.count)] })
        }
        for _ in 0..<5_000 {
            var parts: [String] = []
            for field in Field.allCases where random.below(3) == 0 || field == .ts {
                let origin: ColumnMapping.Origin =
                    random.below(4) == 0
                    ? .constant(name())
                    : .column(
                        path: (0...random.below(2)).map { _ in name() },
                        decimalShift: field.isNumber ? random.below(9) - 4 : 0)
                parts.append("\(field.key)=\(origin)")
            }
            let text = parts.joined(separator: ",")
            let once = try mapping(text)
            #expect(once.description == text)
            #expect(try mapping(once.description) == once)
        }
    }

    @Test func `an error says where it stands, what was found and what is wanted`() {
        #expect(
            problem("ts=a,who=b")
                == "mapping, character 6: found 'who', a field is wanted: one of ts, ts_end, identity, team, "
                + "project, tool, model, mcp_server, mcp_tool, input_tokens, output_tokens, "
                + "cache_read_tokens, cache_write_tokens, reasoning_tokens, cost_usd, cost_basis, requests, "
                + "request_id, session_id, origin, source, grain")
        #expect(
            problem("")?.hasPrefix("mapping, character 1: found the end of the mapping, a field is wanted")
                == true)
        #expect(problem("ts") == "mapping, character 3: found the end of the mapping, = is wanted behind ts")
        #expect(
            problem("ts=") == "mapping, character 4: found the end of the mapping, the column of ts is wanted"
        )
        #expect(problem("ts=a,ts=b") == "mapping, character 6: ts stands twice, once is wanted")
        #expect(
            problem("ts=a b=c")
                == "mapping, character 7: found '=', a comma or the end of the mapping is wanted")
        #expect(
            problem("cost_usd=a/50")
                == "mapping, character 12: found '50', a power of ten is wanted, such as 100 or 1000")
        #expect(
            problem("cost_usd=a*")
                == "mapping, character 12: found the end of the mapping, a power of ten is wanted, "
                + "such as 100 or 1000"
        )
        #expect(
            problem("ts=a/1000") == "mapping, character 5: found /, but ts is no number that can be scaled")
        #expect(
            problem("tool='x")
                == "mapping, character 6: found the beginning of a text in quotes, its end is wanted")
        #expect(
            problem("identity=a.")
                == "mapping, character 12: found the end of the mapping, the column of identity is wanted")
    }
}
