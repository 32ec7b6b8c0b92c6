import Leaderboard

/// Stores of boards, as a run drives them: all that nodes, administrators and the calendar do. Several nodes share
/// them.
protocol BoardSystem: Sendable {
    /// The time of the store's clock, in ms since 1970.
    func now() async throws -> Int64
    /// Lets about a millisecond of the store's clock go by.
    func pause() async throws
    /// Adds a board, or changes one.
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
    /// All entries of an archived ranking and the checksum over them; nil if it is not archived.
    func archive(
        _ ranking: Ranking, board: Board, window: Window, period: Period
    ) async throws -> (entries: [LeaderboardEntry], checksum: String)?
    /// Brings all events to the ledger. Returns the scores that Postgres then has for a ranking, best first.
    func ledgerScores(_ ranking: Ranking, rules: BoardRules) async throws -> [(userID: String, score: Int64)]
    /// The last top of a window that watchers were sent; nil if they were sent none.
    func lastTop(_ window: BoardWindow) async throws -> Top?
    /// SHA-256 of a text, in lowercase hexadecimal digits.
    func checksum(_ text: String) -> String
}
