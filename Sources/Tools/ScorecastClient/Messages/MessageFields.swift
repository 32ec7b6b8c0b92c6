import StrictJSON

/// The members of a server's message, found in one pass over its text, in any order.
struct MessageFields {
    private enum Kind { case snapshot, update, delta, reconnect, stale, current, error, other }

    private var kind: Kind?
    private var board: String?
    private var window: String?
    private var period: String?
    private var epoch: String?
    private var version: Int64?
    private var from: Int64?
    private var at: Int64?
    private var afterMilliseconds: Int64?
    private var since: Int64?
    private var code: String?
    private var words: String?
    private var entries: [ScoreboardEntry]?
    private var changes: [ScoreboardDelta.Change]?

    /// The longest names and sentences, in bytes.
    private static let textBytesMax = 1024

    /// Reads an object. It skips unknown members, and all members after an unknown type.
    mutating func read(from reader: inout JSONReader) throws(JSONError) {
        var fields = self
        try reader.readObject { key, reader throws(JSONError) in
            guard fields.kind != .other else { return }
            switch key {
            case "type": fields.kind = try Self.kind(&reader)
            case "board": fields.board = try Self.text(&reader)
            case "window": fields.window = try Self.text(&reader)
            case "period": fields.period = try Self.text(&reader)
            case "epoch": fields.epoch = try Self.text(&reader)
            case "version": fields.version = try reader.readInteger()
            case "from": fields.from = try reader.readInteger()
            case "at": fields.at = try reader.readInteger()
            case "after_ms": fields.afterMilliseconds = try reader.readInteger()
            case "since": fields.since = try reader.readInteger()
            case "code": fields.code = try Self.text(&reader)
            case "message": fields.words = try Self.text(&reader)
            case "entries": fields.entries = try Self.entries(&reader)
            case "changes": fields.changes = try Self.changes(&reader)
            default: break
            }
        }
        self = fields
    }

    /// The message; nil if its type or a required member is missing.
    var message: ServerMessage? {
        switch kind {
        case .snapshot: state.map { .state($0, isSnapshot: true) }
        case .update: state.map { .state($0, isSnapshot: false) }
        case .delta: delta.map { .delta($0) }
        case .reconnect: afterMilliseconds.map { .reconnect(after: .milliseconds(max($0, 0))) }
        case .stale: since.map { .stale(since: $0) }
        case .current: .current
        case .error: code.map { .error(code: $0, message: words ?? "") }
        case .other: .other
        case nil: nil
        }
    }

    private var state: ScoreboardState? {
        guard let board, let window, let epoch, let version, let at, let entries else { return nil }
        return ScoreboardState(
            board: board, window: window, period: period ?? window, epoch: epoch, version: version, at: at,
            entries: entries)
    }

    private var delta: ScoreboardDelta? {
        guard let epoch, let from, let version, let at, let changes else { return nil }
        return ScoreboardDelta(
            period: period, epoch: epoch, from: from, version: version, at: at, changes: changes)
    }

    private static func kind(_ reader: inout JSONReader) throws(JSONError) -> Kind {
        switch try reader.readText() {
        case "snapshot": .snapshot
        case "leaderboard-update": .update
        case "leaderboard-delta": .delta
        case "reconnect": .reconnect
        case "stale": .stale
        case "current": .current
        case "error": .error
        default: .other
        }
    }

    private static func text(_ reader: inout JSONReader) throws(JSONError) -> String {
        try reader.readString(maxBytes: textBytesMax)
    }

    private static func entries(_ reader: inout JSONReader) throws(JSONError) -> [ScoreboardEntry] {
        var entries: [ScoreboardEntry] = []
        try reader.readArray(maxCount: ServerMessage.entriesMax) { reader throws(JSONError) in
            let row = try Row(&reader)
            entries.append(ScoreboardEntry(rank: row.rank, userID: row.userID, score: row.score))
        }
        return entries
    }

    private static func changes(_ reader: inout JSONReader) throws(JSONError) -> [ScoreboardDelta.Change] {
        var changes: [ScoreboardDelta.Change] = []
        try reader.readArray(maxCount: ServerMessage.changesMax) { reader throws(JSONError) in
            let row = try Row(&reader)
            guard let operation = row.operation else { throw reader.fail(.typeMismatch) }
            changes.append(
                .init(operation, userID: row.userID, rank: row.rank, score: row.score, position: row.position))
        }
        return changes
    }

    /// An element of `entries` or `changes`.
    private struct Row {
        let rank: Int64
        let userID: String
        let score: Int64
        let position: Int64?
        let operation: ScoreboardDelta.Change.Operation?

        init(_ reader: inout JSONReader) throws(JSONError) {
            var (rank, score, position, userID): (Int64?, Int64?, Int64?, String?)
            var operation: ScoreboardDelta.Change.Operation?
            try reader.readObject { key, reader throws(JSONError) in
                switch key {
                case "rank": rank = try reader.readInteger(in: 1...Int64(Int32.max))
                case "user_id": userID = try MessageFields.text(&reader)
                case "score": score = try reader.readInteger()
                case "position": position = try reader.readInteger(in: 1...Int64(Int32.max))
                case "op": operation = try Self.operation(&reader)
                default: break
                }
            }
            guard let rank, let userID, let score else { throw reader.fail(.typeMismatch) }
            (self.rank, self.userID, self.score) = (rank, userID, score)
            (self.position, self.operation) = (position, operation)
        }

        private static func operation(
            _ reader: inout JSONReader
        ) throws(JSONError) -> ScoreboardDelta.Change.Operation? {
            switch try reader.readText() {
            case "leave": .leave
            case "enter": .enter
            case "move": .move
            case "score": .score
            default: nil
            }
        }
    }
}
