import NIOCore

/// A channel that has completed its handshake.
package struct RedisChannel: Sendable {
    /// The channel, which has no handler of ours yet.
    package let channel: any Channel
    /// The `run_id` of the server process, which a connection never changes. Empty if no script of the connection takes
    /// it, or if the user may not ask for it.
    package let runID: String
}
