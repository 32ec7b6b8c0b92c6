import HTTPTypes
import Hummingbird
import NIOCore
import NIOHTTP1
import StrictJSON

/// A whole answer of the API, which either a fast route or Hummingbird writes.
package struct Reply: Sendable {
    package var status: HTTPResponseStatus
    package var body: ByteBuffer
    package var fields: [(name: String, value: String)] = []
    /// Whether the connection ends with this answer.
    package var closes = false
    /// When an update over a rate can pass, in ms from now; nil for every other answer.
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

    /// The fields of every answer of a fast route. Hummingbird's answers get the same from a middleware.
    private static let fastFields = [SharedFields.json] + SharedFields.fixed

    /// The form that a fast route writes.
    package func fastResponse(with more: [(name: String, value: String)] = []) -> FastResponse {
        FastResponse(status: status, fields: fastFields(with: more), body: body, closes: closes)
    }

    private func fastFields(with more: [(name: String, value: String)]) -> [(name: String, value: String)] {
        guard !fields.isEmpty || !more.isEmpty else { return Reply.fastFields }
        let common = hasContent ? Reply.fastFields : SharedFields.fixed
        return common.filter { field in !fields.contains { $0.name == field.name } } + fields + more
    }

    /// Whether the answer can have a body, and so a type.
    private var hasContent: Bool { status != .notModified && status != .noContent }

    /// The body as one outcome of many, which has no header fields that say when to come back.
    package var itemBody: ByteBuffer {
        guard let retryAfterMilliseconds else { return body }
        return APIError(.rateLimited).body(retryAfterMilliseconds: retryAfterMilliseconds)
    }

    /// The form that Hummingbird writes.
    package var response: Response {
        var headers: HTTPFields = hasContent ? [.contentType: SharedFields.json.value] : [:]
        for (name, value) in fields {
            guard let name = HTTPField.Name(name) else { continue }
            headers[name] = value
        }
        if closes { headers[.connection] = "close" }
        return Response(
            status: .init(code: Int(status.code), reasonPhrase: status.reasonPhrase), headers: headers,
            body: ResponseBody(byteBuffer: body))
    }

    /// An answer whose body `write` makes.
    package static func json(_ status: HTTPResponseStatus = .ok, _ write: (inout JSONWriter<ByteBuffer>) -> Void)
        -> Reply
    {
        var body = ByteBuffer()
        body.reserveCapacity(192)
        JSONWriter.append(to: &body, write)
        return Reply(status: status, body: body)
    }
}
