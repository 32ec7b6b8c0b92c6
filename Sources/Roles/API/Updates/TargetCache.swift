import Leaderboard

/// The rankings on which updates count, by the boards of their action, so that updates with the same targets share one
/// object. The store applies such updates in one call.
///
/// For one event loop; not thread-safe.
package final class TargetCache {
    private struct Entry {
        let calendars: [BoardCalendar]
        /// The last one is the newest.
        var targets: [UpdateTargets] = []
    }

    /// Lists of boards that are remembered at once: more than a usual catalogue has.
    private static let entriesMax = 1024
    /// Targets that are remembered for one list of boards. Around the end of a period, actions of the old period and of
    /// the new one are mixed.
    private static let targetsMax = 4

    private var entries: [[String]: Entry] = [:]
    private var revision: Int64?

    /// An empty cache.
    package init() {}

    /// The rankings on which an action counts; nil if a board is missing.
    ///
    /// - Parameters:
    ///   - ids: the action's boards, in their order.
    ///   - catalogue: the current catalogue. The cache is emptied when its revision changes.
    ///   - issuedAt: when the action id was issued, in ms since 1970.
    package func targets(of ids: [String], in catalogue: Catalogue, issuedAt: Int64) -> UpdateTargets? {
        if revision != catalogue.revision {
            entries = [:]
            revision = catalogue.revision
        }
        if let known = entries[ids]?.targets.last(where: { $0.validity.contains(issuedAt) }) { return known }
        guard var entry = entries[ids] ?? Self.entry(of: ids, in: catalogue) else { return nil }
        let targets = UpdateTargets(of: entry.calendars, issuedAt: issuedAt)
        if entry.targets.count == Self.targetsMax { entry.targets.removeFirst() }
        entry.targets.append(targets)
        if entries.count >= Self.entriesMax, entries[ids] == nil { entries = [:] }
        entries[ids] = entry
        return targets
    }

    /// Forgets everything.
    package func empty() { entries = [:] }

    private static func entry(of ids: [String], in catalogue: Catalogue) -> Entry? {
        let boards = ids.compactMap { catalogue.boards[$0] }
        guard !boards.isEmpty, boards.count == ids.count else { return nil }
        return Entry(calendars: boards.map { BoardCalendar($0) })
    }
}
