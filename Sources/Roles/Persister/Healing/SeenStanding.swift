import Leaderboard

/// The ranking and the user of a standing that was read.
package struct SeenStanding: Hashable, Sendable {
    private let ranking: Ranking
    private let user: ByteExact

    package init(_ standing: Standing) {
        ranking = standing.ranking
        user = ByteExact(standing.userID)
    }
}
