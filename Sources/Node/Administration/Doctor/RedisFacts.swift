import Storage

/// The facts that Redis returns about itself.
package struct RedisFacts: Sendable {
    /// The address, without the password.
    package var address: String
    /// `redis_version`; nil if Redis does not return it.
    package var version: String?
    /// `master` or `slave`; nil if Redis does not return it.
    package var role: String?
    package var settings: RedisSettings
    /// When the node answers updates.
    package var answers: RedisSettings.Answers
    package var clock: ClockReading?
    /// The commands that the ACL refuses or that Redis does not have; nil if the check could not be run.
    package var refusedCommands: [String]?

    package init(
        address: String, version: String?, role: String?, settings: RedisSettings,
        answers: RedisSettings.Answers, clock: ClockReading?, refusedCommands: [String]?
    ) {
        self.address = address
        self.version = version
        self.role = role
        self.settings = settings
        self.answers = answers
        self.clock = clock
        self.refusedCommands = refusedCommands
    }

    /// Judges the facts. Pure.
    ///
    /// - Parameter skew: `SCORECAST_ACTION_SKEW` in ms.
    package func findings(skew: Int64) -> [Finding] {
        var findings = [serverFinding]
        if role == "slave" {
            findings.append(
                .bad("Redis role", "it is a replica and takes no writes. Name the primary in SCORECAST_REDIS_URL."))
        }
        findings += settingFindings
        if let clock { findings.append(clock.finding("Redis clock", skew: skew)) }
        findings.append(rightsFinding)
        return findings
    }

    private var serverFinding: Finding {
        guard let version else { return .good("Redis", "answers at \(address); it does not report its version") }
        guard let major = version.split(separator: ".").first.flatMap({ Int($0) }), major >= 7 else {
            return .bad("Redis", "it is \(version) at \(address), and must be 7.0 or later.")
        }
        return .good("Redis", "\(version) at \(address)")
    }

    private var settingFindings: [Finding] {
        let subject = "Redis settings"
        let found = settings.findings(for: answers)
        let isSafe = found.allSatisfy { $0.severity == .note } && settings.appendOnly == true
        return (isSafe ? [.good(subject, "maxmemory-policy noeviction, append-only file on")] : [])
            + found.map { finding in
                switch finding.severity {
                case .refusal: .bad(subject, finding.text + ".")
                case .warning: .doubtful(subject, "\(finding.text). See \(RedisSettings.docs).")
                case .note: .good(subject, finding.text)
                }
            }
    }

    private var rightsFinding: Finding {
        switch refusedCommands {
        case nil:
            return .doubtful("Redis rights", "they could not be checked; docs/operations.md says which are needed.")
        case []?: return .good("Redis rights", "all commands are allowed")
        case let refused?:
            return .bad("Redis rights", RedisRights.explanation(lacking: refused) + ".")
        }
    }
}
