import HTTPTypes
import Hummingbird
import NIOCore
import NIOHTTP1
import StrictJSON

/// A whole answer of the API, before it takes the form of either way in.
package struct Reply: Sendable {
    package var status: HTTPResponseStatus
    package var body: ByteBuffer
    package var fields: [(name: String, value: String)] = []
    /// Whether the connection ends with this answer.
    package var closes = false
    /// After how many ms an update over a rate can pass; nil for every other answer.
    package var retryAfterMilliseconds: Int64?

    /// Gathers the parts.
    package init(
        status: HTTPResponseStatus, body: ByteBuffer, fields: [(name: String, value: String)] = [],
        closes: Bool = false, retryAfterMilliseconds: Int64? = nil
    ) {
        self.status = status
        self.body = body
        self.fields = fields
        self.closes = closes
        self.retryAfterMilliseconds = retryAfterMilliseconds
    }

    package static let contentType = (name: "Content-Type", value: "application/json")
    /// What every answer of the lane has; Hummingbird's get the same from a middleware.
    private static let laneFields = [
        contentType, (name: "X-Content-Type-Options", value: "nosniff"), (name: "Cache-Control", value: "no-store"),
    ]

    /// The form that the lane writes.
    package func fastResponse(with more: [(name: String, value: String)] = []) -> FastResponse {
        FastResponse(
            status: status,
            fields: fields.isEmpty && more.isEmpty ? Reply.laneFields : Reply.laneFields + fields + more,
            body: body, closes: closes)
    }

    /// The body as one outcome among many, which has no header fields to tell when to come back.
    package var itemBody: ByteBuffer {
        guard let wait = retryAfterMilliseconds else { return body }
        let error = APIError.rateLimited(retryAfterMilliseconds: wait, policy: nil)
        return ErrorBody(code: error.code, message: error.message, retryAfterMilliseconds: wait).buffer
    }

    /// The form that Hummingbird writes.
    package var response: Response {
        var headers: HTTPFields = [.contentType: Reply.contentType.value]
        for (name, value) in fields {
            guard let name = HTTPField.Name(name) else { continue }
            headers[name] = value
        }
        if closes { headers[.connection] = "close" }
        return Response(
            status: .init(code: Int(status.code), reasonPhrase: status.reasonPhrase), headers: headers,
            body: ResponseBody(byteBuffer: body))
    }

    /// A 2xx answer whose body `write` makes.
    package static func json(_ status: HTTPResponseStatus = .ok, _ write: (inout JSONWriter<ByteBuffer>) -> Void)
        -> Reply
    {
        var body = ByteBuffer()
        body.reserveCapacity(192)
        JSONWriter.append(to: &body, write)
        return Reply(status: status, body: body)
    }
}
