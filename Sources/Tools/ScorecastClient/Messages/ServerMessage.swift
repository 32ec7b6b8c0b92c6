import StrictJSON

/// A message of the server.
package enum ServerMessage: Sendable, Equatable {
    /// A whole top.
    case state(ScoreboardState, isSnapshot: Bool)
    /// A delta.
    case delta(ScoreboardDelta)
    /// The server stops; come back after this time.
    case reconnect(after: Duration)
    /// The server has received no changes since this time, in milliseconds since 1970.
    case stale(since: Int64)
    /// It receives them again.
    case current
    /// A request was faulty.
    case error(code: String, message: String)
    /// A type that a later version of the protocol may have. It is not an error.
    case other

    /// The most entries of a message; more are refused.
    package static let entriesMax = 1000
    /// The most steps of a delta: each user of a whole top may leave, and as many others enter.
    package static let changesMax = 2 * entriesMax

    /// Reads a message.
    ///
    /// - Throws: `JSONError` if the text is not strict JSON, lacks a member that its type must have, or exceeds a
    ///   limit.
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
