extension PriceTable {
    /// List prices that come with the product, parsed once.
    ///
    /// Origin: the price table of LiteLLM 1.109.1 and, for models that only OpenRouter lists, the
    /// genai-prices data set 0.2.3, both read on 2026-11-22. Facts only: USD a million tokens, base
    /// tier, no surcharge for long contexts, regions or priority. Rows of a model's own vendor come
    /// first. A row that the look-up answers equally without it (a dated name, a reseller's prefix) is
    /// left out.
    public static let bundled: PriceTable = {
        do {
            return try PriceTable(csv: bundledCSV.utf8)
        } catch {
            preconditionFailure("bundled prices: \(error)")
        }
    }()

    /// The bundled table as text, in the format that a user's own file has.
    public static var bundledCSV: String {
        var lines = [
            "# USD a million tokens, list prices as of 2026-11-22",
            "model,input,output,cache_read,cache_write",
        ]
        for rows in [vendorRows, cloudRows, bedrockRows, openRouterRows] {
            // By bytes: to look for the bounds of characters takes as long as all the rest.
            for row in rows.utf8.split(whereSeparator: { $0 == 0x20 || $0 == 0x0a }) {
                lines.append(String(Substring(row)))
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }
}
