internal import Alerting
internal import Detection
internal import UsageEvents

/// A Detection Finding of the Open Cybersecurity Schema Framework (class 2004), for security tools: one
/// request an alert.
struct OCSFSink: Sink {
    let settings: SinkSettings

    /// The version of the schema.
    static let schemaVersion = "1.5.0"
    /// Bytes of one finding.
    static let bodyBytesMax = 64_000

    func requests(for notification: Notification, context: SinkContext) throws(SinkFault) -> [OutboundRequest]
    {
        let message = try OutgoingMessage(notification, settings: settings, context: context)
        let url = try context.url()
        var bodies = message.alerts.map { alert in
            let object = alert.object
            return fitted(message, bytesMax: Self.bodyBytesMax, alertsMax: 1) { text, _ in
                self.finding(alert, object, message, context).clipped(to: text).bytes
            }
        }
        if bodies.isEmpty || message.omitted > 0 {
            bodies.append(finding(message, context).clipped(to: 1_024).bytes)
        }
        var out: [OutboundRequest] = []
        for body in bodies { out.append(.http(try context.post(body, to: url, isBearer: true))) }
        return out
    }

    private func finding(
        _ alert: OutgoingAlert, _ object: JSONTree, _ message: OutgoingMessage, _ context: SinkContext
    )
        -> JSONTree
    {
        let t = alert.transition
        let activity = !alert.isFiring ? 3 : t.seq == 0 && message.purpose != .reminder ? 1 : 2
        let resource: JSONTree = .text(t.identity.map(shown))
        return .compact([
            "class_uid": 2004, "class_name": "Detection Finding", "category_uid": 2,
            "category_name": "Findings", "activity_id": .whole(activity),
            "type_uid": .whole(200_400 + activity), "time": .whole(t.at.rawValue),
            "severity_id": .whole(Self.severity(alert.severity)),
            "status_id": alert.isFiring ? 1 : 4, "is_alert": .bool(!message.isTest),
            "message": .string(shown(alert.title)),
            "metadata": metadata(uid: "\(alert.id)_\(t.seq)", context),
            "finding_info": [
                "uid": .string(alert.id), "title": .string(alert.kindName),
                "types": [.string(t.kind.word)], "created_time": .whole(t.startsAt.rawValue),
                "analytic": [
                    "type_id": 3, "type": "Statistical", "uid": .string(t.kind.word),
                    "version": .string(AlertTransition.engineVersion),
                ],
            ],
            "resources": t.identity == nil ? .null : [["type": "AI tool account", "uid": resource]],
            "unmapped": ["alert": object],
        ])
    }

    /// A message that carries no alert, or does not carry all that it speaks of.
    private func finding(_ message: OutgoingMessage, _ context: SinkContext) -> JSONTree {
        [
            "class_uid": 2004, "class_name": "Detection Finding", "category_uid": 2,
            "category_name": "Findings", "activity_id": 1, "type_uid": 200_401,
            "time": .whole(message.time.rawValue), "severity_id": .whole(Self.severity(message.severity)),
            "status_id": 1, "is_alert": false, "message": .string(shown(message.title)),
            "metadata": metadata(uid: message.id, context),
            "finding_info": [
                "uid": .string(message.id), "title": .string(shown(message.title)),
                "types": [.string(message.purpose.rawValue)],
            ],
            "unmapped": ["omitted": .whole(message.omitted)],
        ]
    }

    private func metadata(uid: String, _ context: SinkContext) -> JSONTree {
        [
            "version": .string(Self.schemaVersion), "uid": .string(uid),
            "product": [
                "name": "Tidemark", "vendor_name": "Tidemark", "version": .string(context.productVersion),
            ],
        ]
    }

    private static func severity(_ severity: Severity) -> Int { severity.rawValue + 1 }

    func verdict(on answer: OutboundAnswer, to request: OutboundRequest) -> DeliveryVerdict {
        HTTPVerdict(refused: [400, 413, 415, 422]).verdict(on: answer, to: request)
    }
}
