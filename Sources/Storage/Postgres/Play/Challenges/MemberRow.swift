import Play
import PostgresClient

/// Rows of `challenge_members`.
enum MemberRow {
    /// Makes a user a member in the transaction of the caller, if the challenge has room. The row of the challenge is
    /// locked then, so that no two users are both the last one who fits.
    ///
    /// - Returns: whether the user is new; or why the user cannot join.
    static func join(
        _ id: String, as userID: String, mayGenerate: Bool, on connection: PostgresConnection
    ) throws -> ChallengeActOutcome {
        let key: [PostgresValue] = [.text(id), .text(userID)]
        let found = try connection.query(
            """
            SELECT status = 'generating' AS is_generating, EXISTS (
                SELECT FROM challenge_members WHERE challenge_id = $1 AND user_id = $2) AS is_member
            FROM challenges WHERE challenge_id = $1
            """, key
        ).first
        guard let found else { return .unknown }
        if try !mayGenerate && found.bool("is_generating") { return .generating }
        if try found.bool("is_member") { return .done(isNew: false) }
        let locked = try connection.query(
            "SELECT 1 FROM challenges WHERE challenge_id = $1 FOR NO KEY UPDATE", [.text(id)])
        guard !locked.rows.isEmpty else { return .unknown }
        let members = try connection.query(
            "SELECT count(*) AS members FROM challenge_members WHERE challenge_id = $1", [.text(id)]
        ).first?.int("members")
        guard let members, members < Challenge.membersMax else { return .tooMany }
        let added = try connection.execute(
            "INSERT INTO challenge_members (challenge_id, user_id) VALUES ($1, $2) ON CONFLICT DO NOTHING", key)
        return .done(isNew: added > 0)
    }
}
