import Signing

/// The result of one look into Redis for ended sessions and API keys.
package struct CredentialReading: Sendable, Equatable {
    /// The process that answered (`run_id`); empty on nodes that only read, and if the Redis user may not ask for it.
    package var server = ""
    /// The process for which the list of ended sessions was completed from Postgres; nil if it is not complete.
    package var run: String?
    /// The name of that completion; nil if there was none.
    package var completion: String?
    /// The list's own time, in µs, which goes on while nodes write.
    package var beat: Int64?
    /// Sessions that ended after the position asked for, oldest first, with their times.
    package var sessions: [Ended] = []
    /// Whether there may be more.
    package var hasMore = false
    /// Identifies the list of API keys; nil if there is none.
    package var keysTag: String?
    /// The API keys; nil if they are those that the caller has, or cannot be read.
    package var keys: [APIKeyRecord]?

    /// A session that has ended.
    package struct Ended: Sendable, Equatable {
        package let session: SessionID
        /// In the list's own time, in µs.
        package let time: Int64

        package init(_ session: SessionID, time: Int64) {
            self.session = session
            self.time = time
        }
    }

    /// An empty Redis.
    package init() {}

    /// What has been read so far.
    package struct Position: Sendable, Equatable {
        /// The completion that is read; nil for none.
        package var completion: String?
        /// The time of the last session that was read.
        package var time: Int64 = 0
        /// The keys that are known; nil for none.
        package var keysTag: String?

        package init() {}
    }
}
