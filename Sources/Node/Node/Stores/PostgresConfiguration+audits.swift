import PostgresClient

extension PostgresConfiguration {
    /// The configuration of the one connection of an audit. Its statements read much, and nobody waits for them.
    package static func forAudits(url: String) -> PostgresConfiguration {
        var configuration = PostgresConfiguration(url: url)
        configuration.poolSize = 1
        configuration.poolName = "audits"
        configuration.statementTimeout = .seconds(120)
        configuration.idleInTransactionTimeout = .seconds(120)
        return configuration
    }
}
