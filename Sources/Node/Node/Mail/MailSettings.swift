import SMTPClient
import Settings

/// The settings of mail.
package struct MailSettings: SettingGroup {
    /// Where mail leaves; nil: no mail is sent.
    package var url: Secret<String>?
    /// Who it comes from.
    package var sender: MailSender?
    /// The page that links in mail lead to; nil: mail has codes alone.
    package var publicURL: String?
    /// What the deployment is for.
    package var environment: DeploymentEnvironment = .production

    package init() {}

    package static let definitions = [
        setting(
            "SCORECAST_MAIL_URL", \.url, .mailURL, kind: .secret, example: "smtps://user:password@mail.example.com",
            absence: .means("no mail: 503 `mail_not_configured`"),
            "The [server that takes mail](#mail). `log:` prints mail to standard error, in development only."),
        setting(
            "SCORECAST_MAIL_FROM", \.sender, .mailSender, example: "The Game <no-reply@example.com>",
            absence: .means("needed with a mail server"), "Who mail comes from."),
        setting(
            "SCORECAST_PUBLIC_URL", \.publicURL, .pageURL, example: "https://game.example.com",
            absence: .means("mail has codes instead of links"),
            "The page that links in mail lead to: `<url>/#verify=<token>` and `<url>/#reset=<token>`."),
        setting(
            "SCORECAST_ENVIRONMENT", \.environment, .oneOf(DeploymentEnvironment.self), example: "production",
            "What the deployment is for. `scorecast up` sets `development`, unless this is set."),
    ]

    package var conflicts: [SettingConflict] {
        guard let url = url?.reveal() else { return [] }
        if url == printedMailURL {
            guard environment != .development else { return [] }
            return [
                SettingConflict(
                    "SCORECAST_MAIL_URL",
                    "is log:, which prints tokens that set passwords: that needs SCORECAST_ENVIRONMENT=development")
            ]
        }
        guard sender == nil else { return [] }
        return [SettingConflict("SCORECAST_MAIL_FROM", "is not set, but SCORECAST_MAIL_URL is")]
    }
}
