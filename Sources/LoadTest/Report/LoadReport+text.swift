extension LoadReport {
    /// The report for people: figures, proofs, thresholds, and the verdict as the last line.
    public var text: String {
        var lines = [heading]
        if run.scenario.updates.rate > 0 { lines += ["", "Updates"] + updateLines }
        if run.scenario.watchers.count > 0 { lines += ["", "Watchers"] + watcherLines }
        lines += ["", "Proofs"] + proofs.flatMap(Self.lines)
        if !thresholds.isEmpty { lines += ["", "Thresholds"] + thresholds.map(Self.line) }
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
        for (name, count) in updates.errors.sorted(by: { ($1.value, $0.key) < ($0.value, $1.key) }).prefix(10) {
            lines.append(Self.line("", "\(count)", name))
        }
        if updates.late > 0 {
            lines.append(
                "  The harness could not keep up: \(updates.late) requests went out late, by up to "
                    + "\(Figure.milliseconds(updates.latenessMax)) ms. All \(settings.connections) connections were busy; "
                    + "latency counts that.")
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
        for (name, count) in watching.losses.sorted(by: { ($1.value, $0.key) < ($0.value, $1.key) }).prefix(10) {
            lines.append(Self.line("", "\(count)", name))
        }
        if watching.staleness.belowZero > 0 {
            lines.append(
                "  The clocks do not agree: \(watching.staleness.belowZero) messages came before their commit.")
        }
        return lines
    }

    // MARK: Verdicts

    private static func lines(_ proof: Proof) -> [String] {
        var lines = ["  \(proof.holds ? "proved" : "FAILED")  \(proof.statement) (\(proof.basis))"]
        lines += proof.differences.first.map { "            \($0)" }
        let more = proof.differences.count - proof.differences.first.count
        if more > 0 { lines.append("            and \(more) more") }
        return lines
    }

    private static func line(_ threshold: Threshold) -> String {
        let found = threshold.found.map(Figure.plain) ?? "nothing measured"
        let words = threshold.measure.isAtLeast ? "at least" : "at most"
        return "  \(threshold.isMet ? "met   " : "MISSED")  \(threshold.measure.rawValue.padded(to: 22))\(found), "
            + "\(words) \(Figure.plain(threshold.limit))"
    }

    private static func line(_ name: String, _ value: String, _ note: String) -> String {
        let line = "  " + name.padded(to: 16) + value.padded(to: 10) + note
        return String(line.reversed().drop { $0 == " " }.reversed())
    }

    private static func percentiles(_ name: String, _ values: Distribution, _ note: String) -> String {
        guard values.count > 0 else { return line(name, "-", "nothing measured") }
        let shares: [(String, Double)] = [("p50", 0.5), ("p90", 0.9), ("p99", 0.99), ("p99.9", 0.999), ("max", 1)]
        let texts = shares.map { "\($0.0) \(Figure.milliseconds(values.percentile($0.1)))" }
        return "  " + name.padded(to: 16) + texts.joined(separator: "  ") + " ms  (\(note))"
    }
}

extension String {
    fileprivate func padded(to width: Int) -> String {
        self + String(repeating: " ", count: max(width - count, 1))
    }
}
