import Leaderboard
import Settings

/// The settings of the role `play`.
package struct PlaySettings: SettingGroup {
    /// The board that gets the points of tasks and challenges.
    package var board = "global"

    package init() {}

    package static let definitions = [
        setting(
            "SCORECAST_PLAY_BOARD", \.board, .boardID, example: "global",
            "The board that gets the points of tasks and challenges.")
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
