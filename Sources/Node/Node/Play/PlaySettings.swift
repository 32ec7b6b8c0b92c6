import Leaderboard
import Settings

/// The settings of the role `play`.
package struct PlaySettings: SettingGroup {
    /// The board that gets the points of tasks and challenges.
    package var board = "global"
    /// Where the AI service is; nil: challenges come from the built-in generator.
    package var aiURL: String?
    /// Shown to the AI service; nil: nothing is shown.
    package var aiToken: Secret<String>?

    package init() {}

    package static let definitions = [
        setting(
            "SCORECAST_PLAY_BOARD", \.board, .boardID, example: "global",
            "The board that gets the points of tasks and challenges."),
        setting(
            "SCORECAST_AI_URL", \.aiURL, .pageURL, example: "https://ai.example.com/v1",
            absence: .means("challenges come from the built-in generator"),
            "The AI service that makes challenges: `POST <url>/generate-challenge` and `POST <url>/understand-task`."),
        setting(
            "SCORECAST_AI_TOKEN", \.aiToken, .bearerText, kind: .secret, example: "sk-example",
            absence: .means("nothing is shown to the AI service"),
            "Sent to the AI service as `Authorization: Bearer <token>`."),
    ]
}

extension SettingForm where Value == String {
    /// The id of a board.
    fileprivate static var boardID: Self {
        text(
            values: "1 to 64 of `A-Z a-z 0-9 _ -`",
            edges: SettingEdges(
                accepted: ["x", String(repeating: "x", count: 64)],
                refused: [String(repeating: "x", count: 65), "a b"])
        ) { Names.isID($0) ? nil : Names.idForm }
    }
}

extension SettingForm where Value == Secret<String>? {
    /// A token in a header field: no spaces, and nothing that could end the field.
    fileprivate static var bearerText: Self {
        let limit = 4096
        return SettingForm(
            parse: { text throws(SettingRejection) in
                guard (1...limit).contains(text.utf8.count), text.utf8.allSatisfy({ (0x21...0x7e).contains($0) }) else {
                    throw SettingRejection("is not 1 to \(limit) printable ASCII characters without spaces")
                }
                return Secret(text)
            },
            render: { $0?.description },
            values: "1 to \(limit) printable ASCII characters without spaces",
            edges: SettingEdges(
                accepted: ["x", String(repeating: "x", count: limit)],
                refused: [String(repeating: "x", count: limit + 1), "a b"]))
    }
}
