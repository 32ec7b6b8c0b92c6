import Leaderboard

/// What a client said it wants to follow; nil is the default.
package struct RoomRequest: Equatable, Sendable {
    /// The board's id; `global` by default.
    package var board: String?
    /// The window's name; `all` by default.
    package var window: String?
    /// How many entries, 1 to 100; 10 by default. No more than the board's top are sent.
    package var limit: Int?
    /// `full` by default.
    package var mode: String?
    /// The state that the client has, `<epoch>:<version>`; none by default.
    package var resume: String?

    /// All defaults.
    package init() {}

    /// What `resume` says; nil where it is not there, or out of form.
    package var resumePoint: ResumePoint? { resume.flatMap { ResumePoint($0) } }
}
