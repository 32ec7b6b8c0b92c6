extension ScoreboardDelta {
    /// Applies changes by user: users who are not named keep their places.
    ///
    /// - Returns: false if a change does not fit; the list is then unusable.
    func applyByUser(to entries: inout [ScoreboardEntry]) -> Bool {
        guard let (rest, count) = usersNotNamed(in: entries), count <= ServerMessage.entriesMax else { return false }
        var list: [ScoreboardEntry?] = Array(repeating: nil, count: count)
        func put(_ entry: ScoreboardEntry, at place: Int) -> Bool {
            guard list.indices.contains(place), list[place] == nil else { return false }
            list[place] = entry
            return true
        }
        for (place, entry) in rest {
            guard put(entry, at: place) else { return false }
        }
        for change in changes where change.operation != .leave {
            guard let place = change.place, put(change.entry, at: place) else { return false }
        }
        entries = list.compactMap(\.self)
        return entries.count == count
    }

    /// The entries that no change names, with their places, and the length of the new list. Nil if a change names a
    /// user twice, or one that is not where it should be.
    private func usersNotNamed(
        in entries: [ScoreboardEntry]
    ) -> (rest: [(place: Int, entry: ScoreboardEntry)], count: Int)? {
        guard Set(changes.map { Array($0.userID.utf8) }).count == changes.count else { return nil }
        var rest: [ScoreboardEntry?] = entries
        var count = entries.count
        for change in changes {
            guard let place = change.place else { return nil }
            let stood = rest.firstIndex { $0?.userID.utf8.elementsEqual(change.userID.utf8) == true }
            switch change.operation {
            case .enter:
                guard stood == nil else { return nil }
                count += 1
            case .leave:
                guard stood == place else { return nil }
                count -= 1
            case .score: guard stood == place else { return nil }
            case .move: guard stood != nil else { return nil }
            }
            if let stood { rest[stood] = nil }
        }
        return (rest.enumerated().compactMap { place, entry in entry.map { (place, $0) } }, count)
    }
}

extension ScoreboardDelta.Change {
    /// The index in the list; nil if there is no position, or none that a list can have.
    fileprivate var place: Int? {
        position.flatMap { (1...Int64(ServerMessage.entriesMax)).contains($0) ? Int($0) - 1 : nil }
    }
}
