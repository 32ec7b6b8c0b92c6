import Leaderboard
import Settings

/// The settings of scheduled audits.
package struct AuditSettings: SettingGroup {
    /// When audits begin, as in crontab(5), in UTC; nil for never.
    package var schedule: String?

    package init() {}

    package static let definitions = [
        setting(
            "SCORECAST_AUDIT_SCHEDULE", \.schedule, .optional(cron), example: "30 4 * * *", absence: .uses("off"),
            "When a persister [compares Redis with Postgres](#audits), in UTC.")
    ]

    private static let cron = SettingForm<String>.text(
        values: "minute hour day month weekday, as in crontab(5)",
        edges: SettingEdges(
            accepted: ["* * * * *", "59 23 31 12 7"], refused: ["* * * *", "60 * * * *", "0 0 31 2 *"])
    ) { text in
        do throws(CronError) {
            _ = try CronSchedule(text)
            return nil
        } catch {
            return error.description
        }
    }
}
