extension EventFormat {
    /// What a LiteLLM gateway says of the requests through it.
    public static let litellm = EventFormat(
        name: "litellm",
        summary: "requests through LiteLLM: spend logs or payloads of a callback, as JSON or CSV",
        isRevised: true,
        recognises: { head in
            if LiteLLMTable.recognises(head) { return true }
            guard head.firstByte == UInt8(ascii: "{") || head.firstByte == UInt8(ascii: "[") else {
                return false
            }
            return head.hasKey("call_type") && head.hasKey("startTime") && head.hasKey("prompt_tokens")
                && (head.hasKey("response_cost") || head.hasKey("spend"))
        },
        makeDecoder: { options, head in
            if head.firstByte == UInt8(ascii: "{") || head.firstByte == UInt8(ascii: "[") {
                return DocumentRecords(LiteLLMLogs(options), options: options)
            }
            return TableRecords(LiteLLMTable(options), options: options)
        })
}
