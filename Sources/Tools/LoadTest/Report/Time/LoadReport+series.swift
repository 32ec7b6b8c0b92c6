import StrictJSON

extension LoadReport {
    /// The course of the run: one object for each bucket, without a gap.
    func writeSeries(to json: inout JSONWriter<[UInt8]>) {
        json.key("series")
        json.beginObject()
        json.member("bucket_seconds", timeline.width)
        json.key("buckets")
        json.beginArray()
        for point in timeline.points {
            json.beginObject()
            json.member("second", point.second)
            if run.scenario.updates.rate > 0 {
                json.member("sent", point.sent)
                json.member("accepted", point.accepted)
                Self.write(point.failed, as: "failed", to: &json)
                Self.write(point.latency, as: "latency_ms", to: &json)
            }
            if run.scenario.watchers.count > 0 {
                json.member("messages", point.messages)
                json.member("reconnects", point.reconnects)
                Self.write(point.staleness, as: "staleness_ms", to: &json)
            }
            json.endObject()
        }
        json.endArray()
        json.endObject()
    }

    private static func write(_ spread: Timeline.Spread?, as key: StaticString, to json: inout JSONWriter<[UInt8]>) {
        json.key(key)
        guard let spread else { return json.null() }
        json.beginObject()
        for (name, value) in [("p50", spread.p50), ("p99", spread.p99), ("max", spread.max)] {
            json.key(escaping: name)
            json.double(value)
        }
        json.endObject()
    }

    /// The figures of an earlier report next to those of this one.
    func writeComparison(to json: inout JSONWriter<[UInt8]>) {
        guard let comparison else { return }
        json.key("comparison")
        json.beginObject()
        json.member("with", comparison.path)
        json.member("started_at", orNull: comparison.startedAt)
        json.key("tolerance")
        json.double(comparison.tolerance)
        json.key("settings")
        json.beginArray()
        for text in comparison.settings { json.string(text) }
        json.endArray()
        json.key("figures")
        json.beginArray()
        for row in comparison.rows {
            json.beginObject()
            json.member("name", row.name)
            for (name, value) in [("before", row.before), ("now", row.now), ("ratio", row.ratio)] {
                json.key(escaping: name)
                if let value { json.double(value) } else { json.null() }
            }
            json.member("worse", row.isWorse)
            json.endObject()
        }
        json.endArray()
        json.endObject()
    }
}
