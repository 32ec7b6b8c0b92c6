/// One step from a top to a later one, for clients that keep the entries as a list, best first.
///
/// The steps of one change are applied in order. The list is a valid top only after the last one.
public struct TopChange: Hashable, Sendable {
    /// The kinds of steps.
    public enum Operation: String, Sendable {
        /// Removes the user.
        case leave
        /// Inserts the user at `rank`. The entries from there on move down by one.
        case enter
        /// Removes the user and inserts it again at `rank`, with `score`.
        case move
        /// Gives the user another score. The user stays at `rank`.
        case score
    }

    /// The kind of step.
    public var operation: Operation
    /// The user.
    @ByteExact public var userID: String
    /// The user's place in the list, from 1: after the step, or before it if the user leaves.
    public var rank: Int64
    /// The user's score: after the step, or before it if the user leaves.
    public var score: Int64

    /// Creates a step.
    public init(_ operation: Operation, userID: String, rank: Int64, score: Int64) {
        self.operation = operation
        self.userID = userID
        self.rank = rank
        self.score = score
    }
}

extension TopChange {
    /// Returns the steps that turn the entries `old` into `new`. Users who leave come first, from the last one up. Then
    /// come users who enter or move, from the first one down. Users who keep their place with another score come last.
    ///
    /// The list is minimal: one step for each user, and none for the longest sequence of users whose scores are
    /// unchanged and who did not overtake each other.
    ///
    /// - Returns: nil if places in a list cannot describe the change: if ranks are not 1, 2, 3 and so on (as with
    ///   shared ranks), or if a user appears twice.
    public static func steps(
        from old: some Collection<LeaderboardEntry>, to new: some Collection<LeaderboardEntry>
    ) -> [TopChange]? {
        let (old, new) = (Array(old), Array(new))
        guard let users = SharedUsers(old, new) else { return nil }
        var steps: [TopChange] = []
        for (place, entry) in old.enumerated().reversed() where users.newPlaces[place] == nil {
            steps.append(TopChange(.leave, userID: entry.userID, rank: entry.rank, score: entry.score))
        }
        var list = old.indices.filter { users.newPlaces[$0] != nil }
        let kept = Set(
            heaviestRising(
                list.compactMap { oldPlace in
                    // A user whose score changed costs a step in any case.
                    users.newPlaces[oldPlace].map { ($0, new[$0].score == old[oldPlace].score ? old.count + 1 : 1) }
                }))
        var scores: [TopChange] = []
        var before: Int?
        for (place, entry) in new.enumerated() {
            let user = users.numbers[place]
            if user >= old.count {
                steps.append(insert(.enter, entry, user, after: before, into: &list))
            } else if !kept.contains(place) {
                list.removeAll { $0 == user }
                steps.append(insert(.move, entry, user, after: before, into: &list))
            } else if old[user].score != entry.score {
                scores.append(TopChange(.score, userID: entry.userID, rank: entry.rank, score: entry.score))
            }
            before = user
        }
        return steps + scores
    }

    /// Inserts the user right after the one before it. The final index would be wrong, since users that are not
    /// processed yet may still be in between.
    private static func insert(
        _ operation: Operation, _ entry: LeaderboardEntry, _ user: Int, after before: Int?, into list: inout [Int]
    ) -> TopChange {
        let index = before.flatMap { list.firstIndex(of: $0) }.map { $0 + 1 } ?? 0
        list.insert(user, at: index)
        return TopChange(operation, userID: entry.userID, rank: Int64(index) + 1, score: entry.score)
    }

    /// Maps the users of two tops to numbers. User ids are compared here once; later code compares numbers.
    private struct SharedUsers {
        /// The user at each place of the new top: its place in the old top, or a number past those places if it enters.
        private(set) var numbers: [Int] = []
        /// The place in the new top of each user of the old one; nil for a user who leaves.
        private(set) var newPlaces: [Int?]

        /// Returns nil if a rank is not the entry's place, or if a user appears twice.
        init?(_ old: [LeaderboardEntry], _ new: [LeaderboardEntry]) {
            newPlaces = Array(repeating: nil, count: old.count)
            var known: [ByteExact: Int] = [:]
            known.reserveCapacity(old.count + new.count)
            for (place, entry) in old.enumerated() {
                let earlier = known.updateValue(place, forKey: ByteExact(entry.userID))
                guard entry.rank == Int64(place) + 1, earlier == nil else { return nil }
            }
            numbers.reserveCapacity(new.count)
            for (place, entry) in new.enumerated() {
                guard entry.rank == Int64(place) + 1 else { return nil }
                let user = ByteExact(entry.userID)
                if let oldPlace = known[user], oldPlace < old.count, newPlaces[oldPlace] == nil {
                    newPlaces[oldPlace] = place
                    numbers.append(oldPlace)
                } else {
                    guard known.updateValue(old.count + place, forKey: user) == nil else { return nil }
                    numbers.append(old.count + place)
                }
            }
        }
    }

    /// Returns the heaviest rising subsequence of the places: users who did not overtake each other. Takes quadratic
    /// time, which is negligible for a top of 100.
    private static func heaviestRising(_ places: [(place: Int, weight: Int)]) -> [Int] {
        var best: [(weight: Int, previous: Int?)] = []
        for (index, item) in places.enumerated() {
            let previous = (0..<index).filter { places[$0].place < item.place }.max {
                best[$0].weight < best[$1].weight
            }
            best.append((item.weight + (previous.map { best[$0].weight } ?? 0), previous))
        }
        var row: [Int] = []
        var next = best.indices.max { best[$0].weight < best[$1].weight }
        while let index = next {
            row.append(places[index].place)
            next = best[index].previous
        }
        return row.reversed()
    }
}
