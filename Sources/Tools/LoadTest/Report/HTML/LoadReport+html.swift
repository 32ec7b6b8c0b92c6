import Foundation

extension LoadReport {
    /// The report for people to keep and to send: one HTML file that needs nothing else, without any script.
    public var html: [UInt8] {
        let title = "\(run.scenario.name): \(verdict)"
        let charts = TimeCharts(self).all + PercentileCharts(report: self).all
        var body = head
        body += section("Proofs", proofList) + section("Thresholds", thresholdTable)
        body += section("Figures", cards) + section("What to look at", failureTable)
        body += section(comparison.map { "Compared with \($0.path)" } ?? "", comparisonTable)
        body += section(
            "Plots",
            charts.isEmpty
                ? "" : "<div class=\"charts\">\(charts.enumerated().map { $1.html(id: "c\($0)") }.joined())</div>")
        return Array(
            """
            <!doctype html>
            <html lang="en"><head><meta charset="utf-8">
            <meta name="viewport" content="width=device-width,initial-scale=1">
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
            <meta name="color-scheme" content="light dark"><title>\(HTML.text(title))</title>
            <style>
            \(ReportStyle.sheet)
            </style></head><body><main>
            \(body)<footer><p class="muted">Made by scorecast load. Latency counts from the time a request was due, and
            staleness from the commit in Redis to the message's arrival at a watcher.</p></footer>
            </main></body></html>

            """.utf8)
    }

    private func section(_ title: String, _ body: String) -> String {
        body.isEmpty ? "" : "<section><h2>\(HTML.text(title))</h2>\n\(body)</section>\n"
    }

    // MARK: Verdict

    private var head: String {
        let scenario = run.scenario
        let date = Date(timeIntervalSince1970: Double(run.startedAt) / 1000)
        let facts: [(String, String)] = [
            ("When", "\(Self.text(date)), \(Figure.tenths(run.trafficTime / .seconds(1))) s of traffic"),
            ("Board", "\(scenario.board), users \(run.prefix)…, seed \(scenario.seed)"),
            (
                "Updates",
                scenario.updates.rate > 0
                    ? "\(Figure.plain(scenario.updates.rate))/s wanted, of \(scenario.updates.users) users over "
                        + "\(scenario.updates.connections) connections, to \(run.nodes.joined(separator: ", "))"
                    : "none"
            ),
            (
                "Watchers",
                scenario.watchers.count > 0
                    ? "\(scenario.watchers.count), mode \(scenario.watchers.mode.rawValue), top "
                        + "\(scenario.watchers.limit), at \(run.watchNodes.joined(separator: ", "))" : "none"
            ),
        ]
        let list = facts.map { "<dt>\($0.0)</dt><dd>\(HTML.text($0.1))</dd>" }.joined()
        let words = passed ? "Passed: all proofs hold, all thresholds are met" : verdict
        return """
            <header><h1>\(HTML.text(scenario.name))</h1>
            <p class="verdict \(passed ? "good" : "bad")">\(HTML.text(words))</p>
            <dl class="facts">\(list)</dl></header>

            """
    }

    private static func text(_ date: Date) -> String {
        let style = Date.ISO8601FormatStyle(dateTimeSeparator: .space, timeZone: .gmt)
        return date.formatted(style).replacingOccurrences(of: "Z", with: " UTC")
    }

    private var proofList: String {
        let items = proofs.map { proof in
            var html = "<li>\(HTML.badge(proof.holds ? "proved" : "FAILED", isGood: proof.holds)) "
            html += "\(HTML.text(proof.statement)) <span class=\"muted\">(\(HTML.text(proof.basis)))</span>"
            if !proof.differences.first.isEmpty {
                html += "<ul>" + proof.differences.first.map { "<li>\(HTML.text($0))</li>" }.joined() + "</ul>"
                let more = proof.differences.count - proof.differences.first.count
                if more > 0 { html += "<p>and \(more) more</p>" }
            }
            return html + HTML.hint(proof.holds ? nil : proofHint(proof)) + "</li>"
        }
        return items.isEmpty ? "" : "<ul class=\"proofs\">\(items.joined(separator: "\n"))</ul>\n"
    }

