import StrictJSON

/// What the AI service can be asked, with the answers that the fake one gives.
enum FakeAIQuestion: String {
    /// `POST /generate-challenge`.
    case challenge = "/generate-challenge"
    /// `POST /understand-task`.
    case type = "/understand-task"

    /// The right answer.
    ///
    /// - Parameter body: of the request. A title in it becomes a part of the answer.
    func answer(to body: String) -> String {
        let question = try? JSONValue(Array(body.utf8))
        let title = question?["task"]?["title"]?.string ?? "this"
        switch self {
        case .challenge: return Self.challenge(about: title, difficulty: question?["difficulty"]?.string ?? "medium")
        case .type: return #"{"type":"\#(Self.type(of: title))"}"#
        }
    }

    /// An answer that does not fit the schema.
    func unfitAnswer(_ kind: FakeAIMode.Wrong) -> String {
        switch (kind, self) {
        case (.missingMember, .challenge): #"{"challenge":{"description":"","steps":[],"hints":[]}}"#
        case (.missingMember, .type): "{}"
        case (.wrongType, .challenge): #"{"challenge":{"title":7,"description":"","steps":[],"hints":[]}}"#
        case (.wrongType, .type): #"{"type":["work"]}"#
        case (.tooLong, .challenge):
            #"{"challenge":{"title":"\#(Self.long(201))","description":"","steps":[],"hints":[]}}"#
        case (.tooLong, .type): #"{"type":"\#(Self.long(65))"}"#
        case (.tooLarge, _): #"{"filler":"\#(Self.long(100_000))"}"#
        default: "<html>This is not JSON.</html>"
        }
    }

    private static func long(_ count: Int) -> String { String(repeating: "x", count: count) }

    private static func challenge(about title: String, difficulty: String) -> String {
        let short = String(title.prefix(150))
        let price: Int64 =
            switch difficulty {
            case "easy": 1
            case "hard": 5
            default: 2
            }
        var json = JSONWriter(to: [UInt8]())
        json.beginObject()
        json.key("challenge")
        json.beginObject()
        json.member("title", "AI challenge: \(short)")
        json.member("description", "A \(difficulty) challenge, made by the fake AI service for \(short).")
        json.key("steps")
        json.beginArray()
        for step in ["Look at the whole of it.", "Do the part that matters most.", "Check the result."] {
            json.string(step)
        }
        json.endArray()
        json.key("hints")
        json.beginArray()
        for (number, text) in ["Start small.", "Leave the rest out.", "Ask somebody."].enumerated() {
            json.beginObject()
            json.member("text", text)
            json.member("cost", Int64(number) * price)
            json.endObject()
        }
        json.endArray()
        json.endObject()
        json.endObject()
        return String(decoding: json.sink, as: UTF8.self)
    }

    private static func type(of title: String) -> String {
        let lower = title.lowercased()
        let words: [(word: String, type: String)] = [
            ("read", "learning"), ("learn", "learning"), ("run", "exercise"), ("walk", "exercise"),
            ("clean", "household"), ("wash", "household"), ("buy", "shopping"),
        ]
        return words.first { lower.contains($0.word) }?.type ?? "work"
    }
}
