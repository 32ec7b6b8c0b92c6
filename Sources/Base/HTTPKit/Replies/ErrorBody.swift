import NIOCore
import StrictJSON

/// The body of every refusal: `{"status":"error","code":"…","message":"…"}`, with `details` where fields are at fault.
public struct ErrorBody: Sendable {
    /// A stable word that programs tell apart.
    public var code: String
    /// A sentence for people. Says nothing of the inside.
    public var message: String
    /// The fields at fault, each with what it must be.
    public var details: [(field: String, reason: String)]

    /// After how many ms the same can pass, where no header field says it.
    public var retryAfterMilliseconds: Int64?

    /// A body.
    public init(
        code: String, message: String, details: [(field: String, reason: String)] = [],
        retryAfterMilliseconds: Int64? = nil
    ) {
        self.retryAfterMilliseconds = retryAfterMilliseconds
        self.code = code
        self.message = message
        self.details = details
    }

    /// The JSON.
    public var buffer: ByteBuffer {
        var body = ByteBuffer()
        body.reserveCapacity(192)
        JSONWriter.append(to: &body) { json in
            json.beginObject()
            json.member("status", "error")
            json.member("code", code)
            json.member("message", message)
            if let retryAfterMilliseconds { json.member("retry_after_ms", retryAfterMilliseconds) }
            if !details.isEmpty {
                json.key("details")
                json.beginArray()
                for (field, reason) in details {
                    json.beginObject()
                    json.member("field", field)
                    json.member("reason", reason)
                    json.endObject()
                }
                json.endArray()
            }
            json.endObject()
        }
        return body
    }
}
