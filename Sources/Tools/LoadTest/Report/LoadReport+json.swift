import StrictJSON

extension LoadReport {
    /// Names the form of the JSON. Programs that read it, such as `--compare`, check this first.
    package static let format = "scorecast-load-report/1"

    /// The report for programs: one JSON object, times in milliseconds.
    public var json: [UInt8] {
        var json = JSONWriter(to: [UInt8]())
        json.beginObject()
        json.member("format", Self.format)
        json.member("passed", passed)
        json.member("verdict", verdict)
        json.member("interrupted", run.isInterrupted)
        writeRun(to: &json)
        if run.scenario.updates.rate > 0 { writeUpdates(to: &json) }
        if run.scenario.watchers.count > 0 { writeWatchers(to: &json) }
        writeProofs(to: &json)
        writeThresholds(to: &json)
        writeHints(to: &json)
        writeComparison(to: &json)
        writeSeries(to: &json)
        json.endObject()
        return json.sink
    }

    private func writeRun(to json: inout JSONWriter<[UInt8]>) {
        json.member("name", run.scenario.name)
        json.member("board", run.scenario.board)
        json.member("seed", run.scenario.seed)
        json.member("users_begin_with", run.prefix)
        json.member("started_at", run.startedAt)
        json.key("duration_ms")
        json.double(run.trafficTime / .milliseconds(1))
        json.key("scenario")
        run.scenario.write(to: &json)
        json.member("clocks_differ_seconds", run.clocks)
        json.key("harness_cores_busy")
        json.double(run.coresBusy)
        for (key, urls) in [("nodes", run.nodes), ("watch_nodes", run.watchNodes)] {
            json.key(escaping: key)
            json.beginArray()
            for url in urls { json.string(url) }
            json.endArray()
        }
    }

    private func writeUpdates(to json: inout JSONWriter<[UInt8]>) {
        json.key("updates")
        json.beginObject()
        json.member("sent", updates.sent)
        json.member("accepted", updates.accepted)
        json.key("accepted_per_second")
        json.double(acceptedPerSecond)
        json.member("refused", updates.refused)
        json.member("unknown", updates.unknown)
        json.member("not_sent", updates.unsent)
        json.key("error_share")
        json.double(updates.errorShare)
        json.member("sent_again", updates.retries)
        json.member("late", updates.late)
        json.key("lateness_max_ms")
        json.double(Double(updates.latenessMax) / 1000)
        Self.write(updates.errors, as: "errors", to: &json)
        Self.write(updates.latency, as: "latency_ms", to: &json)
        json.endObject()
    }

    private func writeWatchers(to json: inout JSONWriter<[UInt8]>) {
        let frames = ScoreboardFrames(watching)
        json.key("watchers")
        json.beginObject()
        json.member("count", run.scenario.watchers.count)
        json.member("messages", frames.all)
        json.member("snapshots", frames.snapshots)
        json.member("updates", frames.updates)
        json.member("deltas", frames.deltas)
        json.member("bytes", watching.bytes)
        json.member("reconnects", watching.reconnects)
        json.member("told_stale", watching.stales)
        json.member("told_current", watching.currents)
        Self.write(watching.losses, as: "losses", to: &json)
        Self.write(watching.staleness, as: "staleness_ms", to: &json)
        Self.write(skew, as: "first_to_last_ms", to: &json)
        json.key("converge_ms")
        if let converge { json.double(converge / .milliseconds(1)) } else { json.null() }
        json.endObject()
    }

    private func writeProofs(to json: inout JSONWriter<[UInt8]>) {
        json.key("proofs")
        json.beginArray()
        for proof in proofs {
            json.beginObject()
            json.member("name", proof.name)
            json.member("holds", proof.holds)
            json.member("statement", proof.statement)
            json.member("basis", proof.basis)
            json.member("differences", proof.differences.count)
            json.key("first_differences")
            json.beginArray()
            for text in proof.differences.first { json.string(text) }
            json.endArray()
            json.key("vacuous")
            if let vacuous = proof.vacuous { json.string(vacuous) } else { json.null() }
            json.endObject()
        }
        json.endArray()
    }

    private func writeThresholds(to json: inout JSONWriter<[UInt8]>) {
        json.key("thresholds")
        json.beginArray()
        for threshold in thresholds {
            json.beginObject()
            json.member("name", threshold.measure.rawValue)
            json.member("met", threshold.isMet)
            json.key(threshold.measure.isAtLeast ? "at_least" : "at_most")
            json.double(threshold.limit)
            json.key("found")
            if let found = threshold.found { json.double(found) } else { json.null() }
            json.endObject()
        }
        json.endArray()
    }

    private func writeHints(to json: inout JSONWriter<[UInt8]>) {
        json.key("hints")
        json.beginArray()
        for hint in hints {
            json.beginObject()
            json.member("about", hint.about)
            json.member("count", orNull: hint.count)
            json.member("hint", hint.text)
            json.endObject()
        }
        json.endArray()
    }

    static func write(_ counts: CodeCounts, as key: StaticString, to json: inout JSONWriter<[UInt8]>) {
        json.key(key)
        json.beginObject()
        for (name, count) in counts.counts.sorted(by: { $0.key < $1.key }) {
            json.key(escaping: name)
            json.integer(count)
        }
        json.endObject()
    }

    private static func write(_ values: Distribution, as key: StaticString, to json: inout JSONWriter<[UInt8]>) {
        json.key(key)
        json.beginObject()
        json.member("count", values.count)
        let shares: [(String, Double)] = [("p50", 0.5), ("p90", 0.9), ("p99", 0.99), ("p99_9", 0.999), ("max", 1)]
        for (name, share) in shares {
            json.key(escaping: name)
            if let value = values.percentile(share) { json.double(Double(value) / 1000) } else { json.null() }
        }
        json.endObject()
    }
}
