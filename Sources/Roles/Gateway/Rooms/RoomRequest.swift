import Leaderboard

/// A client's request for a room. Nil stands for the default.
package struct RoomRequest: Equatable, Sendable {
    /// The window, and how many entries of it, 1 to 100. No more than the board's top are sent.
    package var ranking = RankingRequest()
    /// `full` by default.
    package var mode: String?
    /// The state that the client has, `<epoch>:<version>`; none by default.
    package var resume: String?

    /// Whether the client wants to be told its own rank. Only in messages.
    package var wantsOwnRank = false

    /// All defaults.
    package init() {}

    /// The state in `resume`; nil if it is missing or malformed.
    package var resumePoint: ResumePoint? { resume.flatMap { ResumePoint($0) } }
}
