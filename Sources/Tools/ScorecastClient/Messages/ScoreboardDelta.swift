/// The changes between two versions of a top.
///
/// On boards on which every rank is a place in the list, changes are steps on the list, to be applied in order. On
/// boards with shared ranks they have positions, and say where each user is in the new list.
package struct ScoreboardDelta: Sendable, Equatable {
    /// One change. Without a position it is a step, and its rank is a place in the list at that step, from 1.
    package struct Change: Sendable, Equatable {
        /// The kind of a step.
        package enum Operation: Sendable {
            /// Removes the user.
            case leave
            /// Inserts the user; the entries from its place on go down by one.
            case enter
            /// Moves the user to another place or rank, perhaps with another score.
            case move
            /// Gives the user, who stays where it is, another score.
            case score
        }

        /// The kind of the change.
        package var operation: Operation
        /// The user.
        package var userID: String
        /// The rank: before the change for `leave`, else after it.
        package var rank: Int64
        /// The score: before the change for `leave`, else after it.
        package var score: Int64
        /// The place in the new list, from 1, or in the old list for `leave`; nil for a step.
        package var position: Int64?

        /// A change.
        package init(_ operation: Operation, userID: String, rank: Int64, score: Int64, position: Int64? = nil) {
            self.operation = operation
            self.userID = userID
            self.rank = rank
            self.score = score
            self.position = position
        }

        /// The entry of the user after the change.
        var entry: ScoreboardEntry { ScoreboardEntry(rank: rank, userID: userID, score: score) }

        /// Whether all members are equal, ids byte by byte.
        package static func == (left: Change, right: Change) -> Bool {
            left.operation == right.operation && left.rank == right.rank && left.score == right.score
                && left.position == right.position && left.userID.utf8.elementsEqual(right.userID.utf8)
        }
    }

    /// The period; nil from servers of versions that had only one.
    package var period: String?
    /// The epoch.
    package var epoch: String
    /// The version that the changes start from.
    package var from: Int64
    /// The version that they lead to.
    package var version: Int64
    /// When the last of the changes was made, in milliseconds since 1970.
    package var at: Int64
    /// The changes.
    package var changes: [Change]

    /// A delta.
    package init(
        period: String? = nil, epoch: String, from: Int64, version: Int64, at: Int64, changes: [Change]
    ) {
        self.period = period
        self.epoch = epoch
        self.from = from
        self.version = version
        self.at = at
        self.changes = changes
    }

    /// Whether this starts from that state.
    func fits(_ state: ScoreboardState) -> Bool {
        epoch == state.epoch && period ?? state.period == state.period && from == state.version && version > from
    }

    /// Applies all changes.
    ///
    /// - Returns: false if a change does not fit; the list is then unusable.
    func apply(to entries: inout [ScoreboardEntry]) -> Bool {
        if changes.isEmpty { return true }
        return changes.contains { $0.position != nil } ? applyByUser(to: &entries) : applySteps(to: &entries)
    }

    /// Applies steps, and gives each entry its place as rank.
    private func applySteps(to entries: inout [ScoreboardEntry]) -> Bool {
        // Steps cannot express shared ranks, so on a list with some they are a mistake.
        guard entries.indices.allSatisfy({ entries[$0].rank == Int64($0) + 1 }) else { return false }
        for change in changes {
            guard apply(change, to: &entries), entries.count <= ServerMessage.entriesMax else { return false }
        }
        for index in entries.indices { entries[index].rank = Int64(index) + 1 }
        return true
    }

    private func apply(_ change: Change, to entries: inout [ScoreboardEntry]) -> Bool {
        guard (1...Int64(entries.count) + 1).contains(change.rank) else { return false }
        let place = Int(change.rank) - 1
        let entry = change.entry
        let stood = entries.firstIndex { $0.userID.utf8.elementsEqual(change.userID.utf8) }
        switch change.operation {
        case .leave:
            guard stood == place else { return false }
            entries.remove(at: place)
        case .enter:
            guard stood == nil else { return false }
            entries.insert(entry, at: place)
        case .move:
            guard let stood, place < entries.count else { return false }
            entries.remove(at: stood)
            entries.insert(entry, at: place)
        case .score:
            guard stood == place else { return false }
            entries[place].score = change.score
        }
        return true
    }
}
