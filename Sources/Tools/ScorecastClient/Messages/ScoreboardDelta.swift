/// The changes between two versions of a top, as steps on a list of entries.
package struct ScoreboardDelta: Sendable, Equatable {
    /// One step. Ranks are places in the list as it is at that step, from 1.
    package struct Change: Sendable, Equatable {
        /// The kind of a step.
        package enum Operation: Sendable {
            /// Removes the user, who is at `rank`.
            case leave
            /// Inserts the user at `rank`; the entries from there on go down by one.
            case enter
            /// Removes the user and inserts it again at `rank`, with `score`.
            case move
            /// Gives the user, who stays at `rank`, another score.
            case score
        }

        /// The kind of the step.
        package var operation: Operation
        /// The user.
        package var userID: String
        /// The rank: right before the step for `leave`, else right after it.
        package var rank: Int64
        /// The score: before the step for `leave`, else after it.
        package var score: Int64

        /// A step.
        package init(_ operation: Operation, userID: String, rank: Int64, score: Int64) {
            self.operation = operation
            self.userID = userID
            self.rank = rank
            self.score = score
        }

        /// Whether all members are equal, ids byte by byte.
        package static func == (left: Change, right: Change) -> Bool {
            left.operation == right.operation && left.rank == right.rank && left.score == right.score
                && left.userID.utf8.elementsEqual(right.userID.utf8)
        }
    }

    /// The epoch.
    package var epoch: String
    /// The version that the steps start from.
    package var from: Int64
    /// The version that they lead to.
    package var version: Int64
    /// When the last of the changes was made, in milliseconds since 1970.
    package var at: Int64
    /// The steps, to be applied in order.
    package var changes: [Change]

    /// A delta.
    package init(epoch: String, from: Int64, version: Int64, at: Int64, changes: [Change]) {
        self.epoch = epoch
        self.from = from
        self.version = version
        self.at = at
        self.changes = changes
    }

    /// Whether this starts from that state.
    func fits(_ state: ScoreboardState) -> Bool {
        epoch == state.epoch && from == state.version && version > from
    }

    /// Applies all steps, and gives each entry its place as rank.
    ///
    /// - Returns: false if a step does not fit; the list is then unusable.
    func apply(to entries: inout [ScoreboardEntry]) -> Bool {
        // Places cannot express shared ranks: such boards send snapshots, and a delta on one is a mistake.
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
        let entry = ScoreboardEntry(rank: change.rank, userID: change.userID, score: change.score)
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
