import Leaderboard

/// Stores of boards, as a run drives them: all that nodes, administrators and the calendar do. Several nodes share
/// them.
protocol BoardSystem: Sendable {
    /// Sets the clock of the stores, in ms since 1970.
    func set(_ time: Int64) async throws
    /// Sets how far the clock of a node is ahead of the clock of the stores, in ms.
    func skew(_ node: Int, by milliseconds: Int64) async
    /// Adds a board, or changes one. Watchers are told if its top has another size.
    ///
    /// - Parameter emptying: whether it gets another form, which empties it.
    /// - Returns: the board with its generation.
    func put(_ board: Board, emptying: Bool) async throws -> Board
    /// Applies updates by a node, in this order. The node sends them together, so that they may share a script call.
    func apply(_ updates: [ScoreUpdate], node: Int) async throws -> [ApplyOutcome]
    /// Answers a question about a period that is not archived.
    func read(
        _ question: RankingQuestion, board: Board, window: Window, period: ReadPeriod
    ) async throws -> RankingAnswer
    /// Empties the current periods of windows.
    func reset(_ board: Board, windows: [Window]) async throws
    /// Deletes a user's scores in the current periods.
    func deleteUser(_ userID: String, of board: Board) async throws -> Bool
    /// Makes a period the current one.
    func turn(_ board: Board, window: Window, to period: Period) async throws
    /// Seals the rankings that are due, brings all events to the ledger, and archives what was sealed.
    ///
    /// - Returns: the rankings that were sealed, also those without entries.
    func sealDue() async throws -> [Ranking]
    /// Answers a question about an archived ranking; nil if it is not archived.
    func archived(
        _ question: RankingQuestion, _ ranking: Ranking, board: Board, window: Window, period: Period
    ) async throws -> RankingAnswer?
    /// The checksum of an archived ranking; nil if it is not archived.
    func checksum(ofArchive ranking: Ranking) async throws -> String?
    /// Brings all events to the ledger. Returns the scores that Postgres then has for all rankings that are not
    /// archived.
    func ledgerScores() async throws -> [Ranking: [LedgerScore]]
    /// The last tops that watchers were sent, after all that has been published until now has reached them.
    func lastTops() async throws -> [BoardWindow: Top]
    /// SHA-256 of a text, in lowercase hexadecimal digits.
    func checksum(_ text: String) -> String
}

/// A score in the ledger.
struct LedgerScore: Hashable, Sendable {
    @ByteExact var userID: String
    var score: Int64
    /// The number of the event with which it was reached, which orders equal scores.
    var reached: Int64
}
