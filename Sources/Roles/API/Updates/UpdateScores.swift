import Basics
import HTTPKit
import Leaderboard
import NIOConcurrencyHelpers
import NIOCore
import NIOHTTP1
import Signing
import StrictJSON

/// `POST /update-scores`: many updates in one request, for services. Each has its own outcome, in the order of the
/// request.
///
/// All of them are sent from one event loop in one go, so those of one partition take one round trip to Redis together.
struct UpdateScores: Sendable {
    let updateScore: UpdateScore

    /// Updates in one request.
    static let countMax = 500
    /// Longer bodies are refused: 500 updates of the longest form, with some room.
    static let bodyBytesMax = 512 * 1024
    /// Only for finding the items: each is then read with the limits of a single update, so that one which breaks them
    /// spoils no other.
    private static let limits = JSONLimits(
        maxDepth: JSONLimits.deepest, maxMembers: bodyBytesMax, maxElements: bodyBytesMax,
        maxDocumentBytes: bodyBytesMax, allowsDuplicateKeys: true)

    /// Applies the updates; `respond` is called once, when the last outcome is known. To be called on that event loop.
    func handle(
        _ body: ByteBuffer, by claims: Claims, on eventLoop: any EventLoop, respond: @escaping @Sendable (Reply) -> Void
    ) {
        let requests: [Result<UpdateScoreRequest, APIError>]
        do {
            requests = try Self.parse(body)
        } catch {
            return respond(error.reply)
        }
        let outcomes = Outcomes(count: requests.count, respond: respond)
        for (index, request) in requests.enumerated() {
            switch request {
            case .success(let request):
                updateScore.apply(request, by: claims, on: eventLoop) { outcomes.set(index, $0) }
            case .failure(let error): outcomes.set(index, updateScore.refusal(error))
            }
        }
    }

    /// Reads `{"updates":[…]}`. Malformed JSON, or a missing list, fails the request; a malformed update fails only its
    /// item.
    static func parse(_ body: ByteBuffer) throws(APIError) -> [Result<UpdateScoreRequest, APIError>] {
        var items: [Result<UpdateScoreRequest, APIError>]?
        try body.readJSONObject(limits: limits) { key, reader throws(JSONError) in
            guard key == "updates" else { return }
            guard items == nil else { throw reader.fail(.duplicateKey) }
            var read: [Result<UpdateScoreRequest, APIError>] = []
            try reader.readArray(maxCount: countMax) { reader throws(JSONError) in
                let item = try reader.readRawValue()
                read.append(Result { () throws(APIError) in try request(item) })
            }
            items = read
        }
        guard let items else { throw .invalidInput([FieldProblem(field: "updates", reason: "is required")]) }
        guard !items.isEmpty else {
            throw .invalidInput([FieldProblem(field: "updates", reason: "must hold 1 to 500 updates")])
        }
        return items
    }

    /// One item, as the body of `/update-score` would be read.
    private static func request(_ item: UnsafeRawBufferPointer) throws(APIError) -> UpdateScoreRequest {
        guard item.count <= UpdateScoreRoute.bodyBytesMax else { throw .tooLarge }
        return try UpdateScoreRequest.parse(item)
    }

    /// Gathers the outcomes, which may come in any order.
    private final class Outcomes: Sendable {
        private let state: NIOLockedValueBox<(replies: [ByteBuffer?], missing: Int)>
        private let respond: @Sendable (Reply) -> Void

        init(count: Int, respond: @escaping @Sendable (Reply) -> Void) {
            state = NIOLockedValueBox((Array(repeating: nil, count: count), count))
            self.respond = respond
        }

        func set(_ index: Int, _ reply: Reply) {
            let all: [ByteBuffer?]? = state.withLockedValue { state in
                guard state.replies[index] == nil else { return nil }
                state.replies[index] = reply.itemBody
                state.missing -= 1
                return state.missing == 0 ? state.replies : nil
            }
            guard let all else { return }
            respond(
                Reply.json { json in
                    json.beginObject()
                    json.key("results")
                    json.beginArray()
                    for case let body? in all { body.withUnsafeReadableBytes { json.encoded($0) } }
                    json.endArray()
                    json.endObject()
                })
        }
    }
}
