// Leaderboard: the domain of Scorecast. It holds boards, actions, rankings, score updates, the events of the ledger,
// and the ports through which the roles use the stores.
//
// It is pure: it imports no store, no network and no clock. Implementations of the ports are in `Storage`; decisions
// about requests and connections are in the roles.
//
// Start with `Boards/Ranking.swift` and `Boards/Board.swift` for the words, continue with `Updates/ScoreUpdate.swift`
// for what a user can change, and read `Ports/` for what a store has to do.
