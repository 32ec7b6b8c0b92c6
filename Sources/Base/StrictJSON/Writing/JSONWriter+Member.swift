// Write a key and its value in one call. Most responses consist of such members.
extension JSONWriter {
    /// Writes a member whose value is a string.
    @inlinable
    public mutating func member(_ key: StaticString, _ value: String) {
        self.key(key)
        string(value)
    }

    /// Writes a member whose value is an integer.
    @inlinable
    public mutating func member(_ key: StaticString, _ value: some FixedWidthInteger) {
        self.key(key)
        integer(value)
    }

    /// Writes a member whose value is an integer, or `null`.
    @inlinable
    public mutating func member(_ key: StaticString, orNull value: (some FixedWidthInteger)?) {
        self.key(key)
        if let value { integer(value) } else { null() }
    }

    /// Writes a member whose value is `true` or `false`.
    @inlinable
    public mutating func member(_ key: StaticString, _ value: Bool) {
        self.key(key)
        bool(value)
    }
}
