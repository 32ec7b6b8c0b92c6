import Basics
import HTTPKit
import Leaderboard
import NIOCore
import StrictJSON

/// The body of `POST /update-score`, checked in form.
struct UpdateScoreRequest: Sendable {
    var userID: String
    var actionID: String
    var newScore: Int64?

    private static let limits = JSONLimits(maxDepth: 4)

    /// Reads the body strictly: an object without duplicate keys, and nothing behind it. Unknown members are skipped.
    static func parse(_ body: ByteBuffer) throws(APIError) -> UpdateScoreRequest {
        let outcome: Result<UpdateScoreRequest, APIError> = body.withUnsafeReadableBytes { bytes in
            Result { () throws(APIError) in try parse(bytes) }
        }
        return try outcome.get()
    }

    /// The same, of bytes in memory.
    static func parse(_ bytes: UnsafeRawBufferPointer) throws(APIError) -> UpdateScoreRequest {
        var fields = UpdateScoreFields()
        do {
            try JSONReader.document(bytes, limits: limits) { reader throws(JSONError) in try fields.read(from: &reader)
            }
        } catch {
            throw .invalidInput([FieldProblem(field: fields.field, reason: error.message)])
        }
        return try fields.request()
    }
}
