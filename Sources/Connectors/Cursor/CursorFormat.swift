extension EventFormat {
    /// What the Admin API of Cursor and the usage page of its dashboard give.
    public static let cursor = EventFormat(
        name: "cursor",
        summary: "usage events of Cursor: pages of the Admin API (JSON) or the dashboard's CSV",
        isRevised: true,
        recognises: { head in
            if CursorTable.recognises(head) { return true }
            guard head.firstByte == UInt8(ascii: "{") || head.firstByte == UInt8(ascii: "[") else {
                return false
            }
            if head.hasKey("totalUsageEventsCount") { return true }
            return head.hasKey("timestamp") && head.hasKey("isTokenBasedCall") && head.hasKey("requestsCosts")
        },
        makeDecoder: { options, head in
            if head.firstByte == UInt8(ascii: "{") || head.firstByte == UInt8(ascii: "[") {
                return DocumentRecords(CursorPages(options), options: options)
            }
            return TableRecords(CursorTable(options), options: options)
        })
}
