import Leaderboard

/// Decodes tops as the scripts write them.
package enum TopCodec {
    /// The length of the tie key, which precedes the user id in a member.
    static let tieKeyLength = 16

    /// Returns a published top, or nil if it is malformed. The text holds epoch, version, time in ms, period, and then
    /// member and value in turn, each on a line of its own.
    ///
    /// - Parameter rules: the rules of the board, by which values are scores, and ranks are given.
    package static func decodePublished(_ text: some StringProtocol, rules: BoardRules) -> Top? {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        guard lines.count >= 4, lines.count.isMultiple(of: 2), let version = Int64(lines[1]),
            let at = Int64(lines[2]), !lines[3].isEmpty
        else { return nil }
        var ranks = RankCounter(ties: rules.ties)
        var entries: [LeaderboardEntry] = []
        entries.reserveCapacity(lines.count / 2 - 2)
        for index in stride(from: 4, to: lines.count, by: 2) {
            guard let value = Int64(lines[index + 1]), let user = user(ofMember: String(lines[index])) else {
                return nil
            }
            let score = rules.order.score(ofValue: value)
            entries.append(LeaderboardEntry(rank: ranks.next(score: score), userID: user, score: score))
        }
        return Top(epoch: String(lines[0]), version: version, at: at, period: String(lines[3]), entries: entries)
    }

    static func user(ofMember member: String) -> String? {
        let bytes = member.utf8
        guard bytes.count > tieKeyLength else { return nil }
        return String(Substring(bytes.dropFirst(tieKeyLength)))
    }
}
