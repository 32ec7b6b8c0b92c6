/// How long sessions and their tokens live.
package enum SessionLife {
    /// Of an access token.
    package static let access = Duration.seconds(900)
    /// Of a session after its last refresh.
    package static let refresh = Duration.seconds(30 * 86_400)
    /// The sessions that a user may have at once. A further one ends the one that was refreshed longest ago.
    package static let sessionsMax = 100
}
