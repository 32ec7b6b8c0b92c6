import RedisClient

extension RedisConfiguration {
    /// Sets the prefix of the keys.
    ///
    /// - Parameter prefix: the configured prefix; nil for the default of the database's number.
    public mutating func setKeyPrefix(_ prefix: String?) {
        keyPrefix = prefix ?? KeySpace.defaultPrefix(database: database)
    }
}
