import Node
import Settings
import Testing

/// Values in the form of secrets. Their text is easy to find wherever they leak.
package enum Fixture {
    package static let jwtSecret = "jwt-sesame-0123456789abcdef0123456789abcdef"
    package static let redisURL = "redis://:redis-sesame@127.0.0.1:6379/0"
    package static let postgresURL = "postgresql://scorecast:postgres-sesame@127.0.0.1/scorecast"
    /// Base64 of `0123456789abcdef0123456789abcdef`.
    package static let actionKey = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="

    /// Everything that a node with all roles needs.
    package static let complete = [
        "SCORECAST_REDIS_URL": redisURL,
        "SCORECAST_POSTGRES_URL": postgresURL,
        "SCORECAST_JWT_SECRET": jwtSecret,
        "SCORECAST_ACTION_KEYS": "k1:\(actionKey)",
    ]

    package static let leaks = ["sesame", actionKey, "0123456789abcdef"]
}

/// Loads a configuration that must fail, and returns its problems.
package func problems(
    _ environment: [String: String], roles: NodeRoles = [], requiring requirements: Set<ConfigurationRequirement> = [],
    sourceLocation: SourceLocation = #_sourceLocation
) async -> [ConfigurationProblem] {
    do throws(ConfigurationError) {
        _ = try await NodeConfiguration.load(
            .node, environment: environment, roles: roles, requiring: requirements)
        Issue.record("the configuration loaded", sourceLocation: sourceLocation)
        return []
    } catch {
        return error.problems
    }
}

extension NodeConfiguration {
    /// Returns the line of the listing for a variable.
    package func effective(_ name: String) -> EffectiveSetting? {
        effectiveSettings.first { $0.name == name }
    }
}
