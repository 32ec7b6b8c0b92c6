import StrictJSON

extension RoomProgress {
    /// The largest state, in bytes of JSON.
    public static let stateBytesMax = 1024
    /// How deeply a state may be nested. In the messages of a room it is 3 deeper, and clients read 16.
    private static let stateDepthMax = 12
    /// The rule for a state, as a clause that can follow a field's name.
    public static let stateForm =
        "must be at most \(stateBytesMax) bytes of JSON, \(stateDepthMax) deep, with numbers that a double can hold"

    /// Whether a JSON value can be a member's state.
    ///
    /// It goes to all in the room. With one that a client cannot read, a member could end the connections of the others
    /// again and again.
    public static func isState(_ json: String) -> Bool {
        let bytes = Array(json.utf8)
        guard bytes.count <= stateBytesMax else { return false }
        return (try? JSONValue(bytes, limits: JSONLimits(maxDepth: stateDepthMax))) != nil
    }
}
