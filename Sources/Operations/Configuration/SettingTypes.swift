/// Updates for each user and board in one period (`SCORECAST_RATE_LIMIT`).
public struct RateLimitSetting: Hashable, Sendable {
    /// Updates in one period, at least 1.
    public var count: Int
    /// The period, in milliseconds, at least 1.
    public var periodMilliseconds: Int64

    /// A limit of `count` updates in each period.
    public init(count: Int, periodMilliseconds: Int64) {
        self.count = count
        self.periodMilliseconds = periodMilliseconds
    }
}

/// When an update is answered (`SCORECAST_ACK`).
public enum Acknowledgement: String, Sendable, CaseIterable {
    /// When Redis has it.
    case applied
    /// When Postgres has it too.
    case persisted
}

/// The form of a log line (`SCORECAST_LOG_FORMAT`).
public enum LogFormat: String, Sendable, CaseIterable {
    /// One JSON object a line.
    case json
    /// For people at a terminal.
    case text
}

/// Where the keys that verify tokens come from (`SCORECAST_JWT_JWKS`).
public enum KeySetLocation: Hashable, Sendable {
    /// A file that holds a JWKS (RFC 7517 section 5).
    case file(path: String)
    /// An `https` URL that serves one.
    case url(String)
}

/// A key that signs and verifies action ids (one entry of `SCORECAST_ACTION_KEYS`).
public struct ActionKeySetting: Sendable {
    /// Names the key inside action ids: 1 to 32 characters of `A-Z a-z 0-9 _ -`.
    public var id: String
    /// The HMAC-SHA256 key, at least 16 bytes.
    public var key: Secret<[UInt8]>

    /// A key by its id.
    public init(id: String, key: Secret<[UInt8]>) {
        self.id = id
        self.key = key
    }
}

extension Duration {
    /// The duration in whole milliseconds, cut towards zero; durations beyond `Int64` end at its limits.
    public var wholeMilliseconds: Int64 {
        let (seconds, attoseconds) = components
        let (scaled, overflow) = seconds.multipliedReportingOverflow(by: 1_000)
        guard !overflow else { return seconds < 0 ? .min : .max }
        let (sum, overflowed) = scaled.addingReportingOverflow(attoseconds / 1_000_000_000_000_000)
        guard !overflowed else { return seconds < 0 ? .min : .max }
        return sum
    }
}
