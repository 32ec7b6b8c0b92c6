import Basics
import NIOCore
import StrictJSON

extension APIError {
    /// The body of the answer: `{"status":"error","code":"…","message":"…"}`, with `details` if fields are at fault.
    ///
    /// - Parameter retryAfterMilliseconds: the member `retry_after_ms`, for a body that has no header fields of its own
    ///   to say it; nil for none.
    package func body(retryAfterMilliseconds: Int64? = nil) -> ByteBuffer {
        var body = ByteBuffer()
        body.reserveCapacity(192)
        JSONWriter.append(to: &body) { json in
            json.beginObject()
            json.member("status", "error")
            json.member("code", code.rawValue)
            json.member("message", message)
            if let retryAfterMilliseconds { json.member("retry_after_ms", retryAfterMilliseconds) }
            if !details.isEmpty {
                json.key("details")
                json.beginArray()
                for problem in details {
                    json.beginObject()
                    json.member("field", problem.field)
                    json.member("reason", problem.reason)
                    json.endObject()
                }
                json.endArray()
            }
            json.endObject()
        }
        return body
    }
}
