import Leaderboard
import Settings

/// The settings of scheduled audits.
package struct AuditSettings: SettingGroup {
    /// When audits begin, as in crontab(5), in UTC; nil for never.
    package var schedule: String?

    package init() {}

    package static let definitions = [
        setting(
            "SCORECAST_AUDIT_SCHEDULE", \.schedule, .optional(.text(limit: CronSchedule.textBytesMax)),
            example: "30 4 * * *", absence: .uses("off"),
            "When a persister [compares Redis with Postgres](#audits), as in crontab(5), in UTC.")
    ]

    package var conflicts: [SettingConflict] {
        do throws(CronError) {
            _ = try schedule.map { text throws(CronError) in try CronSchedule(text) }
            return []
        } catch {
            return [SettingConflict("SCORECAST_AUDIT_SCHEDULE", error.description)]
        }
    }
}