    private var thresholdTable: String {
        guard !thresholds.isEmpty else { return "" }
        let rows = thresholds.map { threshold in
            [
                "\(HTML.text(threshold.measure.rawValue))",
                "\(threshold.measure.isAtLeast ? "at least" : "at most") \(Figure.plain(threshold.limit))",
                threshold.found.map(Figure.plain) ?? "nothing measured",
                HTML.badge(threshold.isMet ? "met" : "MISSED", isGood: threshold.isMet),
            ]
        }
        let hints = thresholds.filter { !$0.isMet }.map { threshold in
            HTML.hint("\(threshold.measure.rawValue): \(thresholdHint(threshold))")
        }
        return HTML.table("What figures may be", head: ["figure", "wanted", "found", ""], rows: rows) + hints.joined()
    }

    // MARK: Figures

    private var cards: String {
        var cards: [(String, String, String)] = []
        if run.scenario.updates.rate > 0 {
            let failed = updates.refused + updates.unknown + updates.unsent
            cards += [
                ("Accepted", "\(Figure.tenths(acceptedPerSecond))/s", "\(updates.accepted) of \(updates.sent) sent"),
                (
                    "Failed", Figure.percent(updates.errorShare),
                    "\(failed): \(updates.refused) refused, \(updates.unknown) unknown, \(updates.unsent) not sent"
                ),
                Self.card("Latency p99", updates.latency),
            ]
            if updates.late > 0 {
                cards.append(
                    ("Sent late", "\(updates.late)", "by up to \(Figure.milliseconds(updates.latenessMax)) ms"))
            }
        }
        if run.scenario.watchers.count > 0 {
            let frames = ScoreboardFrames(watching)
            cards += [
                Self.card("Staleness p99", watching.staleness),
                (
                    "Messages", "\(frames.all)",
                    "\(frames.snapshots) snapshots, \(frames.updates) whole tops, \(frames.deltas) deltas"
                ),
                ("Reconnects", "\(watching.reconnects)", "of \(run.scenario.watchers.count) watchers"),
                (
                    "Converged", converge.map { Figure.tenths($0 / .milliseconds(1)) + " ms" } ?? "never",
                    "after the end of the traffic"
                ),
            ]
            if watching.stales > 0 {
                cards.append(("Told stale", "\(watching.stales)", "\(watching.currents) times current again"))
            }
        }
        let items = cards.map { name, value, note in
            "<div><dt>\(HTML.text(name))</dt><dd>\(HTML.text(value))<small>\(HTML.text(note))</small></dd></div>"
        }
        return "<dl class=\"cards\">\(items.joined())</dl>\n"
    }

    private static func card(_ name: String, _ values: Distribution) -> (String, String, String) {
        guard values.count > 0 else { return (name, "-", "nothing measured") }
        return (
            name, "\(Figure.milliseconds(values.percentile(0.99))) ms",
            "p50 \(Figure.milliseconds(values.percentile(0.5))), max \(Figure.milliseconds(values.percentile(1)))"
        )
    }

    private var failureTable: String {
        let requests = updates.errors.sorted.map { ("request", $0, Hint.of(error: $0.name, clocks: run.clocks)) }
        let losses = watching.losses.sorted.map { ("watcher", $0, Hint.of(loss: $0.name)) }
        var html = ""
        let all = requests + losses
        if !all.isEmpty {
            let rows = all.map { kind, counted, hint in
                [HTML.text(counted.name), "\(counted.count)", kind, HTML.text(hint ?? "-")]
            }
            html +=
                "<div class=\"failures\">"
                + HTML.table(
                    "By code, later successes included", head: ["what", "times", "of", "what to do"], rows: rows)
                + "</div>"
        }
        let others = hints.filter { $0.about.contains(" requests") || $0.about.hasPrefix("messages before") }
        return html + others.map { HTML.hint($0.line) }.joined()
    }

    private var comparisonTable: String {
        guard let comparison else { return "" }
        let rows = comparison.rows.map { row in
            let word =
                row.isWorse
                ? HTML.badge("WORSE", isGood: false) : row.isBetter ? HTML.badge("better", isGood: true) : ""
            return [
                HTML.text(row.name), Comparison.text(row.before), Comparison.text(row.now),
                row.ratio.map { "×\(Figure.hundredths($0))" } ?? "-", word,
            ]
        }
        let settings = comparison.settings.map { "<li>\(HTML.text($0))</li>" }.joined()
        let count = comparison.worse.count
        return
            "<p>\(count) of \(rows.count) figures worse by more than \(Figure.plain(comparison.tolerance * 100)) %.</p>"
            + (settings.isEmpty ? "" : "<p>The settings differ:</p><ul>\(settings)</ul>")
            + HTML.table("Figures before and now", head: ["figure", "before", "now", "ratio", ""], rows: rows)
    }
}
