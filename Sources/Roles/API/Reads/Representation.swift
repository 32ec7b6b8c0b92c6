import HTTPKit
import NIOCore
import NIOHTTP1
import StrictJSON

/// The answer to a read: a body and its tag. A client may keep it, and ask with the tag whether it has changed.
package struct Representation: Sendable {
    private let body: ByteBuffer
    private let tag: String
    /// The fields of a fast answer.
    private let fastFields: [(name: String, value: String)]

    /// Makes an answer from the body that `write` writes.
    package init(_ write: (inout JSONWriter<ByteBuffer>) -> Void) {
        var body = ByteBuffer()
        body.reserveCapacity(512)
        JSONWriter.append(to: &body, write)
        self.body = body
        tag = EntityTag.strong(body.readableBytesView)
        fastFields = Reply(status: .ok, body: body, fields: Self.fields(tag)).fastResponse().fields
    }

    /// The answer to a request.
    ///
    /// - Parameter tags: the values of `If-None-Match`.
    package func reply(ifNoneMatch tags: [String]) -> Reply {
        if EntityTag.matches(tag, tags) {
            return Reply(status: .notModified, body: ByteBuffer(), fields: Self.fields(tag))
        }
        return Reply(status: .ok, body: body, fields: Self.fields(tag))
    }

    /// The same, for a fast route.
    ///
    /// - Parameter more: further fields.
    package func fastResponse(ifNoneMatch tags: [String], with more: [(name: String, value: String)]) -> FastResponse {
        guard tags.isEmpty else { return reply(ifNoneMatch: tags).fastResponse(with: more) }
        return FastResponse(status: .ok, fields: more.isEmpty ? fastFields : fastFields + more, body: body)
    }

    private static func fields(_ tag: String) -> [(name: String, value: String)] {
        [(name: "ETag", value: tag), (name: "Cache-Control", value: "no-cache")]
    }
}
