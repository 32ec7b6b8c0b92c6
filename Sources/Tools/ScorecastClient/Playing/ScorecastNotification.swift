import StrictJSON

/// A notification of the user.
public struct ScorecastNotification: Sendable, Equatable {
    /// Names it; each comes once to a follower.
    public let id: String
    /// What it tells of, such as `badge` or `level`.
    public let kind: String
    /// A sentence for people.
    public let title: String
    /// What belongs to it, as a JSON object.
    public let data: String
    /// When it was made, RFC 3339.
    public let createdAt: String

    /// A notification.
    package init(id: String, kind: String, title: String, data: String, createdAt: String) {
        self.id = id
        self.kind = kind
        self.title = title
        self.data = data
        self.createdAt = createdAt
    }

    /// Reads one of a message or a list; nil if it is malformed.
    init?(_ json: JSONValue) {
        guard let id = json["id"]?.string, let kind = json["kind"]?.string, let title = json["title"]?.string,
            let createdAt = json["created_at"]?.string
        else { return nil }
        let data = json["data"]
        if let data, data.object == nil { return nil }
        self.init(id: id, kind: kind, title: title, data: data?.text ?? "{}", createdAt: createdAt)
    }
}

extension JSONValue {
    /// The value as JSON.
    var text: String {
        var json = JSONWriter(to: [UInt8]())
        json.value(self)
        return String(decoding: json.sink, as: UTF8.self)
    }
}
