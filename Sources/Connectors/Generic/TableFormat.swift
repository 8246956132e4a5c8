extension EventFormat {
    /// Anyone's export: a CSV or JSON objects, with a mapping of its columns.
    public static let table = EventFormat(
        name: "table",
        summary: "any CSV, or JSON objects, with --map to say what the columns mean",
        recognises: { head in
            guard let header = TableHeader(head), header.names.count > 1 else { return false }
            if MappingGuess.canonical(header.names.map { $0.lowercased() }) != nil { return true }
            // No other format is a table, so that its lines can only be taken for rows.
            return [".csv", ".tsv", ".csv.zst", ".tsv.zst"].contains { head.path.hasSuffix($0) }
        },
        makeDecoder: { options, head in
            guard head.firstByte == UInt8(ascii: "{") || head.firstByte == UInt8(ascii: "[") else {
                return TableRecords(MappedTable(options), options: options)
            }
            return DocumentRecords(MappedObjects(options), options: options)
        })
}
