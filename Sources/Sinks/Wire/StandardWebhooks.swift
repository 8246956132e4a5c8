/// Signatures as Standard Webhooks 1.0.0 defines them.
enum StandardWebhooks {
    /// The headers of an attempt: the id is the same each time, the time and the signatures are not. Each
    /// secret makes one signature, so that a receiver may know the old or the new one while they are
    /// rotated; without secrets there is none.
    static func headers(id: String, attemptTime: Int64, body: [UInt8], secrets: [Secret]) throws(SinkFault)
        -> [HTTPMessage.Header]
    {
        var headers = [
            HTTPMessage.Header("webhook-id", id),
            HTTPMessage.Header("webhook-timestamp", String(attemptTime)),
        ]
        guard !secrets.isEmpty else { return headers }
        var signatures: [String] = []
        for secret in secrets {
            signatures.append(try signature(id: id, attemptTime: attemptTime, body: body, secret: secret))
        }
        headers.append(HTTPMessage.Header("webhook-signature", signatures.joined(separator: " ")))
        return headers
    }

    /// `v1,` and the base64 of the code over id, time and body with dots between.
    static func signature(id: String, attemptTime: Int64, body: [UInt8], secret: Secret) throws(SinkFault)
        -> String
    {
        let signed = Array("\(id).\(attemptTime).".utf8) + body
        return "v1," + Base64.encode(try key(secret).authenticationCode(for: signed))
    }

    /// What the text of a secret stands for.
    private static func key(_ secret: Secret) throws(SinkFault) -> Secret {
        let decoded = secret.withBytes { bytes in
            let prefix = Array("whsec_".utf8)
            return Base64.decode(bytes.starts(with: prefix) ? bytes[prefix.count...] : bytes[...])
        }
        guard let decoded, (24...64).contains(decoded.count) else {
            throw .unusableSecret(needed: "whsec_ and the base64 of 24 to 64 random bytes")
        }
        return Secret(decoded)
    }
}
