/// The difference that one user makes between two tops with shared ranks, for clients that keep the entries by user.
///
/// Unlike the steps of ``TopChange``, the changes of one top can be applied in any order: they say where each user is
/// in the new list, not how it came there.
public struct UserChange: Hashable, Sendable {
    /// The kinds of changes.
    public enum Operation: String, Sendable {
        /// The user is in the new list only.
        case enter
        /// The user's position or rank is another one. The score may be another one, too.
        case move
        /// Only the user's score is another one.
        case score
        /// The user is in the old list only.
        case leave
    }

    /// The kind of change.
    public var operation: Operation
    /// The user.
    @ByteExact public var userID: String
    /// The user's rank in the new list; in the old list if the user leaves.
    public var rank: Int64
    /// The user's score in the new list; in the old list if the user leaves.
    public var score: Int64
    /// The user's place in the new list, from 1; in the old list if the user leaves.
    public var position: Int64

    /// Creates a change.
    public init(_ operation: Operation, userID: String, rank: Int64, score: Int64, position: Int64) {
        self.operation = operation
        self.userID = userID
        self.rank = rank
        self.score = score
        self.position = position
    }
}

extension UserChange {
    /// Returns the changes from the entries `old` to `new`: users who leave first, in the old order, then the others in
    /// the new order. Each user whose rank, score or position differs appears once.
    ///
    /// - Returns: nil if a user appears twice in one of the lists.
    public static func changes(
        from old: some Collection<LeaderboardEntry>, to new: some Collection<LeaderboardEntry>
    ) -> [UserChange]? {
        guard let before = places(of: old), let after = places(of: new) else { return nil }
        var changes: [UserChange] = []
        for (index, entry) in old.enumerated() where after[ByteExact(entry.userID)] == nil {
            changes.append(UserChange(.leave, entry, position: Int64(index) + 1))
        }
        for (index, entry) in new.enumerated() {
            let position = Int64(index) + 1
            guard let was = before[ByteExact(entry.userID)] else {
                changes.append(UserChange(.enter, entry, position: position))
                continue
            }
            if was.position != position || was.entry.rank != entry.rank {
                changes.append(UserChange(.move, entry, position: position))
            } else if was.entry.score != entry.score {
                changes.append(UserChange(.score, entry, position: position))
            }
        }
        return changes
    }

    private init(_ operation: Operation, _ entry: LeaderboardEntry, position: Int64) {
        self.init(operation, userID: entry.userID, rank: entry.rank, score: entry.score, position: position)
    }

    private static func places(
        of entries: some Collection<LeaderboardEntry>
    ) -> [ByteExact: (entry: LeaderboardEntry, position: Int64)]? {
        var places: [ByteExact: (entry: LeaderboardEntry, position: Int64)] = [:]
        places.reserveCapacity(entries.count)
        for (index, entry) in entries.enumerated() {
            let place = (entry, Int64(index) + 1)
            guard places.updateValue(place, forKey: ByteExact(entry.userID)) == nil else { return nil }
        }
        return places
    }
}
