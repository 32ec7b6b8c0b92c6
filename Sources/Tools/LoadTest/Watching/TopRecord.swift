import ScorecastClient

/// The content of each version of the board, from the first watcher that saw it. All other watchers, of both modes, and
/// the reads over HTTP must have seen the same. Pure.
package struct TopRecord: Sendable {
    private struct Name: Hashable {
        var epoch: EpochName
        var version: Int64
    }

    private struct Seen {
        var entries: [ScoreboardEntry]
        /// The number of watchers that got it as news, and the times of the first and the last one, in microseconds
        /// since 1970.
        var count = 0
        var first = Int64.max
        var last = Int64.min

        mutating func arrive(at time: Int64) {
            count += 1
            first = min(first, time)
            last = max(last, time)
        }
    }

    /// The results of the comparison.
    package struct Findings: Sendable {
        /// Between states of one version.
        package var differences: Differences
        /// The number of watchers' states that were compared with another state.
        package var compared: Int
        /// The number of pages over HTTP that were compared.
        package var pagesCompared: Int
        /// From the first watcher to the last one, in microseconds, of the versions that all of them got.
        package var skew: Distribution

        package init(differences: Differences, compared: Int, pagesCompared: Int, skew: Distribution) {
            self.differences = differences
            self.compared = compared
            self.pagesCompared = pagesCompared
            self.skew = skew
        }
    }

    /// The number of versions that are kept; no watcher lags by more.
    private static let versionsMax = 4096
    private static let pagesMax = 1024

    private let watchers: Int
    private var versions: [Name: Seen] = [:]
    private var order: [Name] = []
    private var pages: [(name: Name, entries: [ScoreboardEntry])] = []
    private var differences = Differences()
    private var skew = Distribution()
    private var compared = 0
    private var pagesCompared = 0

    /// Nothing seen.
    ///
    /// - Parameter watchers: the number of watchers; a version counts for the skew if all of them got it.
    package init(watchers: Int) { self.watchers = watchers }

    /// A watcher shows a state.
    ///
    /// - Parameters:
    ///   - watcher: its name.
    ///   - news: when it arrived, in microseconds since 1970; nil for the first message of a connection.
    package mutating func see(_ state: ScoreboardState, by watcher: String, news: Int64?) {
        let name = Name(epoch: EpochName(state.epoch), version: state.version)
        if versions[name] == nil {
            versions[name] = Seen(entries: state.entries)
            order.append(name)
            if order.count > Self.versionsMax { forget(Self.versionsMax / 2) }
        } else {
            compared += 1
            if let known = versions[name]?.entries, known != state.entries {
                differences.add(
                    "version \(state.version) is \(Self.text(state.entries)) to \(watcher), "
                        + "and was \(Self.text(known)) to another")
            }
        }
        guard let news else { return }
        versions[name]?.arrive(at: news)
    }

    /// A page was read over HTTP; it can have more entries than watchers get.
    package mutating func read(epoch: String, version: Int64, entries: [ScoreboardEntry]) {
        pages.append((Name(epoch: EpochName(epoch), version: version), entries))
        if pages.count > Self.pagesMax { comparePages(Self.pagesMax / 2) }
    }

    /// Compares the rest, and returns the findings.
    package mutating func finish() -> Findings {
        comparePages(pages.count)
        forget(order.count)
        return Findings(differences: differences, compared: compared, pagesCompared: pagesCompared, skew: skew)
    }

    private mutating func comparePages(_ count: Int) {
        for (name, entries) in pages.prefix(count) {
            guard let seen = versions[name]?.entries else { continue }
            pagesCompared += 1
            if seen != Array(entries.prefix(seen.count)) {
                differences.add(
                    "version \(name.version) is \(Self.text(seen)) to watchers, and \(Self.text(entries)) over HTTP")
            }
        }
        pages.removeFirst(count)
    }

    private mutating func forget(_ count: Int) {
        for name in order.prefix(count) {
            guard let seen = versions.removeValue(forKey: name), seen.count == watchers, watchers > 1 else { continue }
            skew.record(seen.last - seen.first)
        }
        order.removeFirst(count)
    }

    static func text(_ entries: [ScoreboardEntry]) -> String {
        let first = entries.prefix(3).map { "\($0.rank). \($0.userID) \($0.score)" }.joined(separator: ", ")
        return entries.isEmpty ? "empty" : entries.count > 3 ? "\(first), … (\(entries.count))" : first
    }
}
