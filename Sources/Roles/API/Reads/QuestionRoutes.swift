import Access
import Basics
import HTTPKit
import HTTPTypes
import Leaderboard
import NIOCore
import StrictJSON

/// The reads of rankings that Hummingbird serves: the entries around a user, the places of many users, the rank of a
/// score, the entry at a place, and the best few percent.
struct QuestionRoutes: Sendable {
    let catalogue: any CatalogueSource
    let reads: RankingReads

    private static let aroundLimit = 11
    private static let aroundLimits = 1...101
    private static let usersMax = 1000
    /// Longer bodies are refused: 1000 user ids of the longest form, with escapes.
    private static let bodyBytesMax = 1024 * 1024

    func addRoutes(to table: inout RouteTable) {
        table.add(.get, "/leaderboard/around", ReadLane.access) { try await around($0) }
        table.add(.get, "/leaderboard/rank", ReadLane.access) { try await rank($0) }
        table.add(.get, "/leaderboard/score", ReadLane.access) { try await score($0) }
        table.add(.get, "/leaderboard/top", ReadLane.access) { try await top($0) }
        table.add(.post, "/leaderboard/users", ReadLane.access) { try await users($0) }
    }

    private func around(_ request: RouteRequest) async throws -> Reply {
        var query = try RankingQuery(uri: request.uri, more: ["user_id"])
        query.ranking.limit = query.ranking.limit ?? Self.aroundLimit
        query.require("user_id")
        let user = query["user_id"] ?? ""
        if query["user_id"] != nil, !Names.isUserID(user) {
            query.refuse(FieldProblem(field: "user_id", reason: Names.userIDForm))
        }
        let choice = try query.resolve(in: catalogue.current, limits: Self.aroundLimits)
        try await request.requireView(of: choice.board)
        let answer = try await reads.answer(.around(userID: user, limit: choice.limit), choice)
        guard !answer.entries.isEmpty else { throw APIError.unknownUser }
        return RankingJSON.page(
            answer, of: answer.ranking(of: choice.board, choice.window), entries: answer.entries[...], next: nil,
            fields: query.fields
        ).reply(to: request)
    }

    private func rank(_ request: RouteRequest) async throws -> Reply {
        var query = try RankingQuery(uri: request.uri, more: ["score"])
        query.require("score")
        let score = query.integer("score", in: ScoreBounds.range) ?? 0
        let choice = try query.resolve(in: catalogue.current)
        try await request.requireView(of: choice.board)
        let answer = try await reads.answer(.rank(score: score), choice)
        return Representation { json in
            json.beginObject()
            json.member("rank", answer.rank ?? 1)
            json.member("total", answer.total)
            json.endObject()
        }.reply(to: request)
    }

    private func score(_ request: RouteRequest) async throws -> Reply {
        var query = try RankingQuery(uri: request.uri, more: ["rank"])
        query.require("rank")
        let place = query.integer("rank", in: 1...ScoreBounds.max) ?? 1
        let choice = try query.resolve(in: catalogue.current)
        try await request.requireView(of: choice.board)
        let answer = try await reads.answer(.entry(place: place), choice)
        guard let entry = answer.entries.first else { throw APIError.unknownRank }
        return Representation { json in
            json.beginObject()
            json.key("entry")
            RankingJSON.write(entry, fields: query.fields, to: &json)
            json.endObject()
        }.reply(to: request)
    }

    private func top(_ request: RouteRequest) async throws -> Reply {
        var query = try RankingQuery(uri: request.uri, more: ["percent"])
        query.require("percent")
        let part = query["percent"].flatMap(Percent.millionths)
        if part == nil, query["percent"] != nil {
            query.refuse(FieldProblem(field: "percent", reason: Percent.reason))
        }
        let choice = try query.resolve(in: catalogue.current)
        try await request.requireView(of: choice.board)
        let answer = try await reads.answer(.top(millionths: part ?? 1, limit: choice.limit), choice)
        return Representation { json in
            json.beginObject()
            json.member("count", answer.rank ?? 0)
            json.member("score", orNull: answer.last?.entry.score)
            RankingJSON.write(answer.entries, fields: query.fields, to: &json)
            json.endObject()
        }.reply(to: request)
    }

    private func users(_ request: RouteRequest) async throws -> Reply {
        let query = try RankingQuery(uri: request.uri)
        let choice = try query.resolve(in: catalogue.current)
        try await request.requireView(of: choice.board)
        let users = try Self.users(try await request.json(upTo: Self.bodyBytesMax))
        let answer = try await reads.answer(.users(users), choice)
        let found = answer.entries.reduce(into: Set<ByteExact>()) { $0.insert(ByteExact($1.entry.userID)) }
        return .json { json in
            json.beginObject()
            json.list("entries", answer.entries.enumerated()) { entry, json in
                RankingJSON.write(entry.element, fields: query.fields, position: entry.offset + 1, to: &json)
            }
            json.list("missing", users.filter { !found.contains(ByteExact($0)) }) { $1.string($0) }
            json.endObject()
        }
    }

    /// Reads `{"user_ids":[…]}`. Duplicates count once.
    private static func users(_ body: ByteBuffer) throws(APIError) -> [String] {
        var users: [String]?
        try body.readJSONObject { key, reader throws(JSONError) in
            guard key == "user_ids" else { return }
            var read: [String] = []
            var seen: Set<ByteExact> = []
            try reader.readArray(maxCount: usersMax) { reader throws(JSONError) in
                let user = try reader.readString(maxBytes: Names.userIDBytesMax)
                if seen.insert(ByteExact(user)).inserted { read.append(user) }
            }
            users = read
        }
        guard let users else { throw .invalidInput([FieldProblem(field: "user_ids", reason: "is required")]) }
        guard !users.isEmpty else {
            throw .invalidInput([FieldProblem(field: "user_ids", reason: "must hold 1 to \(usersMax) user ids")])
        }
        guard users.allSatisfy(Names.isUserID) else {
            throw .invalidInput([
                FieldProblem(field: "user_ids", reason: "must hold user ids: each \(Names.userIDForm)")
            ])
        }
        return users
    }
}

extension Representation {
    /// The answer to a request of the table.
    fileprivate func reply(to request: RouteRequest) -> Reply {
        reply(ifNoneMatch: request.values(of: "if-none-match"))
    }
}
