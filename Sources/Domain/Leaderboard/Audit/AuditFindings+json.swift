import StrictJSON

extension AuditFindings {
    /// Writes all findings as one object.
    public func write(to json: inout JSONWriter<some ByteSink>) {
        json.beginObject()
        json.member("clean", isClean)
        json.member("rankings", rankings)
        json.member("entries", entries)
        json.member("events", events)
        json.member("undecided", undecided)
        json.key("left_out")
        json.beginArray()
        for board in leftOut {
            json.beginObject()
            json.member("board", board.id)
            json.member("reason", board.reason)
            json.endObject()
        }
        json.endArray()
        json.member("difference_count", differenceCount)
        json.key("differences")
        json.beginArray()
        for difference in differences { difference.write(to: &json) }
        json.endArray()
        json.member("irregularity_count", irregularityCount)
        json.key("irregularities")
        json.beginArray()
        for irregularity in irregularities { irregularity.write(to: &json) }
        json.endArray()
        json.endObject()
    }
}

extension AuditDifference {
    /// Writes the difference as an object.
    public func write(to json: inout JSONWriter<some ByteSink>) {
        json.beginObject()
        json.member("kind", kind.rawValue)
        json.member("board", ranking.board)
        json.member("window", ranking.window)
        json.member("period", ranking.period)
        if !userID.isEmpty { json.member("user_id", userID) }
        json.member("reason", reason)
        if let redis { Self.write(redis, "redis", to: &json) }
        if let scores { Self.write(scores, "scores", to: &json) }
        if let ledger { Self.write(ledger, "ledger", to: &json) }
        json.endObject()
    }

    private static func write(_ reached: ReachedScore, _ key: StaticString, to json: inout JSONWriter<some ByteSink>) {
        json.key(key)
        json.beginObject()
        json.member("score", reached.score)
        json.member("seq", reached.seq)
        json.endObject()
    }
}

extension Irregularity {
    /// Writes the irregularity as an object.
    public func write(to json: inout JSONWriter<some ByteSink>) {
        json.beginObject()
        json.member("rule", rule.rawValue)
        json.member("board", board)
        json.member("user_id", userID)
        json.member("first_seq", firstSeq)
        json.member("last_seq", lastSeq)
        json.member("updates", updates)
        json.key("measured")
        json.double(measured)
        json.key("bound")
        json.double(bound)
        if let action { json.member("action_id", action) }
        if let intervalMilliseconds {
            json.key("interval_ms")
            json.double(intervalMilliseconds)
        }
        json.endObject()
    }
}
