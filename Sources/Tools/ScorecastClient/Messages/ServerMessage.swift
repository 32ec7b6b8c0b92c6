import StrictJSON

/// A message of the server.
package enum ServerMessage: Sendable, Equatable {
    /// A whole top.
    case state(ScoreboardState, isSnapshot: Bool)
    /// What has changed.
    case delta(ScoreboardDelta)
    /// The server goes; come back after this time.
    case reconnect(after: Duration)
    /// The server has received no changes since this time, in milliseconds since 1970.
    case stale(since: Int64)
    /// It receives them again.
    case current
    /// Something was wrong with a request.
    case error(code: String, message: String)
    /// A type that a later version of the protocol may have; not ours to fail on.
    case other

    /// How many entries a message can have; more are refused.
    package static let entriesMax = 1000
    /// How many steps a delta can have: each user of a whole top may leave, and as many others enter.
    package static let changesMax = 2 * entriesMax

    /// Reads a message.
    ///
    /// - Throws: `JSONError` for what is not strict JSON, lacks a member that its type must have, or passes a limit.
    package init(_ bytes: UnsafeRawBufferPointer, bytesMax: Int) throws(JSONError) {
        let limits = JSONLimits(maxElements: Self.changesMax, maxDocumentBytes: bytesMax)
        self = try JSONReader.document(bytes, limits: limits) { reader throws(JSONError) in
            var fields = MessageFields()
            try fields.read(from: &reader)
            guard let message = fields.message else { throw reader.fail(.typeMismatch) }
            return message
        }
    }
}
