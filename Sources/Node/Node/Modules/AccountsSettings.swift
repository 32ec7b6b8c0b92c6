import Accounts
import Settings

/// The settings of accounts.
package struct AccountsSettings: SettingGroup {
    /// Who may set the job of a profile.
    package var jobSetter = JobSetter.user

    package init() {}

    package static let definitions = [
        setting(
            "SCORECAST_JOB_SETTABLE_BY", \.jobSetter, .oneOf(JobSetter.self), example: "self",
            "Who may set the `job` of a profile: the user, or [administrators](#users-and-api-keys) alone.")
    ]
}
