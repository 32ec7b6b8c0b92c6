import Settings

/// The settings of the ledger's retention.
package struct RetentionSettings: SettingGroup {
    /// How long the ledger keeps events; nil for ever.
    package var retention: Duration?

    package init() {}

    package static let definitions = [
        setting(
            "SCORECAST_LEDGER_RETENTION", \.retention, .durationOrOff(days(30)...days(36_500)), example: "400d",
            absence: .uses("off"),
            "How old all events of a month are before persisters [drop it from the ledger](#retention).")
    ]

    /// At the least, so that no receipt, no count of a day and no period in its grace period is cut.
    private static func days(_ count: Int) -> Duration { .seconds(count * 86_400) }
}
