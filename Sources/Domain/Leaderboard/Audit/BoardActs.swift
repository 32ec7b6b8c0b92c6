/// The acts that ended the scores of whole rankings of a board: `reset` and `seal`.
public struct BoardActs: Sendable {
    private var ends: [Ranking: (last: Int64, seal: Int64)] = [:]
    /// The sequence number of the last act.
    public private(set) var lastSeq: Int64 = 0

    /// Creates an empty collection.
    public init() {}

    /// Takes an act into account, in any order and any number of times. Ignores events of users.
    public mutating func take(_ act: AuditEvent) {
        guard act.kind == .reset || act.kind == .seal else { return }
        lastSeq = max(lastSeq, act.seq)
        for outcome in act.outcomes {
            var end = ends[outcome.ranking] ?? (0, 0)
            end.last = max(end.last, act.seq)
            if act.kind == .seal { end.seal = max(end.seal, act.seq) }
            ends[outcome.ranking] = end
        }
    }

    /// The sequence number of the last act on a ranking; 0 if there is none. Events up to it say nothing about the
    /// ranking's scores any more.
    public func end(of ranking: Ranking) -> Int64 { ends[ranking]?.last ?? 0 }

    /// The sequence number of the last `seal` of a ranking; 0 if there is none. Scores that were reached up to it are
    /// in the archive, or on their way there.
    public func seal(of ranking: Ranking) -> Int64 { ends[ranking]?.seal ?? 0 }
}
