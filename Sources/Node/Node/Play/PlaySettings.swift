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
