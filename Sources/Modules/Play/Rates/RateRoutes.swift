import Access
import Basics
import HTTPKit
import HTTPTypes
import Leaderboard
import Logging
import NIOCore
import NIOHTTP1
import Players
import Signing
import StrictJSON

/// `/task-points` and `/job-points`: administrators say what completions earn.
package struct RateRoutes: PlayRoutes {
    private let rates: any RateStore
    private let audit: any AuditLog
    private let gate: StoreGate

    /// Longer bodies are refused.
    private static let bodyBytesMax = 4 * 1024

    /// - Parameters:
    ///   - rates: the store.
    ///   - audit: gets each change.
    ///   - logger: is told when the store cannot be reached.
    package init(rates: any RateStore, audit: any AuditLog, logger: Logger) {
        self.rates = rates
        self.audit = audit
        gate = StoreGate("Rates", logger: logger)
    }

    /// Adds the routes.
    package func addRoutes(to table: inout RouteTable) {
        for kind in RateKind.allCases {
            let path = "\(kind.path)/{\(kind.member)}"
            table.add(.get, kind.path, .admins(.playWrite)) { try await list(kind, $0) }
            table.add(.get, path, .admins(.playWrite)) { try await get(kind, $0) }
            table.add(.put, path, .admins(.playWrite)) { try await put(kind, $0) }
            table.add(.delete, path, .admins(.playWrite)) { try await delete(kind, $0) }
        }
    }

    private func list(_ kind: RateKind, _ request: RouteRequest) async throws -> Reply {
        let query = try ListQuery(uri: request.uri, list: kind.path, values: 1)
        let found = try await gate.run { () throws(StoreError) in
            try await rates.rates(kind, after: query.after?.first, limit: query.limit + 1)
        }
        return ListPage(found, for: query, of: kind.path) { [$0.name] }
            .reply(kind.things) { Self.write($0, kind, to: &$1) }
    }

    private func get(_ kind: RateKind, _ request: RouteRequest) async throws -> Reply {
        let name = try kind.name(in: request)
        guard let rate = try await gate.run({ () throws(StoreError) in try await rates.rate(kind, name) }) else {
            throw Self.unknown
        }
        return .json { Self.write(NamedRate(name: name, rate: rate), kind, to: &$0) }
    }

    private func put(_ kind: RateKind, _ request: RouteRequest) async throws -> Reply {
        let name = try kind.name(in: request)
        let rate = try Self.rate(try await request.json(upTo: Self.bodyBytesMax))
        let named = NamedRate(name: name, rate: rate)
        let isNew = try await gate.run { () throws(StoreError) in try await rates.put(named, kind) }
        let detail = ["points": String(rate.points), "coins": String(rate.coins)]
        audit.record(request.auditEntry("\(kind.things).put", of: name, detail: detail))
        return .json(isNew ? .created : .ok) { Self.write(named, kind, to: &$0) }
    }

    private func delete(_ kind: RateKind, _ request: RouteRequest) async throws -> Reply {
        let name = try kind.name(in: request)
        guard try await gate.run({ () throws(StoreError) in try await rates.delete(kind, name) }) else {
            throw Self.unknown
        }
        audit.record(request.auditEntry("\(kind.things).delete", of: name))
        return Reply(status: .noContent, body: ByteBuffer())
    }

    private static var unknown: APIError { APIError(.notFound, message: "There is no such rate.") }

    /// Reads a body. Members that are left out or null are 0; without `max_per_user_per_day` the rate says nothing of
    /// it. Pure.
    package static func rate(_ body: ByteBuffer) throws(APIError) -> Rate {
        var (points, coins): (Int64, Int64) = (0, 0)
        var cap: Int64?
        var problems: [FieldProblem] = []
        try body.readJSONObject { key, reader throws(JSONError) in
            switch key.string {
            case "points": points = try reader.readIntegerOrNull() ?? 0
            case "coins": coins = try reader.readIntegerOrNull() ?? 0
            case "max_per_user_per_day": cap = try reader.readIntegerOrNull()
            case let member: problems.append(.unknownMember(member))
            }
        }
        func check(_ value: Int64, _ range: ClosedRange<Int64>, _ field: String) {
            guard !range.contains(value) else { return }
            problems.append(
                FieldProblem(field: field, reason: "must be \(range.lowerBound) to \(range.upperBound)"))
        }
        check(points, Rate.amounts, "points")
        check(coins, Rate.amounts, "coins")
        if let cap { check(cap, Rate.caps, "max_per_user_per_day") }
        guard problems.isEmpty else { throw .invalidInput(problems) }
        return Rate(points: points, coins: coins, maxPerUserPerDay: cap)
    }

    private static func write(_ named: NamedRate, _ kind: RateKind, to json: inout JSONWriter<ByteBuffer>) {
        json.beginObject()
        json.member(kind.member, named.name)
        json.member("points", named.rate.points)
        json.member("coins", named.rate.coins)
        json.member("max_per_user_per_day", orNull: named.rate.maxPerUserPerDay)
        json.endObject()
    }
}

extension RateKind {
    fileprivate var path: String {
        switch self {
        case .taskType: "/task-points"
        case .job: "/job-points"
        }
    }

    /// The member of a list, and the first part of the acts in the audit log.
    fileprivate var things: StaticString {
        switch self {
        case .taskType: "task_points"
        case .job: "job_points"
        }
    }

    /// The parameter of the path, and the member that holds the name.
    fileprivate var member: StaticString {
        switch self {
        case .taskType: "type"
        case .job: "job"
        }
    }

    /// The name in a path. Jobs have the form in which profiles hold them.
    fileprivate func name(in request: RouteRequest) throws(APIError) -> String {
        if self == .taskType { return try request.nameOfPath("type") }
        let graphemes = ProfileDraft.jobGraphemesMax
        guard let text = PercentEncoding.decodedSegment(Substring(request.parameter("job")).utf8),
            let job = ShownText.normalized(text, graphemes: graphemes)
        else { throw .invalidInput([FieldProblem(field: "job", reason: ShownText.form(graphemes: graphemes))]) }
        return job
    }
}
