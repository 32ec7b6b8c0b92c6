/// One step from a top to a later one, for whoever keeps the entries as a list, best first.
///
/// The steps of one change are applied in order; only after the last one the list is a top again.
public struct TopChange: Hashable, Sendable {
    /// What the step does.
    public enum Operation: String, Sendable {
        /// Removes the user.
        case leave
        /// Inserts the user at `rank`; those from there on go down by one.
        case enter
        /// Removes the user and inserts it again at `rank`, with `score`.
        case move
        /// Gives the user, who stays at `rank`, another score.
        case score
    }

    /// What the step does.
    public var operation: Operation
    /// The user.
    @ByteExact public var userID: String
    /// The user's place in the list, from 1: right after the step, or for `leave` right before it.
    public var rank: Int64
    /// The user's score: after the step, or for `leave` before it.
    public var score: Int64

    /// A step.
    public init(_ operation: Operation, userID: String, rank: Int64, score: Int64) {
        self.operation = operation
        self.userID = userID
        self.rank = rank
        self.score = score
    }
}

extension TopChange {
    /// The steps that make the entries `old` into `new`: first those who leave, from the last one up; then those who
    /// enter or move, from the first one down; then those who stay where they are with another score. There are as few
    /// as can be: one for each user, but none for a longest row of users who have their scores still and did not
    /// overtake each other.
    ///
    /// - Returns: nil where places in a list cannot tell it: where ranks are not 1, 2, 3 and so on, as with ranks that
    ///   are shared, or where a user appears twice.
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
                    // One whose score changed costs a step in any case.
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

    /// Who was not looked at yet may still stand between those who were; so a user goes behind the one before it.
    private static func insert(
        _ operation: Operation, _ entry: LeaderboardEntry, _ user: Int, after before: Int?, into list: inout [Int]
    ) -> TopChange {
        let index = before.flatMap { list.firstIndex(of: $0) }.map { $0 + 1 } ?? 0
        list.insert(user, at: index)
        return TopChange(operation, userID: entry.userID, rank: Int64(index) + 1, score: entry.score)
    }

    /// Who is who in two tops: users are compared here once, and go by numbers from then on.
    private struct SharedUsers {
        /// The user at each place of the new top: its place in the old one, or a number past those for one who enters.
        private(set) var numbers: [Int] = []
        /// The place in the new top of each user of the old one; nil for one who leaves.
        private(set) var newPlaces: [Int?]

        /// Fails where a rank is not the place, or a user has two.
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

    /// The places, rising, of the heaviest row of them in which nobody overtook anybody. Quadratic, which for a top of
    /// 100 is nothing.
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
