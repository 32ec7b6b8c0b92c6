import Telemetry

extension AccountsModule {
    static let metrics: [MetricDescription] = [
        .init(label: "scorecast_auth_total", help: "Requests to /auth, by request and outcome."),
        .init(
            label: "scorecast_refresh_tokens_reused_total",
            help: "Refresh tokens that were used a second time, which ended their session."),
        .init(label: "scorecast_passwords_waiting", help: "Passwords that wait to be hashed."),
        .init(
            label: "scorecast_passwords_refused_total",
            help: "Passwords that were not hashed, since too many waited or they had waited for too long."),
        .init(label: "scorecast_password_hash_seconds", help: "How long a hash of a password took, without the wait."),
        .init(
            label: "scorecast_accounts_swept_total",
            help: "Rows of sessions that are over, and of other things that nobody needs any more, that were deleted."),
    ]
}
