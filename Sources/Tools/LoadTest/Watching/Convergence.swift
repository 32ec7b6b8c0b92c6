import ScorecastClient

/// Decides whether watchers show the right top. Pure.
package enum Convergence {
    /// The top of the board, as read over HTTP.
    package struct Top: Sendable {
        package var epoch: String
        package var version: Int64
        /// At least as many entries as watchers get.
        package var entries: [ScoreboardEntry]

        package init(epoch: String, version: Int64, entries: [ScoreboardEntry]) {
            self.epoch = epoch
            self.version = version
            self.entries = entries
        }
    }

    /// The watchers that show neither this top nor a newer one. A newer one is right if others still change the board:
    /// it came after the read. Another proof checks its content.
    ///
    /// - Parameters:
    ///   - watchers: all of them, after the top was read.
    ///   - before: the same watchers, before it was read; none of them can have been ahead of it.
    ///   - top: the top of the board.
    ///   - limit: the number of entries that the watchers asked for. A board can send fewer, but it sends the same
    ///     number to all of them.
    package static func differences(
        of watchers: [WatcherState], before: [WatcherState] = [], from top: Top, limit: Int
    ) -> Differences {
        var differences = Differences()
        let most = watchers.map { $0.shown?.entries.count ?? 0 }.max() ?? 0
        let must = Array(top.entries.prefix(min(most, limit)))
        for (number, watcher) in watchers.enumerated() {
            guard let shown = watcher.shown else {
                differences.add("watcher \(number) shows nothing\(watcher.refusal.map { ": \($0)" } ?? "")")
                continue
            }
            if before.indices.contains(number), let early = before[number].shown, isSame(early.epoch, top.epoch),
                early.version > top.version
            {
                differences.add(
                    "watcher \(number) shows version \(early.version), and the board has \(top.version) only")
            } else if !isCurrent(shown, must, top) {
                differences.add(
                    "watcher \(number) shows \(TopRecord.text(shown.entries)), and the board is "
                        + TopRecord.text(must.isEmpty ? top.entries : must))
            }
        }
        return differences
    }

    private static func isCurrent(_ shown: ScoreboardState, _ must: [ScoreboardEntry], _ top: Top) -> Bool {
        guard isSame(shown.epoch, top.epoch) else { return false }
        if shown.version > top.version { return true }
        return shown.entries == must && (!must.isEmpty || top.entries.isEmpty)
    }

    /// Byte by byte.
    private static func isSame(_ left: String, _ right: String) -> Bool { left.utf8.elementsEqual(right.utf8) }
}
