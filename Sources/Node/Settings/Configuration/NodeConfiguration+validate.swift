import PostgresClient
import RedisClient

extension NodeRoles {
    /// The requirements of nodes with these roles. A gateway can do without a way to verify tokens: then it serves
    /// public boards only.
    public var requirements: Set<ConfigurationRequirement> {
        var needed: Set<ConfigurationRequirement> = isEmpty ? [] : [.redis]
        if contains(.api) { needed.formUnion([.postgres, .tokenVerification, .actionKeys]) }
        if contains(.persister) { needed.insert(.postgres) }
        if contains(.play) { needed.formUnion([.postgres, .tokenVerification]) }
        if contains(.accounts) {
            needed.formUnion([.postgres, .tokenSigning])
            // Whoever can sign tokens can verify them.
            needed.remove(.tokenVerification)
        }
        return needed
    }
}

extension NodeConfiguration {
    /// All that is wrong with the configuration for nodes with these roles, and for a command with these requirements:
    /// values out of their range, weak or malformed keys, and what is missing. Pure: no file is read, no server asked.
    public func validate(
        for roles: NodeRoles, requiring requirements: Set<ConfigurationRequirement> = []
    ) -> [ConfigurationProblem] {
        let needed = requirements.union(roles.requirements)
        let missing = ConfigurationRequirement.allCases.filter { needed.contains($0) }.compactMap {
            problem(missing: $0, roles)
        }
        return rangeProblems + operationsProblems + originProblems + storeProblems + jwtSecretProblems
            + tokenProblems + actionKeyProblems + problems(ofAccountsNode: roles.contains(.accounts)) + conflicts
            + missing
    }

    /// A value that the program set must be one that could have been written; the forms know the ranges.
    private var rangeProblems: [ConfigurationProblem] {
        catalogue.definitions.filter { $0.kind != .secret }.compactMap { setting in
            guard let text = setting.render(self) else { return nil }
            var scratch = self
            do throws(SettingRejection) {
                try setting.apply(text, &scratch)
                return nil
            } catch {
                return ConfigurationProblem(
                    key: setting.name, reason: setting.message(text, error), example: setting.example,
                    origin: origins[setting.name])
            }
        }
    }

    private var operationsProblems: [ConfigurationProblem] {
        guard let operationsPort, operationsPort == httpPort else { return [] }
        return [problem("SCORECAST_OPERATIONS_PORT", "is the port of SCORECAST_HTTP_PORT; it has to be another one")]
    }

    private var originProblems: [ConfigurationProblem] {
        guard allowedOrigins.count > 1, allowedOrigins.contains("*") else { return [] }
        return [problem("SCORECAST_ALLOWED_ORIGINS", "has * beside other origins; * stands alone")]
    }

    private var conflicts: [ConfigurationProblem] {
        catalogue.sections.flatMap { $0.conflicts(self) }.map { problem($0.name, $0.reason) }
    }

    /// The URLs of the stores, read by the clients that will use them: what they refuse would stop a node later.
    private var storeProblems: [ConfigurationProblem] {
        var found: [ConfigurationProblem] = []
        if let url = redisURL?.reveal() {
            let reasons: [String]
            do throws(RedisError) {
                reasons = try RedisConfiguration(url: url).problems()
            } catch {
                reasons = [error.message]
            }
            if !reasons.isEmpty { found.append(problem("SCORECAST_REDIS_URL", reasons.joined(separator: "; "))) }
        }
        if let url = postgresURL?.reveal() {
            let reasons = PostgresConfiguration(url: url).validate()
            if !reasons.isEmpty { found.append(problem("SCORECAST_POSTGRES_URL", reasons.joined(separator: " "))) }
        }
        return found
    }

    private var jwtSecretProblems: [ConfigurationProblem] {
        guard let count = jwtSecret?.reveal().utf8.count, count < Self.jwtSecretBytesMin else { return [] }
        return [
            problem("SCORECAST_JWT_SECRET", "is \(count) bytes long and must be at least \(Self.jwtSecretBytesMin)")
        ]
    }

    private var actionKeyProblems: [ConfigurationProblem] {
        var reasons: [String] = []
        var seen: Set<String> = []
        for (index, entry) in actionKeys.enumerated() {
            let count = entry.key.reveal().count
            if !isActionKeyID(entry.id) {
                reasons.append("entry \(index + 1) has an id that is not 1 to 32 characters of A-Z a-z 0-9 _ -")
            } else if !seen.insert(entry.id).inserted {
                reasons.append("entry \(index + 1) has the same id as one before it")
            }
            let allowed = Self.actionKeyBytesMin...Self.actionKeyBytesMax
            if !allowed.contains(count) {
                reasons.append(
                    "the key in entry \(index + 1) is \(count) bytes long, "
                        + "not \(allowed.lowerBound) to \(allowed.upperBound)")
            }
        }
        if actionKeys.count > Self.actionKeysMax { reasons.append("has more than \(Self.actionKeysMax) entries") }
        return reasons.isEmpty ? [] : [problem("SCORECAST_ACTION_KEYS", reasons.joined(separator: "; "))]
    }

    private func problem(missing requirement: ConfigurationRequirement, _ roles: NodeRoles) -> ConfigurationProblem? {
        let needs =
            roles.requirements.contains(requirement)
            ? "a node with the roles \(roles) needs it" : "this command needs it"
        switch requirement {
        case .redis:
            return redisURL == nil ? problem("SCORECAST_REDIS_URL", "is not set; \(needs)") : nil
        case .postgres:
            return postgresURL == nil ? problem("SCORECAST_POSTGRES_URL", "is not set; \(needs)") : nil
        case .tokenVerification:
            guard jwtSecret == nil && tokenKeys.isEmpty && jwtKeySet == nil else { return nil }
            return problem(
                "SCORECAST_JWT_SECRET",
                "is not set, and neither are SCORECAST_TOKEN_KEYS and SCORECAST_JWT_JWKS; \(needs) or one of the others"
            )
        case .tokenSigning: return problemOfSigning(needs)
        case .actionKeys:
            return actionKeys.isEmpty ? problem("SCORECAST_ACTION_KEYS", "is not set; \(needs)") : nil
        }
    }

    /// A problem of a setting, with its example and its origin.
    func problem(_ name: String, _ reason: String) -> ConfigurationProblem {
        ConfigurationProblem(
            key: name, reason: reason, example: catalogue.definition(name)?.example, origin: origins[name])
    }
}
