import StrictJSON

extension Scenario {
    /// Writes the scenario in the form of its file, with all defaults.
    func write(to json: inout JSONWriter<[UInt8]>) {
        json.beginObject()
        json.member("name", name)
        json.member("duration", DurationText.render(duration))
        json.member("settle", DurationText.render(settle))
        json.member("seed", seed)
        json.member("board", board)
        json.key("watchers")
        json.beginObject()
        json.member("count", watchers.count)
        json.member("mode", watchers.mode.rawValue)
        json.member("limit", watchers.limit)
        json.key("arrivals")
        json.double(watchers.arrivals)
        json.endObject()
        json.key("updates")
        json.beginObject()
        json.member("users", updates.users)
        json.key("rate")
        json.double(updates.rate)
        json.member("connections", updates.connections)
        json.member("timeout", DurationText.render(updates.timeout))
        json.key("replays")
        json.double(updates.replays)
        json.key("invalid")
        json.double(updates.invalid)
        json.member("action", updates.action)
        json.member("points", updates.points)
        json.endObject()
        json.key("thresholds")
        json.beginObject()
        for measure in Measure.allCases {
            guard let limit = thresholds[measure] else { continue }
            json.key(escaping: measure.rawValue)
            json.double(limit)
        }
        json.endObject()
        json.endObject()
    }
}
