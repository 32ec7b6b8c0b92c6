import Leaderboard

/// Decodes tops as the scripts write them.
package enum TopCodec {
    /// The length of the tie key, which precedes the user id in a member.
    static let tieKeyLength = 16

    /// Returns a published top, or nil if it is malformed. The text holds epoch, version, time in ms, and then member
    /// and score in turn, each on a line of its own.
    package static func decodePublished(_ text: some StringProtocol) -> Top? {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        guard lines.count >= 3, lines.count % 2 == 1, let version = Int64(lines[1]), let at = Int64(lines[2]) else {
            return nil
        }
        guard let entries = entries(lines.dropFirst(3).map { String($0) }, firstRank: 1) else { return nil }
        return Top(epoch: String(lines[0]), version: version, at: at, entries: entries)
    }

    /// Returns the entries of a list with member and score in turn, or nil if it is malformed.
    static func entries(_ list: [String], firstRank: Int64) -> [LeaderboardEntry]? {
        guard list.count.isMultiple(of: 2) else { return nil }
        var entries: [LeaderboardEntry] = []
        entries.reserveCapacity(list.count / 2)
        for index in stride(from: 0, to: list.count, by: 2) {
            guard let score = Int64(list[index + 1]), let user = user(ofMember: list[index]) else { return nil }
            entries.append(LeaderboardEntry(rank: firstRank + Int64(entries.count), userID: user, score: score))
        }
        return entries
    }

    static func user(ofMember member: String) -> String? {
        let bytes = member.utf8
        guard bytes.count > tieKeyLength else { return nil }
        return String(Substring(bytes.dropFirst(tieKeyLength)))
    }
}
