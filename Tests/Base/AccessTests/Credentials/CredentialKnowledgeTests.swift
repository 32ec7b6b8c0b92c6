import Access
import Testing

/// When a look into Redis proves that a node knows which sessions have ended.
@Suite struct CredentialKnowledgeTests {
    /// One look, and whether it proves something.
    typealias Look = (server: String, run: String?, completion: String?, beat: Int64?, hasMore: Bool, proves: Bool)

    private static func reading(_ look: Look) -> CredentialReading {
        var reading = CredentialReading()
        reading.server = look.server
        (reading.run, reading.completion, reading.beat) = (look.run, look.completion, look.beat)
        reading.hasMore = look.hasMore
        return reading
    }

    private static func expect(
        _ looks: [Look], readsPrimary: Bool, sourceLocation: SourceLocation = #_sourceLocation
    ) {
        var knowledge = CredentialKnowledge(readsPrimary: readsPrimary)
        for (index, look) in looks.enumerated() {
            #expect(
                knowledge.proves(reading(look)) == look.proves, "look \(index): \(look)",
                sourceLocation: sourceLocation)
        }
    }

    @Test func nodesThatWriteCompareTheProcess() {
        Self.expect(
            [
                ("a", nil, nil, nil, false, false),  // empty
                ("a", "a", "1", 5, false, true), ("a", "a", "1", 5, false, true),  // complete, moving or not
                ("a", "a", "1", 9, true, false), ("a", "a", "1", 9, false, true),  // not read to its end
                ("b", "a", "1", 9, false, false),  // started again
                ("b", nil, "1", 10, false, false),  // somebody wrote to it before it was complete
                ("b", "b", "2", 11, false, true),  // complete again
                ("b", nil, nil, nil, false, false),  // emptied
                ("b", "b", "3", 1, false, true),
                ("", "b", "3", 1, false, false), ("", "", "3", 1, false, false),  // no right to ask for its name
            ], readsPrimary: true)
    }

    @Test func nodesThatReadAReplicaWantItsTimeToMove() {
        Self.expect(
            [
                ("", "a", "1", 5, false, false),  // may be old
                ("", "a", "1", 5, false, false), ("", "a", "1", 6, false, true), ("", "a", "1", 6, false, false),
                ("", "a", "1", 7, true, false),  // not read to its end: begins again
                ("", "a", "1", 8, false, false), ("", "a", "1", 9, false, true),
                ("", "a", "1", 4, false, false), ("", "a", "1", 5, false, false),  // a replica that lags
                ("", "a", "1", 10, false, true),
                ("", nil, "1", 11, false, false), ("", nil, "1", 12, false, false),  // moves, but is not complete
                ("", "b", "2", 13, false, false), ("", "b", "2", 14, false, true),  // another completion
                ("", nil, nil, nil, false, false),  // emptied
                ("", "b", "3", 1, false, false), ("", "b", "3", 2, false, true),
            ], readsPrimary: false)
    }
}
