import PostgresClient

/// Locks of the transactions that change what is kept for players.
///
/// Followers of several partitions may meet the same user. They take the locks of their users in one order, so none of
/// them reads counts that another is about to change, and none waits for another in a circle. The sweep of badges keeps
/// all of them out: a follower has either committed before it, or reads the rules after it.
enum PlayLocks {
    /// The first key of the locks.
    private static let lockClass = 1_347_174_745
    /// Users share this many locks.
    private static let buckets: UInt64 = 64
    private static let sweep = -1
    private static let badges = -2

    /// Locks users against other followers.
    static func lock(_ users: some Sequence<String>, on connection: PostgresConnection) throws {
        try connection.query("SELECT pg_advisory_xact_lock_shared(\(lockClass), \(sweep))")
        for bucket in Set(users.map(bucket)).sorted() {
            try connection.query("SELECT pg_advisory_xact_lock(\(lockClass), \(bucket))")
        }
    }

    /// Locks all users against followers.
    static func lockAll(on connection: PostgresConnection) throws {
        try connection.query("SELECT pg_advisory_xact_lock(\(lockClass), \(sweep))")
    }

    /// Locks the list of badges, so that their revisions are committed in their order.
    static func lockBadges(on connection: PostgresConnection) throws {
        try connection.query("SELECT pg_advisory_xact_lock(\(lockClass), \(badges))")
    }

    /// FNV-1a.
    private static func bucket(_ user: String) -> UInt64 {
        user.utf8.reduce(14_695_981_039_346_656_037) { ($0 ^ UInt64($1)) &* 1_099_511_628_211 } % buckets
    }
}
