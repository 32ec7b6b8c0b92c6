extension LoadReport {
    /// The report for people: figures, proofs, thresholds, and the verdict as the last line.
    public var text: String {
        var lines = [heading]
        if run.scenario.updates.rate > 0 { lines += ["", "Updates"] + updateLines }
        if run.scenario.watchers.count > 0 { lines += ["", "Watchers"] + watcherLines }
        lines += ["", "Proofs"] + proofs.flatMap { self.lines(for: $0) }
        if !thresholds.isEmpty { lines += ["", "Thresholds"] + thresholds.flatMap { self.lines(for: $0) } }
        if let comparison { lines += comparison.lines }
        lines += ["", verdict]
        return lines.joined(separator: "\n")
    }

    private var heading: String {
        let scenario = run.scenario
        let seconds = Figure.tenths(run.trafficTime / .seconds(1))
        return "\(scenario.name): \(seconds) s on board \(scenario.board), seed \(scenario.seed), "
            + "users \(run.prefix)…\n  updates to \(run.nodes.joined(separator: " "))\n  watchers at "
            + run.watchNodes.joined(separator: " ")
    }

    // MARK: Figures

    private var updateLines: [String] {
        let settings = run.scenario.updates
        var lines = [
            Self.line(
                "sent", "\(updates.sent)",
                "\(Figure.plain(settings.rate))/s wanted, of \(settings.users) users over \(settings.connections) "
                    + "connections"),
            Self.line("accepted", "\(updates.accepted)", "\(Figure.tenths(acceptedPerSecond))/s"),
            Self.line(
                "failed", "\(updates.refused + updates.unknown + updates.unsent)",
                "\(Figure.percent(updates.errorShare)): \(updates.refused) refused, \(updates.unknown) unknown, "
                    + "\(updates.unsent) not sent"),
            Self.line("sent again", "\(updates.retries)", "with the same action id, to learn the outcome"),
            Self.percentiles("latency", updates.latency, "from the time a request was due"),
        ]
        lines += Self.lines(of: updates.errors) { Hint.of(error: $0, clocks: run.clocks) }
        if updates.late > 0, !isHarnessLate {
            lines.append(
                Self.line(
                    "sent late", "\(updates.late)",
                    "by up to \(Figure.milliseconds(updates.latenessMax)) ms, which latency counts"))
        } else if isHarnessLate {
            lines.append(
                "  The harness could not keep up: \(updates.late) requests went out late, by up to "
                    + "\(Figure.milliseconds(updates.latenessMax)) ms, which latency counts.")
            lines.append(Self.hint(latenessHint))
        }
        return lines
    }

    private var watcherLines: [String] {
        let settings = run.scenario.watchers
        let frames = ScoreboardFrames(watching)
        var lines = [
            Self.line("watchers", "\(settings.count)", "mode \(settings.mode.rawValue), top \(settings.limit)"),
            Self.line(
                "messages", "\(frames.all)",
                "\(frames.snapshots) snapshots, \(frames.updates) whole tops, \(frames.deltas) deltas, "
                    + "\(watching.bytes) bytes"),
            Self.line("reconnects", "\(watching.reconnects)", ""),
            Self.percentiles("staleness", watching.staleness, "from the commit; assumes that the clocks agree"),
            Self.percentiles("first to last", skew, "of versions that all watchers got"),
            Self.line(
                "converged", converge.map { Figure.tenths($0 / .milliseconds(1)) + " ms" } ?? "never",
                "after the end of the traffic"),
        ]
        if watching.stales + watching.currents > 0 {
            lines.append(
                Self.line(
                    "told stale", "\(watching.stales)",
                    "times that a gateway received no changes; \(watching.currents) times that it did again"))
        }
        lines += Self.lines(of: watching.losses, hint: Hint.of(loss:))
        if watching.staleness.belowZero > 0 {
            lines.append(
                "  The clocks do not agree: \(watching.staleness.belowZero) messages came before their commit. Set "
                    + "them (NTP).")
        }
        return lines
    }

    // MARK: Verdicts

    private func lines(for proof: Proof) -> [String] {
        var lines = ["  \(proof.holds ? "proved" : "FAILED")  \(proof.statement) (\(proof.basis))"]
        lines += proof.differences.first.map { "            \($0)" }
        let more = proof.differences.count - proof.differences.first.count
        if more > 0 { lines.append("            and \(more) more") }
        if !proof.holds, let hint = proofHint(proof) { lines.append(Self.hint(hint)) }
        return lines
    }

    private func lines(for threshold: Threshold) -> [String] {
        [Self.line(threshold)] + (threshold.isMet ? [] : [Self.hint(thresholdHint(threshold))])
    }

    /// Ten codes at most, the most frequent first, each with advice.
    private static func lines(of counts: CodeCounts, hint: (String) -> String?) -> [String] {
        counts.sorted.prefix(10).flatMap { name, count in
            [line("", "\(count)", name)] + (hint(name).map { [Self.hint($0)] } ?? [])
        }
    }

    private static func hint(_ text: String) -> String { "            → \(text)" }

    private static func line(_ threshold: Threshold) -> String {
        let found = threshold.found.map(Figure.plain) ?? "nothing measured"
        let words = threshold.measure.isAtLeast ? "at least" : "at most"
        return "  \(threshold.isMet ? "met   " : "MISSED")  \(threshold.measure.rawValue.padded(to: 22))\(found), "
            + "\(words) \(Figure.plain(threshold.limit))"
    }

    private static func line(_ name: String, _ value: String, _ note: String) -> String {
        let line = "  " + name.padded(to: 16) + value.padded(to: 10) + note
        return line.trimmed
    }

    private static func percentiles(_ name: String, _ values: Distribution, _ note: String) -> String {
        guard values.count > 0 else { return line(name, "-", "nothing measured") }
        let shares: [(String, Double)] = [("p50", 0.5), ("p90", 0.9), ("p99", 0.99), ("p99.9", 0.999), ("max", 1)]
        let texts = shares.map { "\($0.0) \(Figure.milliseconds(values.percentile($0.1)))" }
        return "  " + name.padded(to: 16) + texts.joined(separator: "  ") + " ms  (\(note))"
    }
}

extension Comparison {
    /// For people: a line for each figure.
    var lines: [String] {
        let width = (rows.map(\.name.count).max() ?? 0) + 2
        var lines = ["", "Compared with \(path)"]
        lines += settings.map { "  other settings: \($0)" }
        lines += rows.map { row in
            let ratio = row.ratio.map { "×\(Figure.hundredths($0))" } ?? ""
            let verdict = row.isWorse ? "  WORSE" : row.isBetter ? "  better" : ""
            return "  \(row.name.padded(to: width))"
                + "\(Self.text(row.before).padded(to: 12))→ \(Self.text(row.now).padded(to: 12))"
                + ratio.padded(to: 8) + verdict
        }.map { $0.trimmed }
        lines.append(
            "  \(worse.count) of \(rows.count) figures worse by more than \(Figure.plain(tolerance * 100)) %")
        return lines
    }

    /// A figure, or the words for a missing one.
    static func text(_ value: Double?) -> String { value.map(Figure.plain) ?? "-" }
}

extension String {
    /// The text without spaces at the end.
    fileprivate var trimmed: String { String(reversed().drop { $0 == " " }.reversed()) }

    fileprivate func padded(to width: Int) -> String {
        self + String(repeating: " ", count: max(width - count, 1))
    }
}
