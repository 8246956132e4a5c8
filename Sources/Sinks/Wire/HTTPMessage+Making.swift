extension SinkContext {
    /// The one address.
    func url() throws(SinkFault) -> Secret {
        guard let url = urls.first else { throw .missingURL }
        return url
    }

    /// A request with a body of JSON; a secret, where there is one, is sent as a bearer token.
    func post(_ body: [UInt8], to url: Secret, type: String = "application/json", isBearer: Bool = false)
        throws(SinkFault) -> HTTPMessage
    {
        var message = HTTPMessage(
            url: url,
            headers: [
                HTTPMessage.Header("content-type", type),
                HTTPMessage.Header("user-agent", "tidemark/\(productVersion)"),
            ], body: body)
        if isBearer, let token = secrets.first {
            let text = token.withText { $0 }
            guard !text.isEmpty, text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f }) else {
                throw .unusableSecret(needed: "a bearer token of visible ASCII")
            }
            message.headers.append(HTTPMessage.Header("authorization", "Bearer " + text))
            message.concealed.append(token)
        }
        return message
    }
}
