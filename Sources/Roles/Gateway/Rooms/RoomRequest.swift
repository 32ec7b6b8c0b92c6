import Leaderboard

/// A client's request for a room. Nil stands for the default.
package struct RoomRequest: Equatable, Sendable {
    /// The board's id; `global` by default.
    package var board: String?
    /// The window's name; `all` by default.
    package var window: String?
    /// How many entries, 1 to 100; 10 by default. At most the board's top is sent.
    package var limit: Int?
    /// `full` by default.
    package var mode: String?
    /// The state that the client has, `<epoch>:<version>`; none by default.
    package var resume: String?

    /// All defaults.
    package init() {}

    /// The state in `resume`; nil if it is missing or malformed.
    package var resumePoint: ResumePoint? { resume.flatMap { ResumePoint($0) } }
}
