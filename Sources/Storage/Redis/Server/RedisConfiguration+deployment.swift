import RedisClient

extension RedisConfiguration {
    /// Gives the keys their prefix.
    ///
    /// - Parameter prefix: what was set; nil for what the number of the database leads to.
    public mutating func setKeyPrefix(_ prefix: String?) {
        keyPrefix = prefix ?? KeySpace.defaultPrefix(database: database)
    }
}
